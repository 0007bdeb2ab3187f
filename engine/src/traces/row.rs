//! What is read of an event to place it in a trace: all but its payload.

use eventglass_model::{CostSource, Severity, Status, Tokens};

/// An event of a trace, without what is long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanRow {
    /// Its key, which orders by time.
    pub key: i64,
    /// Hash of its id; with the key it makes the public id.
    pub event_hash: Vec<u8>,
    /// The client's id.
    pub event_id: String,
    /// The trace.
    pub trace_id: String,
    /// Its own id in the trace; of a log, mostly that of the span it is in.
    pub span_id: Option<String>,
    /// Where it belongs.
    pub parent_span_id: Option<String>,
    /// When it began, in microseconds.
    pub time: i64,
    /// When it was stored.
    pub received_at: i64,
    /// What it is.
    pub kind: String,
    /// What it is called; of a log without a name, the beginning of what it says.
    pub name: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// How it ended.
    pub status: Status,
    /// Who sent it.
    pub service: Option<String>,
    /// Where.
    pub environment: Option<String>,
    /// Whose it is.
    pub user_id: Option<String>,
    /// In which conversation.
    pub session_id: Option<String>,
    /// How long it took.
    pub duration_us: Option<i64>,
    /// Which model.
    pub model: Option<String>,
    /// What it used.
    pub tokens: Option<Tokens>,
    /// What it cost.
    pub cost_nano_usd: Option<i64>,
    /// Who says so.
    pub cost_source: Option<CostSource>,
}

/// The kinds of things that take time, and so have an end some day.
pub(super) const LASTING: &[&str] = &[
    "span",
    "llm",
    "embedding",
    "retrieval",
    "tool_call",
    "agent_action",
    "api_call",
];

/// The kind of event that a score is.
pub(super) const SCORE: &str = "eval_metric";

/// The kinds whose usage is their own, unless what hangs on them reports it again.
const CALLS: &[&str] = &["llm", "embedding", "token_usage"];

/// Tokens in and out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TokenCounts {
    pub(super) input: i64,
    pub(super) output: i64,
}

impl SpanRow {
    /// A log, error, message or score: it has no duration and will never have one.
    #[must_use]
    pub fn is_moment(&self) -> bool {
        self.duration_us.is_none() && !LASTING.contains(&self.kind.as_str())
    }

    /// A judgement, made at any time after the fact: often a day later, so that
    /// when it was made says nothing of when the trace ran.
    #[must_use]
    pub fn is_score(&self) -> bool {
        self.kind == SCORE && self.duration_us.is_none()
    }

    /// Whether it has no end, and does not say how it ended.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.duration_us.is_none() && self.status == Status::Unset && !self.is_moment()
    }

    /// Whether its span id is its own, and not that of the span it is in.
    pub(super) fn has_own_id(&self) -> bool {
        self.span()
            .is_some_and(|id| !self.is_moment() || self.parent().is_some() || id == self.event_id)
    }

    /// Its span id, if it says one.
    pub(super) fn span(&self) -> Option<&str> {
        self.span_id.as_deref().filter(|id| !id.is_empty())
    }

    /// Its parent's span id, if it says one.
    pub(super) fn parent(&self) -> Option<&str> {
        self.parent_span_id.as_deref().filter(|id| !id.is_empty())
    }

    /// Whether it failed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        matches!(self.status, Status::Error | Status::Timeout) || (self.is_moment() && self.severity >= Severity::Error)
    }

    /// Whether it is a call of a model, and not something around one.
    pub(super) fn is_call(&self) -> bool {
        CALLS.contains(&self.kind.as_str())
    }

    /// When it ended, as far as it is known.
    #[must_use]
    pub fn end(&self) -> i64 {
        self.time.saturating_add(self.duration_us.unwrap_or(0).max(0))
    }

    /// Its tokens. Where only a total was given it counts as input.
    pub(super) fn token_counts(&self) -> TokenCounts {
        let Some(tokens) = &self.tokens else {
            return TokenCounts::default();
        };
        let (input, output) = (tokens.input_total.max(0), tokens.output_total.max(0));
        if input == 0 && output == 0 {
            return TokenCounts {
                input: tokens.total.max(0),
                output: 0,
            };
        }
        TokenCounts { input, output }
    }

    /// Whether it reports tokens or a cost.
    pub(super) fn has_usage(&self) -> bool {
        self.token_counts() != TokenCounts::default() || self.cost().is_some_and(|cost| cost != 0)
    }

    /// Its cost, where it has one: an unpriced call has none, whatever stands there.
    pub(super) fn cost(&self) -> Option<i64> {
        self.cost_nano_usd
            .filter(|_| self.cost_source != Some(CostSource::Unpriced))
    }

    /// Whether it used tokens and nobody knows at what price.
    pub(super) fn is_unpriced(&self) -> bool {
        self.cost().is_none() && self.token_counts() != TokenCounts::default()
    }

    /// What it is called: its name, or else its kind.
    #[must_use]
    pub fn title(&self) -> &str {
        self.name
            .as_deref()
            .filter(|name| !name.is_empty())
            .unwrap_or(&self.kind)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A span of a second at a second.
    pub(crate) fn span(id: &str, parent: Option<&str>, second: i64) -> SpanRow {
        SpanRow {
            key: second * 1_000_000 * 1_024,
            event_hash: vec![7; 16],
            event_id: format!("t:{id}"),
            trace_id: "t".into(),
            span_id: Some(id.into()),
            parent_span_id: parent.map(Into::into),
            time: second * 1_000_000,
            received_at: 1,
            kind: "span".into(),
            name: Some(id.into()),
            severity: Severity::Info,
            status: Status::Unset,
            service: None,
            environment: None,
            user_id: None,
            session_id: None,
            duration_us: Some(1_000_000),
            model: None,
            tokens: None,
            cost_nano_usd: None,
            cost_source: None,
        }
    }

    /// A log in a span.
    pub(crate) fn log(span: &str, second: i64) -> SpanRow {
        SpanRow {
            event_id: format!("log:{span}:{second}"),
            kind: "log".into(),
            duration_us: None,
            ..self::span(span, None, second)
        }
    }

    /// A score of a span.
    pub(crate) fn score(span: &str, second: i64) -> SpanRow {
        let id = format!("score:{span}:{second}");
        SpanRow {
            event_id: id.clone(),
            kind: SCORE.into(),
            duration_us: None,
            ..self::span(&id, Some(span), second)
        }
    }

    /// A model call with so many tokens in, and a cost.
    pub(crate) fn call(id: &str, parent: Option<&str>, tokens: i64, cost: Option<i64>) -> SpanRow {
        SpanRow {
            kind: "llm".into(),
            model: Some("gpt-4o".into()),
            tokens: Some(Tokens {
                input_total: tokens,
                ..Tokens::default()
            }),
            cost_nano_usd: cost,
            ..span(id, parent, 1)
        }
    }

    #[test]
    fn a_log_is_a_moment_and_a_span_is_not() {
        let running = SpanRow {
            duration_us: None,
            ..span("a", None, 1)
        };
        assert!(!running.is_moment() && running.is_unfinished());
        assert!(log("a", 1).is_moment() && !log("a", 1).is_unfinished());
        assert!(!log("a", 1).has_own_id() && running.has_own_id());
        let own = SpanRow {
            event_id: "a".into(),
            ..log("a", 1)
        };
        assert!(own.has_own_id(), "WatchLLM's events are their own spans");
    }

    #[test]
    fn a_score_is_a_moment_and_an_evaluation_that_took_time_is_none() {
        let evaluation = SpanRow {
            duration_us: Some(5),
            ..score("a", 1)
        };
        assert!(score("a", 1).is_score() && score("a", 1).is_moment());
        assert!(!evaluation.is_score() && !log("a", 1).is_score());
    }

    #[test]
    fn a_total_alone_counts() {
        let mut row = call("a", None, 0, None);
        assert!(!row.has_usage() && !row.is_unpriced());
        row.tokens = Some(Tokens {
            total: 9,
            ..Tokens::default()
        });
        assert_eq!(row.token_counts().input, 9);
        assert!(row.is_unpriced());
        row.cost_nano_usd = Some(0);
        assert!(!row.is_unpriced(), "free is a price");
        row.cost_source = Some(CostSource::Unpriced);
        assert!(row.is_unpriced());
    }
}
