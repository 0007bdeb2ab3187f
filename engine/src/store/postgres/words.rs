//! The words of an event, as a `tsvector` holds them.

use std::collections::BTreeSet;

use crate::text::{Piece, WORD_BYTES, cut, pieces};

/// Shows every word of what the index is given, as often as it stands there.
pub(super) fn each_word(text: &str, mut show: impl FnMut(&str)) {
    let mut lower = String::new();
    for Piece::Word(piece) | Piece::Run(piece) in pieces(text) {
        let word = cut(piece, WORD_BYTES);
        if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            lower.clear();
            lower.push_str(word);
            lower.make_ascii_lowercase();
            show(&lower);
        } else {
            show(word);
        }
    }
}

/// Every word of what the index is given, once, in order.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    each_word(text, |word| {
        words.insert(word.to_owned());
    });
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_in_lower_case() {
        let found: Vec<String> = words("\u{e000}s0a payment-service Payment 支払 払い 50%")
            .into_iter()
            .collect();
        assert_eq!(found, ["50", "payment", "service", "払い", "支払", "\u{e000}s0a"]);
        assert_eq!(words(&"ü".repeat(300)).first().map(String::len), Some(254));
    }
}
