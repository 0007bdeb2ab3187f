//! What a query says.

use super::{Column, Span};
use crate::TimeRange;

/// A query, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// All of these; of none: everything.
    And(Vec<Expr>),
    /// At least one of these.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// A single test.
    Test(Test),
}

impl Expr {
    /// Whether every event matches.
    #[must_use]
    pub fn is_all(&self) -> bool {
        matches!(self, Self::And(parts) if parts.is_empty())
    }
}

/// A single test.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What is looked at.
    pub field: Field,
    /// What it must be.
    pub matches: Match,
    /// Where it stands, with its key.
    pub span: Span,
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The whole text of an event: its names, its message, input and output.
    Text,
    /// One field of the event.
    Column(Column),
    /// A way into JSON, keys joined by dots; a key may have dots of its own.
    /// Empty for all of it, whose presence alone can be tested.
    Path(Root, String),
}

/// The JSON of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the fields of the event")]
pub enum Root {
    Attributes,
    Input,
    Output,
}

/// What it must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Match {
    /// There at all.
    Present,
    /// Text: all of these words, in any order, in any case.
    Word(String),
    /// Text: these words in this order with the same signs between them, in any case.
    Phrase(String),
    /// Exactly this.
    Exact(String),
    /// Something with `*` for anything. In text: a word, in any case; else the whole value.
    Glob(String),
    /// A number, in the units of the store: microseconds, billionths of a
    /// dollar, codes of severity, status and source of cost.
    Number(Range),
    /// A moment.
    Time(TimeRange),
}

/// Numbers from one to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The least; minus infinity without a bound.
    pub low: f64,
    /// The greatest; infinity without a bound.
    pub high: f64,
    /// Whether `low` itself is in.
    pub with_low: bool,
    /// Whether `high` itself is in.
    pub with_high: bool,
}

impl Range {
    /// Both ends are in.
    #[must_use]
    pub const fn between(low: f64, high: f64) -> Self {
        Self {
            low,
            high,
            with_low: true,
            with_high: true,
        }
    }

    /// Whether a number is in it.
    #[must_use]
    pub fn contains(&self, number: f64) -> bool {
        (number > self.low || (self.with_low && number == self.low))
            && (number < self.high || (self.with_high && number == self.high))
    }
}
