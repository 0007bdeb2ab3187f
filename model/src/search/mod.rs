//! The search language: what may stand in `q`, read once, for the server that
//! searches and for the page that highlights and completes. `docs/search.md`
//! is its one page of documentation.
//!
//! Nothing here looks at events: what a query means is defined by the
//! evaluator in `engine/src/query`.

mod ast;
mod complete;
mod error;
mod fields;
mod parser;
mod token;
mod units;
mod value;
mod write;

pub use ast::{Expr, Field, Match, Range, Root, Test};
pub use complete::{Completion, Expected, complete};
pub use error::SearchError;
pub use fields::{Column, FIELDS, FieldInfo, Kind};
pub use token::{Span, Token, TokenKind};
pub use write::{ERRORS, any_of, key, term, written};

/// Reads a query. Nothing means everything.
///
/// # Errors
/// What is wrong, and where.
pub fn parse(text: &str) -> Result<Expr, SearchError> {
    parser::Parser::new(text).query()
}

/// The pieces of a query in their order, as far as it can be read, with what is
/// wrong; white space and what is left out of the search (a lone dash) belong to none.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let mut parser = parser::Parser::new(text);
    let wrong = parser.query().err();
    let mut tokens = parser.into_tokens();
    if let Some(error) = wrong {
        let column = tokens
            .iter()
            .find(|token| token.span == error.span)
            .and_then(|token| token.column);
        let Span { start, end } = error.span;
        tokens.retain(|token| token.span.end <= start || token.span.start >= end);
        let place = tokens.iter().take_while(|token| token.span.end <= start).count();
        let wrong = Token {
            span: error.span,
            kind: TokenKind::Wrong,
            column,
        };
        tokens.insert(place, wrong);
    }
    tokens
}

#[cfg(test)]
mod tests;
