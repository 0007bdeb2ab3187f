//! A trace in a list, and a trace opened.

use serde::{Deserialize, Serialize};

use crate::{Status, Timestamp};

use super::Skeleton;

/// A trace without its spans: an item of `GET /api/v1/projects/{id}/traces`,
/// and the head of `GET /api/v1/projects/{id}/traces/{trace_id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TraceSummary {
    /// The client's id of the trace.
    pub trace_id: String,
    /// Name of the main root: the earliest span without a parent; while there
    /// is none, the earliest span. Its kind, where it has no name.
    pub name: String,
    /// Kind of the main root.
    pub kind: String,
    /// Service of the main root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The earliest time in it.
    pub start: Timestamp,
    /// From the earliest time in it to the latest end, in milliseconds.
    pub duration_ms: f64,
    /// Spans, logs and other moments left out.
    pub span_count: i64,
    /// All events: spans, logs, scores.
    pub event_count: i64,
    /// Events that failed: status `error` or `timeout`, or a log of severity `error` or worse.
    pub error_count: i64,
    /// Input and output tokens, none counted twice.
    pub tokens: i64,
    /// Of those, input.
    pub input_tokens: i64,
    /// Of those, output.
    pub output_tokens: i64,
    /// What is known of its cost, in US dollars; nothing when no cost is known at all.
    #[serde(default)]
    pub cost_usd: Option<f64>,
    /// Whether that is all: `false` when a model call with tokens has no price.
    pub cost_complete: bool,
    /// The first user named in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The first session named in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The first environment named in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Status of the main root.
    pub status: Status,
    /// Services in it, sorted, at most 20.
    #[serde(default)]
    pub services: Vec<String>,
    /// Models in it, sorted, at most 20.
    #[serde(default)]
    pub models: Vec<String>,
    /// Whether a span in it has not ended and something arrived in the last minutes.
    #[serde(default)]
    pub running: bool,
}

/// A page of traces, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TracePage {
    /// The traces.
    pub items: Vec<TraceSummary>,
    /// Give it back as `cursor` for the page after this one; `null` at the
    /// end. A page may be shorter than asked for and still have one after it:
    /// a request looks at a bounded number of traces.
    pub next_cursor: Option<String>,
    /// Whether events that are stored are not in these figures yet, as after
    /// a sudden great load. They follow by themselves.
    pub behind: bool,
}

/// A trace with its skeleton; payloads are asked for span by span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trace {
    /// The figures of the whole.
    #[serde(flatten)]
    pub head: TraceSummary,
    /// Whether there are more events in it than are shown (the limit is a setting).
    pub truncated: bool,
    /// Give it back as `arrived_after` to `/updates` to learn whether anything was added.
    pub watermark: String,
    /// The spans, as a tree.
    pub spans: Skeleton,
}

/// Answer of `GET /api/v1/projects/{id}/traces/{trace_id}/updates?arrived_after=`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TraceUpdate {
    /// Give it back as `arrived_after` the next time.
    pub watermark: String,
    /// The whole trace, if anything was added to it; else nothing.
    pub trace: Option<Trace>,
}
