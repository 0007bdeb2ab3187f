//! Goes through JSON without making anything of it.

use std::borrow::Cow;

/// Goes through a text from its start to its end.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// At the start of a text.
    pub(crate) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What comes next.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past space.
    pub(crate) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Goes past a mark, and the space before it, if it comes next.
    pub(crate) fn take(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Whether nothing but space is left.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.space();
        self.at == self.text.len()
    }

    /// The string that starts here, decoded.
    pub(crate) fn string(&mut self) -> Option<Cow<'a, str>> {
        let start = self.at;
        self.skip_string()?;
        let raw = self.text.get(start + 1..self.at - 1)?;
        if raw.bytes().any(|byte| byte < b' ') {
            return None;
        }
        if raw.contains('\\') {
            unescaped(raw).map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(raw))
        }
    }

    fn skip_string(&mut self) -> Option<()> {
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    /// Goes past a value and gives it as it was written.
    pub(crate) fn skip_value(&mut self) -> Option<&'a str> {
        self.space();
        let start = self.at;
        match self.peek()? {
            b'"' => self.skip_string()?,
            b'{' | b'[' => self.skip_nested()?,
            _ => drop(self.bare()?),
        }
        self.text.get(start..self.at)
    }

    /// A number or a word, as it was written.
    pub(crate) fn bare(&mut self) -> Option<&'a str> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'+' | b'-' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
        ) {
            self.at += 1;
        }
        let word = self.text.get(start..self.at)?;
        let known = word.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        (known || matches!(word, "true" | "false" | "null")).then_some(word)
    }

    /// Goes past an array or object without a stack.
    pub(crate) fn skip_nested(&mut self) -> Option<()> {
        let mut open = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open = open.checked_sub(1)?,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Some(());
            }
        }
    }
}

/// What is between the quotes of a string, decoded.
fn unescaped(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let (letter, length) = escape(after)?;
        text.push(letter);
        rest = after.get(length..)?;
    }
    text.push_str(rest);
    Some(text)
}

/// What stands behind a backslash, and how long it is written.
fn escape(text: &str) -> Option<(char, usize)> {
    let letter = match text.as_bytes().first()? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return code_point(text),
        mark @ (b'"' | b'\\' | b'/') => char::from(*mark),
        _ => return None,
    };
    Some((letter, 1))
}

/// `u00e9`, or two of these that are one letter together.
fn code_point(text: &str) -> Option<(char, usize)> {
    let first = hex(text.get(1..5)?)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, 5));
    }
    let second = hex(text.get(5..)?.strip_prefix("\\u")?.get(..4)?)?;
    let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    let letter = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + low)?;
    Some((letter, 11))
}

fn hex(digits: &str) -> Option<u32> {
    digits
        .chars()
        .try_fold(0, |sum, digit| Some(sum * 16 + digit.to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_as_serde_json_does() {
        for text in [
            r#""""#,
            r#""plain é 漢""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u00e9\u00E9\ud83d\ude00 x""#,
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#""\ud83d\u0041""#,
            r#""\ude00""#,
            r#""\u12""#,
            r#""\u+123""#,
            r#""\x""#,
            "\"a\nb\"",
            r#""open"#,
            r#""open\"#,
            r#""open\""#,
        ] {
            let expected = serde_json::from_str::<String>(text).ok();
            assert_eq!(Scanner::new(text).string().map(Cow::into_owned), expected, "{text}");
        }
    }
}
