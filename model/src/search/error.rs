//! What is wrong with a query.

use std::fmt;

use super::Span;
use crate::{FieldError, loc};

/// What is wrong with a query, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchError {
    /// For people.
    pub message: String,
    /// The piece at fault; empty where something is missing.
    pub span: Span,
}

impl SearchError {
    pub(super) fn new(message: impl Into<String>, start: usize, end: usize) -> Self {
        Self {
            message: message.into(),
            span: Span { start, end },
        }
    }

    /// Where it is, in characters from 0.
    #[must_use]
    pub fn position(&self, text: &str) -> usize {
        text.get(..self.span.start).unwrap_or(text).chars().count()
    }

    /// The error of the parameter `q`.
    #[must_use]
    pub fn in_query(&self, text: &str) -> FieldError {
        FieldError {
            position: Some(self.position(text)),
            ..FieldError::new(loc!["query", "q"], self)
        }
    }
}

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SearchError {}
