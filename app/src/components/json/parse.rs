//! Reads JSON into a tree that keeps what readers of payloads look for and
//! `serde_json::Value` loses: the order of keys, keys that come twice, and
//! numbers as they were written (`1.0`, `1e400`, ids of 20 digits).

/// Deeper than this, JSON is shown as text: nesting costs stack.
const MAX_DEPTH: usize = 32;

/// A value of JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A string, decoded.
    Text(String),
    /// A number, as written.
    Number(String),
    /// `true`, `false` or `null`; or what lies too deep, as written.
    Word(String),
    /// An array.
    List(Vec<Node>),
    /// An object: its keys, decoded, in their order.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// How many lines it takes when all of it is unfolded.
    pub(super) fn lines(&self) -> usize {
        match self {
            Self::Text(_) | Self::Number(_) | Self::Word(_) => 1,
            Self::List(items) => 2 + items.iter().map(Self::lines).sum::<usize>(),
            Self::Map(entries) => 2 + entries.iter().map(|(_, value)| value.lines()).sum::<usize>(),
        }
    }
}

/// Reads a whole text; `None` when it is not JSON.
pub(super) fn parse(text: &str) -> Option<Node> {
    let mut reader = Reader::new(text);
    let node = reader.value(0)?;
    reader.space();
    (reader.at == text.len()).then_some(node)
}

pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    pub(super) fn take(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        self.space();
        let start = self.at;
        match self.peek()? {
            b'"' => self.string().map(Node::Text),
            b'{' | b'[' if depth == MAX_DEPTH => {
                self.skip_nested()?;
                Some(Node::Word(self.text.get(start..self.at)?.to_owned()))
            }
            b'{' => self.map(depth),
            b'[' => self.list(depth),
            b'-' | b'0'..=b'9' => Some(Node::Number(self.bare()?)),
            _ => Some(Node::Word(self.bare()?)),
        }
    }

    fn map(&mut self, depth: usize) -> Option<Node> {
        self.take(b'{')?;
        let mut entries = Vec::new();
        if self.take(b'}').is_some() {
            return Some(Node::Map(entries));
        }
        loop {
            self.space();
            let key = self.string()?;
            self.take(b':')?;
            entries.push((key, self.value(depth + 1)?));
            if self.take(b',').is_none() {
                self.take(b'}')?;
                return Some(Node::Map(entries));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Node> {
        self.take(b'[')?;
        let mut items = Vec::new();
        if self.take(b']').is_some() {
            return Some(Node::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take(b',').is_none() {
                self.take(b']')?;
                return Some(Node::List(items));
            }
        }
    }

    /// The string that starts here, decoded by serde.
    pub(super) fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.skip_string()?;
        serde_json::from_str(self.text.get(start..self.at)?).ok()
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
    pub(super) fn skip_value(&mut self) -> Option<&'a str> {
        self.space();
        let start = self.at;
        match self.peek()? {
            b'"' => self.skip_string()?,
            b'{' | b'[' => self.skip_nested()?,
            _ => drop(self.bare()?),
        }
        self.text.get(start..self.at)
    }

    /// A number or a word.
    fn bare(&mut self) -> Option<String> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'+' | b'-' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z')
        ) {
            self.at += 1;
        }
        let word = self.text.get(start..self.at)?;
        let known = word.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        (known || matches!(word, "true" | "false" | "null")).then(|| word.to_owned())
    }

    /// Goes past an array or object without a stack.
    fn skip_nested(&mut self) -> Option<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Node {
        Node::Number(text.to_owned())
    }

    #[test]
    fn keeps_order_doubles_and_numbers() {
        let node = parse(r#" {"b": 1.0, "a": [1e400, -12345678901234567890], "b": null, "é\n": "\u00e9"} "#);
        assert_eq!(
            node,
            Some(Node::Map(vec![
                ("b".into(), number("1.0")),
                (
                    "a".into(),
                    Node::List(vec![number("1e400"), number("-12345678901234567890")])
                ),
                ("b".into(), Node::Word("null".into())),
                ("é\n".into(), Node::Text("é".into())),
            ]))
        );
        assert_eq!(parse("{}"), Some(Node::Map(vec![])));
        assert_eq!(parse("[ ]"), Some(Node::List(vec![])));
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in ["", "{", "[1,]", "{\"a\"}", "nul", "\"a", "\"\\", "1 2", "{a:1}", "]"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn deep_json_ends_in_text() {
        let text = format!("{}\"]\"{}", "[".repeat(100_000), "]".repeat(100_000));
        let mut node = &parse(&text).unwrap();
        let mut depth = 0;
        while let Node::List(items) = node {
            node = &items[0];
            depth += 1;
        }
        assert_eq!(depth, MAX_DEPTH);
        assert!(matches!(node, Node::Word(rest) if rest.starts_with("[[") && rest.ends_with("]]")));
    }
}
