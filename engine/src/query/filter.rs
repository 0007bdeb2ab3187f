//! What a query means: the definition, by which every event that the index
//! finds is judged, whichever store it comes from.

use std::cell::OnceCell;

use eventglass_model::search::{Column, Expr, Field, Match, Range, Root, Test};
use eventglass_model::{Status, Timestamp, Tokens};

use super::json_path::{self, Sought};
use super::narrow::needle;
use crate::store::Payload;
use crate::store::row::{self, Columns};
use crate::store::{EventKey, NumberIn, StoreError};
use crate::text::{Gathered, Needle, Parts, Scope, fold};

/// A query, ready to be compared with rows.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    node: Node,
    columns: Vec<&'static str>,
}

#[derive(Clone, Debug)]
enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Check(Check),
}

/// A test, with what it needs of a row.
#[derive(Clone, Debug)]
enum Check {
    Text(Scope, Needle),
    Is(&'static str, String),
    Like(&'static str, Vec<String>),
    Id(String),
    IdLike(Vec<String>),
    Number(&'static str, Range),
    Tokens(Column, Option<Range>),
    Time(&'static str, Option<i64>, Option<i64>),
    There(&'static str),
    /// Not zero.
    Said(&'static str),
    Path(Root, String, Sought),
    Always,
}

/// The columns that make up the text of an event.
const TEXT: [&str; 10] = [
    "service",
    "endpoint",
    "method",
    "user_id",
    "model",
    "name",
    "message",
    "attributes",
    "input",
    "output",
];

impl Filter {
    /// A query at a moment.
    pub(crate) fn new(expr: &Expr, now: Timestamp) -> Self {
        let node = node(expr, now);
        let mut columns = Vec::new();
        add_columns(&node, &mut columns);
        columns.sort_unstable();
        columns.dedup();
        Self { node, columns }
    }

    /// The columns that it reads.
    pub(crate) fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    /// Whether everything matches.
    pub(crate) fn is_all(&self) -> bool {
        matches!(&self.node, Node::And(parts) if parts.is_empty())
    }

    /// Numbers that every match has, by its columns.
    pub(crate) fn numbers(&self) -> Vec<NumberIn> {
        let parts = match &self.node {
            Node::And(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let number = |part: &Node| match part {
            Node::Check(Check::Number(column, range)) => number_in(column, range),
            _ => None,
        };
        parts.iter().filter_map(number).collect()
    }

    /// The id that every match must have, if there is one.
    pub(crate) fn named_id(&self) -> Option<String> {
        let Node::And(parts) = &self.node else { return None };
        parts.iter().find_map(|part| match part {
            Node::Check(Check::Id(id)) => Some(id.clone()),
            _ => None,
        })
    }

    /// Whether a row, which has its key and [`Self::columns`], matches.
    pub(crate) fn matches(&self, row: &dyn Columns) -> Result<bool, StoreError> {
        if self.is_all() {
            return Ok(true);
        }
        let looked_at = Event {
            row,
            payload: OnceCell::new(),
            text: OnceCell::new(),
        };
        looked_at.matches(&self.node)
    }
}

fn node(expr: &Expr, now: Timestamp) -> Node {
    let list = |parts: &[Expr]| {
        let mut nodes: Vec<Node> = parts.iter().map(|part| node(part, now)).collect();
        // What is cheap to know comes first.
        nodes.sort_by_key(cost);
        nodes
    };
    match expr {
        Expr::And(parts) => Node::And(list(parts)),
        Expr::Or(parts) => Node::Or(list(parts)),
        Expr::Not(part) => Node::Not(Box::new(node(part, now))),
        Expr::Test(test) => Node::Check(check(test, now)),
    }
}

fn cost(node: &Node) -> u32 {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter().map(cost).max().unwrap_or(0),
        Node::Not(part) => cost(part),
        Node::Check(Check::Text(..)) => 3,
        Node::Check(Check::Path(..)) => 2,
        Node::Check(Check::Tokens(..) | Check::Id(_) | Check::IdLike(_)) => 1,
        Node::Check(_) => 0,
    }
}

fn check(test: &Test, now: Timestamp) -> Check {
    let column = match &test.field {
        Field::Text => return needle(&test.matches).map_or(Check::Always, |needle| Check::Text(Scope::All, needle)),
        Field::Path(root, path) if path.is_empty() => return Check::There(json_path::column(*root)),
        Field::Path(root, path) => return Check::Path(*root, path.clone(), Sought::new(&test.matches)),
        Field::Column(column) => *column,
    };
    let scope = match column {
        Column::Name => Some(Scope::Name),
        Column::Message => Some(Scope::Message),
        Column::Input => Some(Scope::Input),
        Column::Output => Some(Scope::Output),
        _ => None,
    };
    if let (Some(scope), Some(needle)) = (scope, needle(&test.matches)) {
        return Check::Text(scope, needle);
    }
    let name = column_name(column);
    match (column, &test.matches) {
        (Column::Id, Match::Exact(id)) => Check::Id(id.clone()),
        (Column::Id, Match::Glob(pattern)) => Check::IdLike(pieces(pattern)),
        (Column::Tokens, _) | (Column::TokensInput, _) | (Column::TokensOutput, _) => tokens(column, &test.matches),
        (Column::TokensCacheRead | Column::TokensCacheWrite | Column::TokensReasoning, matches) => {
            tokens(column, matches)
        }
        (Column::Status, Match::Present) => Check::Said(name),
        (_, Match::Present) => Check::There(name),
        (_, Match::Exact(value) | Match::Word(value) | Match::Phrase(value)) => Check::Is(name, value.clone()),
        (_, Match::Glob(pattern)) => Check::Like(name, pieces(pattern)),
        (_, Match::Number(range)) => Check::Number(name, *range),
        (_, Match::Time(range)) => {
            let micros = |bound: Option<eventglass_model::TimeBound>| bound.map(|bound| bound.resolve(now).micros());
            Check::Time(name, micros(range.from), micros(range.to))
        }
    }
}

/// The whole numbers in a range, as far as they are exact.
fn number_in(column: &'static str, range: &Range) -> Option<NumberIn> {
    /// Above, not every whole number is a number with a floating point.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is checked")]
    let whole = |number: f64| (number.abs() < EXACT).then_some(number as i64);
    let least = match range.low {
        f64::NEG_INFINITY => i64::MIN,
        low => whole(low.ceil())? + i64::from(!range.with_low && low.ceil() == low),
    };
    let greatest = match range.high {
        f64::INFINITY => i64::MAX,
        high => whole(high.floor())? - i64::from(!range.with_high && high.floor() == high),
    };
    Some(NumberIn {
        column,
        least,
        greatest,
    })
}

fn tokens(column: Column, matches: &Match) -> Check {
    match matches {
        Match::Number(range) => Check::Tokens(column, Some(*range)),
        _ => Check::Tokens(column, None),
    }
}

fn pieces(pattern: &str) -> Vec<String> {
    pattern.split('*').map(str::to_owned).collect()
}

/// The column of a row that holds a field.
pub(crate) fn column_name(column: Column) -> &'static str {
    match column {
        Column::Id => "event_id",
        Column::Duration => "duration_us",
        Column::Cost => "cost_nano_usd",
        Column::TokensInput
        | Column::TokensOutput
        | Column::TokensCacheRead
        | Column::TokensCacheWrite
        | Column::TokensReasoning => "tokens",
        other => other.name(),
    }
}

fn add_columns(node: &Node, columns: &mut Vec<&'static str>) {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| add_columns(part, columns)),
        Node::Not(part) => add_columns(part, columns),
        Node::Check(check) => match check {
            // Gathered whole, as what a part of the text is depends on what comes before it.
            Check::Text(..) => columns.extend(TEXT),
            Check::Is(name, _)
            | Check::Like(name, _)
            | Check::Number(name, _)
            | Check::Time(name, ..)
            | Check::There(name)
            | Check::Said(name) => columns.push(name),
            Check::Id(_) | Check::IdLike(_) => columns.extend(["event_id", "event_hash"]),
            Check::Tokens(..) => columns.push("tokens"),
            Check::Path(root, ..) => columns.push(json_path::column(*root)),
            Check::Always => {}
        },
    }
}

/// A row that is looked at, and what has been made of it so far.
struct Event<'r> {
    row: &'r dyn Columns,
    payload: OnceCell<Payload>,
    /// The text, folded, by parts.
    text: OnceCell<Folded>,
}

struct Folded {
    gathered: Gathered,
    all: OnceCell<String>,
}

impl Event<'_> {
    fn matches(&self, node: &Node) -> Result<bool, StoreError> {
        match node {
            Node::And(parts) => {
                for part in parts {
                    if !self.matches(part)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Node::Or(parts) => {
                for part in parts {
                    if self.matches(part)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Node::Not(part) => Ok(!self.matches(part)?),
            Node::Check(check) => self.check(check),
        }
    }

    fn check(&self, check: &Check) -> Result<bool, StoreError> {
        let text = |name: &str| self.row.maybe_text(name);
        Ok(match check {
            Check::Text(scope, needle) => self.says(*scope, needle)?,
            Check::Is(name, value) => text(name)?.is_some_and(|found| found == *value),
            Check::Like(name, pieces) => text(name)?.is_some_and(|found| is_like(&found, pieces)),
            Check::Id(id) => self.row.text("event_id")? == *id || self.id()? == *id,
            Check::IdLike(pieces) => is_like(&self.row.text("event_id")?, pieces) || is_like(&self.id()?, pieces),
            #[expect(clippy::cast_precision_loss, reason = "compared with what a person wrote")]
            Check::Number(name, range) => self
                .row
                .maybe_int(name)?
                .is_some_and(|number| range.contains(number as f64)),
            Check::Tokens(column, range) => self.has_tokens(*column, range.as_ref())?,
            Check::Time(name, from, to) => {
                let time = self.row.int(name)?;
                from.is_none_or(|from| time >= from) && to.is_none_or(|to| time < to)
            }
            Check::There("input") => self.payload()?.input.is_some(),
            Check::There("output") => self.payload()?.output.is_some(),
            Check::There("attributes") => self.payload()?.attributes.is_some(),
            Check::There(name @ ("duration_us" | "status_code" | "cost_nano_usd" | "cost_source")) => {
                self.row.maybe_int(name)?.is_some()
            }
            Check::There("time" | "received_at" | "severity") | Check::Always => true,
            Check::There(name) => text(name)?.is_some_and(|found| !found.is_empty()),
            Check::Said(name) => self.row.int(name)? != Status::Unset.code(),
            Check::Path(root, path, sought) => {
                let json = json_path::of(*root, self.payload()?);
                json.is_some_and(|json| json_path::finds(json, path, sought))
            }
        })
    }

    fn id(&self) -> Result<String, StoreError> {
        Ok(EventKey(self.row.int("key")?)
            .id(&self.row.bytes("event_hash")?)
            .to_string())
    }

    #[expect(clippy::cast_precision_loss, reason = "compared with what a person wrote")]
    fn has_tokens(&self, column: Column, range: Option<&Range>) -> Result<bool, StoreError> {
        let Some(json) = self.row.maybe_text("tokens")? else {
            return Ok(false);
        };
        let Ok(tokens) = serde_json::from_str::<Tokens>(&json) else {
            return Ok(false);
        };
        let count = tokens_of(column, &tokens);
        Ok(range.map_or(count > 0, |range| range.contains(count as f64)))
    }

    fn says(&self, scope: Scope, needle: &Needle) -> Result<bool, StoreError> {
        let folded = match self.text.get() {
            Some(folded) => folded,
            None => {
                let gathered = self.gather()?;
                self.text.get_or_init(|| Folded {
                    gathered,
                    all: OnceCell::new(),
                })
            }
        };
        if scope == Scope::All {
            return Ok(needle.is_in(folded.all.get_or_init(|| fold(folded.gathered.text()))));
        }
        Ok(needle.is_in(&fold(folded.gathered.scope(scope))))
    }

    fn payload(&self) -> Result<&Payload, StoreError> {
        if let Some(payload) = self.payload.get() {
            return Ok(payload);
        }
        let payload = row::payload(&self.row)?;
        Ok(self.payload.get_or_init(|| payload))
    }

    fn gather(&self) -> Result<Gathered, StoreError> {
        let text = |name: &str| self.row.maybe_text(name);
        let short = [
            text("service")?,
            text("endpoint")?,
            text("method")?,
            text("user_id")?,
            text("model")?,
        ];
        let (name, message) = (text("name")?, text("message")?);
        let payload = self.payload()?;
        Ok(Gathered::of(&Parts {
            short: short.each_ref().map(Option::as_deref),
            name: name.as_deref(),
            message: message.as_deref(),
            attributes: payload.attributes.as_deref(),
            input: payload.input.as_deref(),
            output: payload.output.as_deref(),
        }))
    }
}

/// The tokens that a field counts.
pub(super) const fn tokens_of(column: Column, tokens: &Tokens) -> i64 {
    match column {
        Column::TokensInput => tokens.input_total,
        Column::TokensOutput => tokens.output_total,
        Column::TokensCacheRead => tokens.cache_read,
        Column::TokensCacheWrite => tokens.cache_write,
        Column::TokensReasoning => tokens.output_reasoning,
        _ if tokens.total > 0 => tokens.total,
        _ => tokens.input_total.saturating_add(tokens.output_total),
    }
}

/// Whether a text is these pieces with anything between them.
pub(super) fn is_like(text: &str, pieces: &[String]) -> bool {
    let Some((first, rest)) = pieces.split_first() else {
        return true;
    };
    let Some(mut text) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    let Some((last, middle)) = rest.split_last() else {
        return text.is_empty();
    };
    for piece in middle {
        let Some((_, after)) = text.split_once(piece.as_str()) else {
            return false;
        };
        text = after;
    }
    text.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let like = |text: &str, pattern: &str| is_like(text, &pieces(pattern));
        assert!(like("payment", "pay*") && like("payment", "*ment") && like("payment", "*yme*"));
        assert!(like("payment", "p*m*t") && like("pay", "pay*") && like("aa", "a*a"));
        assert!(!like("payment", "*pay") && !like("a", "a*a") && !like("payment", "pay"));
    }
}
