//! What a list says of a trace, as a sum that takes events in any order, some
//! at a time, without the earlier ones at hand.

use std::collections::BTreeSet;

use eventglass_model::{Status, Timestamp, TraceSummary};
use serde::{Deserialize, Serialize};

use super::usage::aggregates;
use super::{SpanRow, Tree};

/// The most services and models that are remembered.
const MOST_NAMES: usize = 20;
/// A span without an end runs no longer when nothing has come for so long.
const RUNNING_US: i64 = 10 * 60 * 1_000_000;

/// All that is known of a trace without its events. Every trace is kept as this
/// in JSON: names are short and what is not there is left out, which is half of
/// it. The long names are what was written before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TraceState {
    /// Whose it is.
    #[serde(rename = "i", alias = "trace_id")]
    pub trace_id: String,
    /// The earliest time, in microseconds; no score counts, unless there is nothing else.
    #[serde(rename = "s", alias = "start", skip_serializing_if = "is_default")]
    pub start: i64,
    /// The latest end, in microseconds; of the same events.
    #[serde(rename = "e", alias = "end", skip_serializing_if = "is_default")]
    pub end: i64,
    /// Whether there are scores so far and nothing else.
    #[serde(rename = "g", skip_serializing_if = "is_default")]
    scores_only: bool,
    /// Spans, moments left out.
    #[serde(rename = "n", alias = "spans", skip_serializing_if = "is_default")]
    pub spans: i64,
    /// All events.
    #[serde(rename = "v", alias = "events", skip_serializing_if = "is_default")]
    pub events: i64,
    /// Those that failed.
    #[serde(rename = "x", alias = "errors", skip_serializing_if = "is_default")]
    pub errors: i64,
    /// Spans without an end.
    #[serde(rename = "o", alias = "unfinished", skip_serializing_if = "is_default")]
    pub unfinished: i64,
    /// When the last was stored.
    #[serde(rename = "r", alias = "last_received", skip_serializing_if = "is_default")]
    pub last_received: i64,
    #[serde(rename = "t", alias = "root", skip_serializing_if = "is_default")]
    root: Option<Root>,
    /// The first that is named.
    #[serde(rename = "u", alias = "user", skip_serializing_if = "is_default")]
    pub user: Option<First>,
    /// The first that is named.
    #[serde(rename = "c", alias = "session", skip_serializing_if = "is_default")]
    pub session: Option<First>,
    /// The first that is named.
    #[serde(rename = "m", alias = "environment", skip_serializing_if = "is_default")]
    pub environment: Option<First>,
    /// Those in it.
    #[serde(rename = "w", alias = "services", skip_serializing_if = "is_default")]
    pub services: BTreeSet<String>,
    /// Those in it.
    #[serde(rename = "l", alias = "models", skip_serializing_if = "is_default")]
    pub models: BTreeSet<String>,
    /// Of model calls.
    #[serde(rename = "a", alias = "calls", skip_serializing_if = "is_default")]
    calls: Usage,
    /// Of all else.
    #[serde(rename = "b", alias = "outer", skip_serializing_if = "is_default")]
    outer: Usage,
    /// Model calls with usage: their ids, as a few bits each, and their parents'.
    #[serde(rename = "d", alias = "call_ids", skip_serializing_if = "is_default")]
    call_ids: Bits,
    #[serde(rename = "p", alias = "call_parents", skip_serializing_if = "is_default")]
    call_parents: Bits,
    /// What the tree says, where sums alone cannot tell. Gone when an event comes.
    #[serde(rename = "k", alias = "counted", skip_serializing_if = "is_default")]
    counted: Option<Usage>,
}

/// The main root: the first span without a parent, else the first span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Root {
    /// 0: without a parent; 1: with one; 2: not a span.
    #[serde(rename = "r", alias = "rank", default, skip_serializing_if = "is_default")]
    rank: u8,
    #[serde(rename = "t", alias = "time")]
    time: i64,
    #[serde(rename = "k", alias = "key")]
    key: i64,
    #[serde(rename = "n", alias = "name")]
    name: String,
    #[serde(rename = "d", alias = "kind")]
    kind: String,
    #[serde(rename = "s", alias = "service", default, skip_serializing_if = "is_default")]
    service: Option<String>,
    #[serde(rename = "u", alias = "status")]
    status: Status,
}

/// A text, and the place in time of the event that has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FirstRead", into = "(i64, i64, String)")]
pub struct First {
    time: i64,
    key: i64,
    /// The text.
    pub value: String,
}

/// A [`First`] as it is written, and as it was.
#[derive(Deserialize)]
#[serde(untagged)]
enum FirstRead {
    Short(i64, i64, String),
    Long { time: i64, key: i64, value: String },
}

impl From<FirstRead> for First {
    fn from(read: FirstRead) -> Self {
        let (FirstRead::Short(time, key, value) | FirstRead::Long { time, key, value }) = read;
        Self { time, key, value }
    }
}

impl From<First> for (i64, i64, String) {
    fn from(first: First) -> Self {
        (first.time, first.key, first.value)
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Tokens and cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Events that report any.
    #[serde(rename = "n", alias = "reports", skip_serializing_if = "is_default")]
    pub reports: i64,
    /// Tokens in.
    #[serde(rename = "i", alias = "input", skip_serializing_if = "is_default")]
    pub input: i64,
    /// Tokens out.
    #[serde(rename = "o", alias = "output", skip_serializing_if = "is_default")]
    pub output: i64,
    /// Known cost in billionths of a dollar.
    #[serde(rename = "c", alias = "cost", skip_serializing_if = "is_default")]
    pub cost: i64,
    /// Events whose cost is known.
    #[serde(rename = "p", alias = "priced", skip_serializing_if = "is_default")]
    pub priced: i64,
    /// Events with tokens and no known price.
    #[serde(rename = "u", alias = "unpriced", skip_serializing_if = "is_default")]
    pub unpriced: i64,
}

impl Usage {
    fn add(&mut self, row: &SpanRow) {
        if row.has_usage() {
            self.reports += 1;
        }
        let tokens = row.token_counts();
        self.input = self.input.saturating_add(tokens.input);
        self.output = self.output.saturating_add(tokens.output);
        self.cost = self.cost.saturating_add(row.cost().unwrap_or(0));
        self.priced += i64::from(row.cost().is_some());
        self.unpriced += i64::from(row.is_unpriced());
    }
}

/// A set of which one asks only whether two may have something in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Bits([u64; 4]);

impl Bits {
    fn add(&mut self, id: &str) {
        // FNV-1a: it is stored, so that it must stay what it is.
        let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let word = usize::try_from(hash >> 6 & 3).unwrap_or(0);
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (hash & 63);
        }
    }

    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }
}

impl TraceState {
    /// Nothing yet.
    #[must_use]
    pub fn new(trace_id: &str) -> Self {
        Self {
            trace_id: trace_id.to_owned(),
            ..Self::default()
        }
    }

    /// Of all events of a trace.
    #[must_use]
    pub fn whole(trace_id: &str, rows: &[SpanRow]) -> Self {
        let mut state = Self::all(trace_id, rows);
        if state.needs_count() {
            state.count(rows);
        }
        state
    }

    /// As [`Self::whole`], of a trace whose tree is known, and what is
    /// reported twice in it.
    pub(super) fn of_tree(trace_id: &str, rows: &[SpanRow], tree: &Tree, aggregates: &[bool]) -> Self {
        let mut state = Self::all(trace_id, rows);
        if state.needs_count() {
            state.count_by(rows, tree, aggregates);
        }
        state
    }

    fn all(trace_id: &str, rows: &[SpanRow]) -> Self {
        let mut state = Self::new(trace_id);
        for row in rows {
            state.add(row);
        }
        state
    }

    /// Takes one more event.
    pub fn add(&mut self, row: &SpanRow) {
        self.add_times(row);
        self.events += 1;
        self.spans += i64::from(!row.is_moment());
        self.errors += i64::from(row.is_error());
        self.unfinished += i64::from(row.is_unfinished());
        self.last_received = self.last_received.max(row.received_at);
        self.add_root(row);
        for (first, value) in [
            (&mut self.user, &row.user_id),
            (&mut self.session, &row.session_id),
            (&mut self.environment, &row.environment),
        ] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                keep_first(first, row, value);
            }
        }
        for (names, value) in [(&mut self.services, &row.service), (&mut self.models, &row.model)] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty())
                && names.len() < MOST_NAMES
                && !names.contains(value)
            {
                names.insert(value.to_owned());
            }
        }
        self.counted = None;
        let usage = if row.is_call() {
            &mut self.calls
        } else {
            &mut self.outer
        };
        usage.add(row);
        if row.has_usage() {
            if let Some(parent) = row.parent() {
                self.call_parents.add(parent);
            }
            // A moment hangs on the span whose id it carries.
            if let Some(span) = row.span().filter(|_| row.is_moment()) {
                self.call_parents.add(span);
            }
            if row.is_call() {
                self.call_ids.add(row.span().unwrap_or_default());
                self.call_ids.add(&row.event_id);
            }
        }
    }

    /// Scores are given whenever somebody gets to it: the times of a trace are
    /// those of what ran, and of scores only while nothing else is known of it.
    fn add_times(&mut self, row: &SpanRow) {
        let is_score = row.is_score();
        if self.events == 0 || (self.scores_only && !is_score) {
            (self.start, self.end) = (row.time, row.end());
            self.scores_only = is_score;
        } else if self.scores_only == is_score {
            self.start = self.start.min(row.time);
            self.end = self.end.max(row.end());
        }
    }

    fn add_root(&mut self, row: &SpanRow) {
        let rank = match (row.is_moment(), row.parent()) {
            (true, _) => 2,
            (false, Some(_)) => 1,
            (false, None) => 0,
        };
        let place = (rank, row.time, row.key);
        if self
            .root
            .as_ref()
            .is_none_or(|root| place < (root.rank, root.time, root.key))
        {
            self.root = Some(Root {
                rank,
                time: row.time,
                key: row.key,
                name: row.title().to_owned(),
                kind: row.kind.clone(),
                service: row.service.clone(),
                status: row.status,
            });
        }
    }

    /// Whether only the tree can tell what is reported twice.
    #[must_use]
    pub fn needs_count(&self) -> bool {
        let mixed = self.outer.reports > 0 && self.calls.reports + self.outer.reports > 1;
        self.counted.is_none() && (mixed || self.call_ids.meets(&self.call_parents))
    }

    /// Counts by the tree of all of its events.
    pub fn count(&mut self, rows: &[SpanRow]) {
        let tree = Tree::build(rows);
        self.count_by(rows, &tree, &aggregates(rows, &tree));
    }

    fn count_by(&mut self, rows: &[SpanRow], tree: &Tree, aggregates: &[bool]) {
        let mut usage = Usage::default();
        for (row, aggregate) in tree.rows.iter().zip(aggregates) {
            if let Some(row) = rows.get(*row as usize).filter(|_| !aggregate) {
                usage.add(row);
            }
        }
        self.counted = Some(usage);
    }

    /// What counts. Until the tree has been asked, calls are taken to be all there is.
    #[must_use]
    pub fn usage(&self) -> Usage {
        match self.counted {
            Some(counted) => counted,
            None if self.calls.reports > 0 => self.calls,
            None => self.outer,
        }
    }

    /// From the earliest time to the latest end, in microseconds.
    #[must_use]
    pub const fn duration_us(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    /// Name of the main root.
    #[must_use]
    pub fn name(&self) -> &str {
        self.root.as_ref().map_or("", |root| &root.name)
    }

    /// As it is told.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "shown to people; sums are made of the integers"
    )]
    pub fn summary(&self, now: Timestamp) -> TraceSummary {
        let usage = self.usage();
        let value = |first: &Option<First>| first.as_ref().map(|first| first.value.clone());
        TraceSummary {
            trace_id: self.trace_id.clone(),
            name: self.name().to_owned(),
            kind: self.root.as_ref().map(|root| root.kind.clone()).unwrap_or_default(),
            service: self.root.as_ref().and_then(|root| root.service.clone()),
            start: Timestamp::from_micros(self.start),
            duration_ms: self.duration_us() as f64 / 1_000.0,
            span_count: self.spans,
            event_count: self.events,
            error_count: self.errors,
            tokens: usage.input.saturating_add(usage.output),
            input_tokens: usage.input,
            output_tokens: usage.output,
            cost_usd: (usage.priced > 0).then(|| usage.cost as f64 / 1e9),
            cost_complete: usage.unpriced == 0,
            user_id: value(&self.user),
            session_id: value(&self.session),
            environment: value(&self.environment),
            status: self.root.as_ref().map_or(Status::Unset, |root| root.status),
            services: self.services.iter().cloned().collect(),
            models: self.models.iter().cloned().collect(),
            running: self.unfinished > 0 && now.micros().saturating_sub(self.last_received) < RUNNING_US,
        }
    }
}

/// When a trace begins, as [`TraceState`] has it.
pub(super) fn start_of(rows: &[SpanRow]) -> i64 {
    let ran = rows.iter().filter(|row| !row.is_score()).map(|row| row.time).min();
    ran.or_else(|| rows.iter().map(|row| row.time).min()).unwrap_or(0)
}

fn keep_first(first: &mut Option<First>, row: &SpanRow, value: &str) {
    if first
        .as_ref()
        .is_none_or(|first| (row.time, row.key) < (first.time, first.key))
    {
        *first = Some(First {
            time: row.time,
            key: row.key,
            value: value.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    /// As it was written before names were short.
    const LONG: &str = r#"{"trace_id":"t","start":1794694012961536,"end":1794694013175966,"spans":1,"events":2,
        "errors":0,"unfinished":0,"last_received":1795293279982305,"root":{"rank":0,"time":1794694012961536,
        "key":1837766669272613368,"name":"Order","kind":"api_call","service":"order","status":"ok"},
        "user":{"time":1794694012961536,"key":1837766669272613368,"value":"user_55307"},"session":null,
        "environment":{"time":1794694012961536,"key":1837766669272613368,"value":"production"},
        "services":["order"],"models":[],"calls":{"reports":1,"input":2,"output":0,"cost":3,"priced":1,"unpriced":0},
        "outer":{"reports":0,"input":0,"output":0,"cost":0,"priced":0,"unpriced":0},"call_ids":[0,4,0,0],
        "call_parents":[0,0,0,0],"counted":null}"#;

    #[test]
    fn what_was_written_before_is_read_and_takes_half_the_room_now() {
        let read: TraceState = serde_json::from_str(LONG).unwrap();
        assert_eq!((read.name(), read.events, read.usage().cost), ("Order", 2, 3));
        assert_eq!(read.user.as_ref().unwrap().value, "user_55307");
        let short = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<TraceState>(&short).unwrap(), read);
        assert!(short.len() * 2 < LONG.len(), "{short}");
        let nothing = TraceState::default();
        let written = serde_json::to_string(&nothing).unwrap();
        assert_eq!(written, r#"{"i":""}"#);
        assert_eq!(serde_json::from_str::<TraceState>(&written).unwrap(), nothing);
    }

    use proptest::prelude::*;

    use super::*;
    use crate::traces::row::tests::{call, log, score, span};
    use crate::traces::skeleton;

    #[test]
    fn the_root_names_the_trace_whenever_it_comes() {
        let mut state = TraceState::new("t");
        state.add(&log("a", 0));
        assert_eq!(state.name(), "a", "a log is better than nothing");
        state.add(&call("b", Some("a"), 5, Some(1)));
        assert_eq!(state.name(), "b");
        let root = SpanRow {
            service: Some("shop".into()),
            status: Status::Error,
            ..span("a", None, 9)
        };
        state.add(&root);
        let summary = state.summary(Timestamp::from_micros(0));
        assert_eq!((summary.name.as_str(), summary.service.as_deref()), ("a", Some("shop")));
        assert_eq!(
            (
                summary.status,
                summary.error_count,
                summary.span_count,
                summary.event_count
            ),
            (Status::Error, 1, 2, 3)
        );
        assert_eq!((summary.start.micros(), summary.duration_ms), (0, 10_000.0));
    }

    #[test]
    fn a_score_changes_no_times_whenever_it_comes() {
        let times = |rows: &[SpanRow]| {
            let mut state = TraceState::new("t");
            for row in rows {
                state.add(row);
                state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
            }
            assert_eq!(start_of(rows), state.start);
            (state.start, state.duration_us())
        };
        let (ran, late, early) = (span("a", None, 10), score("a", 86_400), score("a", 3));
        let expected = (10_000_000, 1_000_000);
        assert_eq!(times(&[ran.clone(), late.clone(), early.clone()]), expected);
        assert_eq!(times(&[late.clone(), ran.clone(), early.clone()]), expected);
        assert_eq!(times(&[early.clone(), late.clone(), ran.clone()]), expected);
        assert_eq!(times(&[late.clone(), ran, log("a", 12)]), (10_000_000, 2_000_000));
        assert_eq!(
            times(&[late, early]),
            (3_000_000, 86_397_000_000),
            "scores are all there is"
        );
        // What was stored before scores were told apart has been running at some time.
        let before: TraceState = serde_json::from_str(LONG).unwrap();
        let mut after = before.clone();
        after.add(&score("a", 1));
        assert_eq!((after.start, after.end), (before.start, before.end));
    }

    #[test]
    fn an_unknown_price_is_not_zero() {
        let summary = |rows: &[SpanRow]| {
            let summary = TraceState::whole("t", rows).summary(Timestamp::from_micros(0));
            (summary.cost_usd, summary.cost_complete)
        };
        assert_eq!(summary(&[span("a", None, 1)]), (None, true));
        assert_eq!(summary(&[call("a", None, 5, None)]), (None, false));
        assert_eq!(
            summary(&[call("a", None, 5, None), call("b", None, 5, Some(2_000_000_000))]),
            (Some(2.0), false)
        );
    }

    #[test]
    fn it_runs_while_a_span_has_no_end_and_something_came() {
        let running = SpanRow {
            duration_us: None,
            ..span("a", None, 1)
        };
        let state = TraceState::whole("t", &[running]);
        assert!(state.summary(Timestamp::from_micros(60_000_000)).running);
        assert!(!state.summary(Timestamp::from_micros(3_600_000_000)).running);
        assert!(
            !TraceState::whole("t", &[span("a", None, 1)])
                .summary(Timestamp::from_micros(5))
                .running
        );
    }

    proptest! {
        /// Taken bit by bit in any order, through storage, or all at once: the same; and what the tree says.
        #[test]
        fn it_agrees_with_the_tree(
            shape in proptest::collection::vec((0..9_usize, 0..5_u8, 0..3_i64), 1..9),
            turn in 0..9_usize,
        ) {
            let mut rows: Vec<SpanRow> = shape.iter().enumerate().map(|(n, (parent, kind, tokens))| {
                let parent = (*parent != n && *parent < shape.len()).then(|| parent.to_string());
                let mut row = call(&n.to_string(), parent.as_deref(), *tokens, (*tokens > 1).then_some(*tokens));
                row.kind = ["llm", "span", "agent_action", "log", "eval_metric"][usize::from(*kind)].into();
                if row.kind == "eval_metric" {
                    row.duration_us = None;
                }
                row.time += n as i64;
                row.key += n as i64;
                row.user_id = (*tokens == 2).then(|| n.to_string());
                row
            }).collect();
            let whole = TraceState::whole("t", &rows);
            let sums = skeleton(&rows);
            let sums = sums.children(None).map(|root| sums.sums()[root]).fold(
                eventglass_model::SpanSums::default(), |mut all, sums| { all.add(&sums); all });
            let usage = whole.usage();
            prop_assert_eq!((usage.input, usage.cost), (sums.input_tokens, sums.cost_nano_usd));
            prop_assert_eq!((usage.unpriced, whole.spans, whole.errors),
                (i64::from(sums.unpriced), i64::from(sums.spans), i64::from(sums.errors)));
            let turn = turn % rows.len();
            rows.rotate_left(turn);
            let mut state = TraceState::new("t");
            for row in &rows {
                state.add(row);
                state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
            }
            if state.needs_count() {
                state.count(&rows);
            }
            prop_assert_eq!(state, whole);
        }
    }
}
