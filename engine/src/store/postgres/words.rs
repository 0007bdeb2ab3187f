//! The words of an event, as a `tsvector` holds them.

use std::collections::BTreeSet;

use crate::text::{Piece, WORD_BYTES, cut, pieces};

/// Every word of what the index is given, once, in order.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    pieces(text)
        .map(|(Piece::Word(piece) | Piece::Run(piece))| cut(piece, WORD_BYTES).to_ascii_lowercase())
        .collect()
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
