//! What may be typed at the cursor.

use super::{Column, FIELDS, Kind, Span, Token, TokenKind, tokens};

/// What may be typed at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The piece that a choice replaces; empty between pieces.
    pub replace: Span,
    /// What of it stands before the cursor.
    pub typed: String,
    /// What it may be.
    pub expected: Expected,
}

/// What is expected at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A word of text or a field's name ([`Completion::names`]).
    Term,
    /// A value of this field.
    Value(Column),
    /// Something that cannot be guessed: a phrase, the value of an attribute.
    Free,
}

/// Says what may be typed at the cursor, a byte of the text.
#[must_use]
pub fn complete(text: &str, cursor: usize) -> Completion {
    let cursor = (0..=cursor.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    // What stands behind the cursor must not change what is expected at it.
    let before = tokens(text.get(..cursor).unwrap_or_default());
    let is_unknown = |token: &Token| token.kind == TokenKind::Wrong && token.column.is_none();
    let touching = before
        .iter()
        .rev()
        .find(|token| token.span.start < cursor && token.span.end >= cursor && !is_unknown(token));
    let (start, expected) = match touching {
        Some(token) => match (token.kind, token.column) {
            (TokenKind::Word, _) => (token.span.start, Expected::Term),
            (TokenKind::Key | TokenKind::Operator | TokenKind::Paren, Some(column)) => {
                (cursor, Expected::Value(column))
            }
            (TokenKind::Value | TokenKind::Wrong, Some(column)) => (token.span.start, Expected::Value(column)),
            (TokenKind::Operator | TokenKind::Paren, None) => (cursor, Expected::Term),
            (TokenKind::Value | TokenKind::Key | TokenKind::Phrase | TokenKind::Wrong, _) => {
                (token.span.start, Expected::Free)
            }
        },
        None => {
            // Between pieces, or in a word that no field has for a name yet.
            let typed = text.get(..cursor).unwrap_or_default();
            let start = typed.rfind([' ', '(', '-']).map_or(0, |at| at + 1);
            let open = before.iter().rev().find(|token| !is_unknown(token));
            let expected = match open.map(|token| (token.kind, token.column)) {
                Some((TokenKind::Operator | TokenKind::Paren, Some(column))) => Expected::Value(column),
                _ => Expected::Term,
            };
            (start, expected)
        }
    };
    let rest = text.get(cursor..).unwrap_or_default();
    let end = cursor
        + rest
            .find(|c: char| c.is_whitespace() || matches!(c, ')' | ':'))
            .unwrap_or(rest.len());
    let end = if start == cursor { cursor } else { end };
    Completion {
        replace: Span { start, end },
        typed: text.get(start..cursor).unwrap_or_default().to_owned(),
        expected,
    }
}

impl Completion {
    /// What may stand here, as far as the language knows: names of fields, or the words of a
    /// closed set. Values of other fields have to be asked for at `/facets`.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let typed = self.typed.to_ascii_lowercase();
        let fits = |name: &&'static str| name.starts_with(&typed);
        match self.expected {
            Expected::Term => FIELDS
                .iter()
                .map(|field| field.name)
                .chain(["has"])
                .filter(fits)
                .collect(),
            Expected::Value(column) => match column.info().kind {
                Kind::Words(words) => words.iter().copied().filter(fits).collect(),
                _ => Vec::new(),
            },
            Expected::Free => Vec::new(),
        }
    }
}
