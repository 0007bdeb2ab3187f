//! The words of an event, as a `tsvector` holds them.

use std::borrow::Cow;

use crate::text::{Piece, WORD_BYTES, cut, pieces};

/// Every word of what the index is given, once, in order.
pub(super) fn words(text: &str) -> Vec<Cow<'_, str>> {
    let word = |piece| {
        let (Piece::Word(piece) | Piece::Run(piece)) = piece;
        let word = cut(piece, WORD_BYTES);
        if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(word.to_ascii_lowercase())
        } else {
            Cow::Borrowed(word)
        }
    };
    let mut words: Vec<Cow<'_, str>> = pieces(text).map(word).collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_in_lower_case() {
        let found = words("\u{e000}s0a payment-service Payment 支払 払い 50%");
        assert_eq!(found, ["50", "payment", "service", "払い", "支払", "\u{e000}s0a"]);
        assert_eq!(words(&"ü".repeat(300)).first().map(|word| word.len()), Some(254));
    }
}
