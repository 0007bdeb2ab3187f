//! Texts as Postgres takes them: it refuses the character NUL, which clients
//! do send. A rare character stands for it, and for itself, twofold:
//! `NUL` is written as `U+10FFFD 0`, and `U+10FFFD` as `U+10FFFD 1`.

use std::borrow::Cow;

/// A character for private use, the last that there is.
const ESCAPE: char = '\u{10fffd}';

/// A text as it is stored.
pub(super) fn stored(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte == 0 || byte == 0xF4) || !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    let mut stored = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\0' => stored.extend([ESCAPE, '0']),
            ESCAPE => stored.extend([ESCAPE, '1']),
            c => stored.push(c),
        }
    }
    Cow::Owned(stored)
}

/// A stored text as it was sent.
pub(super) fn sent(stored: String) -> String {
    if !stored.contains(ESCAPE) {
        return stored;
    }
    let mut text = String::with_capacity(stored.len());
    let mut rest = stored.chars();
    while let Some(c) = rest.next() {
        match c {
            ESCAPE => text.extend(rest.next().map(|code| if code == '0' { '\0' } else { ESCAPE })),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_text_comes_back(text in "[a\\x00\u{10fffd}01é]{0,12}") {
            let stored = stored(&text).into_owned();
            prop_assert!(!stored.contains('\0'));
            prop_assert_eq!(sent(stored), text);
        }
    }
}
