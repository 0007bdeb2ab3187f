//! Pieces of a query, for highlighting.

use super::Column;

/// From one byte of the query up to another; both lie between characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "said above")]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The piece of the text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A free word.
    Word,
    /// A free phrase, with its quotes.
    Phrase,
    /// A field's name, with its colon.
    Key,
    /// A value of a field, quotes included.
    Value,
    /// `AND`, `OR`, `NOT`, `-`, `>=`, ...
    Operator,
    /// `(` or `)`.
    Paren,
    /// What cannot be read.
    Wrong,
}

/// A piece of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: TokenKind,
    /// The field that it names or is a value of, when that is a column.
    pub column: Option<Column>,
}
