//! Questions to the words of the index.
//!
//! The index holds the words of an event's text and a word for each of some
//! fields and its value. What it is asked never loses an event that matches;
//! what it finds need not match.

use eventglass_model::search::{Column, Expr, Field, Match, Range, Test};
use eventglass_model::{Severity, Status, is_error};

use crate::ingest::words::{self, Word};
use crate::text::{Needle, Part, WORD_BYTES, letters};

/// A question to the words of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Narrow {
    /// Has this word.
    Word(String),
    /// Has a word that begins so.
    Prefix(String),
    /// All of these; never empty.
    And(Vec<Narrow>),
    /// One of these; never empty.
    Or(Vec<Narrow>),
    /// The first, or all of the project; and not the second.
    Without(Option<Box<Narrow>>, Box<Narrow>),
}

/// How much the answer of the index says about a part of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// What it finds must be looked at.
    May,
    /// But for values of fields that share a hash of 40 bits, it is right.
    Is,
    /// It is right.
    Must,
}

/// What the index can be asked about a query.
pub(crate) fn narrow(expr: &Expr) -> Option<(Narrow, Certainty)> {
    match expr {
        Expr::And(parts) => {
            let found: Vec<_> = parts.iter().filter_map(narrow).collect();
            let all = found.len() == parts.len();
            join(found, Narrow::And).map(|(narrow, sure)| (narrow, if all { sure } else { Certainty::May }))
        }
        Expr::Or(parts) => join(parts.iter().map(narrow).collect::<Option<_>>()?, Narrow::Or),
        Expr::Not(_) => None,
        Expr::Test(test) => of_test(test),
    }
}

fn join(found: Vec<(Narrow, Certainty)>, many: fn(Vec<Narrow>) -> Narrow) -> Option<(Narrow, Certainty)> {
    let sure = found.iter().map(|(_, sure)| *sure).min()?;
    let mut parts: Vec<Narrow> = found.into_iter().map(|(narrow, _)| narrow).collect();
    let one = if parts.len() == 1 { parts.pop()? } else { many(parts) };
    Some((one, sure))
}

fn of_test(test: &Test) -> Option<(Narrow, Certainty)> {
    let may = |narrow| Some((narrow, Certainty::May));
    let column = match &test.field {
        Field::Text => return of_needle(&needle(&test.matches)?),
        Field::Path(..) => return None,
        Field::Column(column) => *column,
    };
    match (column, &test.matches) {
        (Column::Name | Column::Message | Column::Input | Column::Output, matches) => {
            may(of_needle(&needle(matches)?)?.0)
        }
        (Column::Kind, Match::Exact(value)) => field(Word::Kind(value)),
        (Column::Service, Match::Exact(value)) => field(Word::Service(value)),
        (Column::Environment, Match::Exact(value)) => field(Word::Environment(value)),
        (Column::TraceId, Match::Exact(value)) => field(Word::Trace(value)),
        (Column::SessionId, Match::Exact(value)) => field(Word::Session(value)),
        // These stand in the text, too.
        (Column::Endpoint | Column::Method | Column::UserId | Column::Model, Match::Exact(value)) => {
            may(of_needle(&Needle::words(value))?.0)
        }
        (
            Column::Service | Column::Endpoint | Column::Method | Column::UserId | Column::Model,
            Match::Glob(pattern),
        ) => may(of_needle(&Needle::glob(pattern))?.0),
        (Column::Severity, Match::Number(range)) => {
            let codes = Severity::ALL.iter().filter(|severity| is_in(range, severity.code()));
            let words = codes.map(|severity| (Narrow::Word(words::word(Word::Severity(*severity))), Certainty::Must));
            join(words.collect(), Narrow::Or)
        }
        (Column::Status, Match::Number(range)) => {
            let is_failure = |status: &&Status| is_error(Severity::Info, **status);
            let mut asked = Status::ALL.iter().filter(|status| is_in(range, status.code()));
            asked.all(|status| is_failure(&status)).then_some(())?;
            may(Narrow::Word(words::word(Word::Failed)))
        }
        (Column::StatusCode, Match::Number(range)) => {
            let classes = [(4, range.low < 500.0), (5, range.high >= 500.0)];
            let words = classes.into_iter().filter(|(_, is_in)| *is_in);
            let words = words.map(|(class, _)| (Narrow::Word(words::word(Word::StatusClass(class))), Certainty::May));
            if range.low >= 400.0 {
                join(words.collect(), Narrow::Or)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// What the index can be asked about how long an event took, besides [`narrow`].
/// Events from before there were words for that have none.
pub(crate) fn slow(expr: &Expr) -> Option<Narrow> {
    let Expr::Test(test) = expr else { return None };
    let (Field::Column(Column::Duration), Match::Number(range)) = (&test.field, &test.matches) else {
        return None;
    };
    // Beyond what fits, it is the greatest that does.
    #[expect(clippy::cast_possible_truncation, reason = "durations are whole microseconds")]
    let class = |duration_us: f64| words::slow_class(duration_us as i64);
    let first = class(range.low)?;
    let last = class(range.high).filter(|last| *last >= first)?;
    let mut classes: Vec<Narrow> = (first..=last)
        .map(|class| Narrow::Word(words::word(Word::Slow(class))))
        .collect();
    if classes.len() == 1 {
        return classes.pop();
    }
    Some(Narrow::Or(classes))
}

/// Events that count as errors.
pub(crate) fn failed() -> Narrow {
    Narrow::Word(words::word(Word::Failed))
}

/// Events of a project that answer a question.
pub(crate) fn of_project(project_id: i64, narrow: Narrow) -> Narrow {
    let project = Narrow::Word(words::word(Word::Project(project_id)));
    match narrow {
        Narrow::Without(asked, without) => {
            let asked = match asked {
                Some(asked) => Narrow::And(vec![*asked, project]),
                None => project,
            };
            Narrow::Without(Some(Box::new(asked)), without)
        }
        other => Narrow::And(vec![other, project]),
    }
}

/// The words of a query in the syntax of a database: how a word and the
/// beginning of one are written, and what stands for "and", "or" and "and not".
pub(crate) struct Syntax {
    pub(crate) word: fn(&str) -> String,
    pub(crate) prefix: fn(&str) -> String,
    pub(crate) and: &'static str,
    pub(crate) or: &'static str,
    pub(crate) and_not: &'static str,
}

impl Narrow {
    /// Whether it asks for something, and not only for what is not to be there.
    pub(crate) const fn asks(&self) -> bool {
        !matches!(self, Self::Without(None, _))
    }

    /// Writes it down.
    pub(crate) fn write(&self, syntax: &Syntax) -> String {
        let list = |parts: &[Self], between: &str| {
            let parts: Vec<String> = parts.iter().map(|part| part.write(syntax)).collect();
            format!("({})", parts.join(between))
        };
        match self {
            Self::Word(word) => (syntax.word)(word),
            Self::Prefix(word) => (syntax.prefix)(word),
            Self::And(parts) => list(parts, syntax.and),
            Self::Or(parts) => list(parts, syntax.or),
            Self::Without(Some(asked), without) => {
                format!("({}{}{})", asked.write(syntax), syntax.and_not, without.write(syntax))
            }
            Self::Without(None, without) => without.write(syntax),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "codes are small")]
fn is_in(range: &Range, code: i64) -> bool {
    range.contains(code as f64)
}

fn field(word: Word<'_>) -> Option<(Narrow, Certainty)> {
    Some((Narrow::Word(words::word(word)), Certainty::Is))
}

/// What a test of text looks for.
pub(super) fn needle(matches: &Match) -> Option<Needle> {
    match matches {
        Match::Word(text) => Some(Needle::words(text)),
        Match::Phrase(text) => Some(Needle::phrase(text)),
        Match::Glob(pattern) => Some(Needle::glob(pattern)),
        Match::Present | Match::Exact(_) | Match::Number(_) | Match::Time(_) => None,
    }
}

fn of_needle(needle: &Needle) -> Option<(Narrow, Certainty)> {
    match needle {
        Needle::Words { parts } => join(parts.iter().map(of_part).collect(), Narrow::And),
        Needle::Phrase(phrase) => match Needle::words(phrase) {
            Needle::Words { parts } => {
                join(parts.iter().map(of_part).collect(), Narrow::And).map(|(narrow, _)| (narrow, Certainty::May))
            }
            Needle::Phrase(_) | Needle::Glob { .. } => None,
        },
        Needle::Glob { .. } => None,
    }
}

fn of_part(part: &Part) -> (Narrow, Certainty) {
    if !part.is_run {
        // A long word stands in the index of one store whole, and in that of the other cut.
        let open = part.is_prefix || part.text.len() + 4 > WORD_BYTES;
        let word = part.text.clone();
        return (
            if open { Narrow::Prefix(word) } else { Narrow::Word(word) },
            Certainty::Must,
        );
    }
    let letters: Vec<char> = letters(&part.text).collect();
    if let [only] = letters.as_slice() {
        return (Narrow::Prefix(only.to_string()), Certainty::May);
    }
    let mut pairs: Vec<Narrow> = letters
        .windows(2)
        .map(|pair| Narrow::Word(pair.iter().collect()))
        .collect();
    pairs.dedup();
    (Narrow::And(pairs), Certainty::May)
}
