//! The canonical event as it is read.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{CostSource, ServiceTier, Severity, Status, Timestamp};

/// One row of a list of events: everything but the payload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventSummary {
    /// The server's own time-ordered id (UUIDv7 text).
    pub id: String,
    /// The client's id, unique within the project.
    pub event_id: String,
    /// When it happened, by the client's clock.
    pub time: Timestamp,
    /// When the server stored it.
    pub received_at: Timestamp,
    /// What it is: `api_call`, `span`, `llm`, or the client's own dotted name.
    pub kind: String,
    /// Title or operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Human text, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// How it ended.
    pub status: Status,
    /// Which service sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// HTTP path or similar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// HTTP method or similar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// `production`, `staging`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// HTTP status or similar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<i64>,
    /// How long it took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    /// Trace it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// Who caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Model that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What `fields=` asked for, by those names, as text; what the event has not is left out.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub fields: std::collections::BTreeMap<String, String>,
}

/// Tokens of a model call in disjoint buckets: no token is counted in two,
/// except in the two totals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tokens {
    /// All input, cached or not.
    #[serde(default)]
    pub input_total: i64,
    /// All output, reasoning included.
    #[serde(default)]
    pub output_total: i64,
    /// Input read from the provider's cache.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cache_read: i64,
    /// Input written to the provider's cache, for its usual time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cache_write: i64,
    /// Input written to the provider's cache for an hour.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cache_write_1h: i64,
    /// Audio that went in, uncached.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub input_audio: i64,
    /// Images that went in, uncached.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub input_image: i64,
    /// Output spent on reasoning.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub output_reasoning: i64,
    /// Audio that came out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub output_audio: i64,
    /// Images that came out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub output_image: i64,
    /// The total as the client gave it, which need not be the sum.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub total: i64,
    /// How the call was served, where that was said and is not the usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
}

impl Tokens {
    /// Input that is in no other bucket.
    #[must_use]
    pub fn input_uncached(&self) -> i64 {
        let apart = [
            self.cache_read,
            self.cache_write,
            self.cache_write_1h,
            self.input_audio,
            self.input_image,
        ];
        rest(self.input_total, &apart)
    }

    /// Output that is in no other bucket.
    #[must_use]
    pub fn output_text(&self) -> i64 {
        rest(
            self.output_total,
            &[self.output_reasoning, self.output_audio, self.output_image],
        )
    }

    /// All of them: the sum of input and output, or, where neither was told,
    /// the total that was.
    #[must_use]
    pub const fn sum(&self) -> i64 {
        match self.input_total.saturating_add(self.output_total) {
            0 => self.total,
            sum => sum,
        }
    }
}

/// Whether what an event reports of its usage is the sum of what the calls
/// below it report themselves: that of an agent, a chain, a workflow, or of a
/// span that names no model. It is kept as it was reported, and neither priced
/// nor added to any sum.
#[must_use]
pub fn is_aggregate(kind: &str, has_model: bool) -> bool {
    const SUMS: &[&str] = &[
        "agent_action",
        "agent",
        "chain",
        "workflow",
        "task",
        "invoke_agent",
        "create_agent",
        "invoke_workflow",
    ];
    SUMS.contains(&kind) || (kind == "span" && !has_model)
}

/// What is left of a total without its parts, at least nothing.
fn rest(total: i64, parts: &[i64]) -> i64 {
    parts.iter().fold(total, |left, part| left.saturating_sub(*part)).max(0)
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes a reference"
)]
const fn is_zero(n: &i64) -> bool {
    *n == 0
}

/// A whole event. The fields of [`EventSummary`] mean the same here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(missing_docs, reason = "the fields without a comment are described at EventSummary")]
pub struct Event {
    pub id: String,
    pub event_id: String,
    pub project_id: i64,
    pub time: Timestamp,
    pub received_at: Timestamp,
    pub kind: String,
    pub name: Option<String>,
    pub message: Option<String>,
    pub severity: Severity,
    pub status: Status,
    pub service: Option<String>,
    pub endpoint: Option<String>,
    pub method: Option<String>,
    /// Version of the service.
    pub version: Option<String>,
    pub environment: Option<String>,
    /// Stream or topic it was sent to.
    pub topic: Option<String>,
    pub user_id: Option<String>,
    pub session_id: Option<String>,
    pub request_id: Option<String>,
    pub trace_id: Option<String>,
    pub span_id: Option<String>,
    pub parent_span_id: Option<String>,
    pub duration_ms: Option<f64>,
    pub status_code: Option<i64>,
    /// Who serves the model: `openai`, `anthropic`, ...
    pub provider: Option<String>,
    pub model: Option<String>,
    pub tokens: Option<Tokens>,
    /// Cost in US dollars.
    pub cost_usd: Option<f64>,
    pub cost_source: Option<CostSource>,
    pub country: Option<String>,
    pub city: Option<String>,
    pub region: Option<String>,
    pub device: Option<String>,
    /// What went in, as the client wrote it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    pub input: Option<Box<RawValue>>,
    /// What came out, as the client wrote it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    pub output: Option<Box<RawValue>>,
    /// Everything else that the client sent, as it wrote it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    pub attributes: Option<Box<RawValue>>,
}

/// A page of events, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventPage {
    /// The events.
    pub items: Vec<EventSummary>,
    /// Give it back as `cursor` for the page after this one; `null` at the end.
    pub next_cursor: Option<String>,
    /// Give it back as `arrived_after` to learn what has been stored since
    /// this answer was made, whatever time those events carry.
    pub watermark: String,
    /// Whether the time that a search may take was over before the page was
    /// full or everything had been looked at. `next_cursor` goes on from there.
    #[serde(default)]
    pub partial: bool,
    /// Of a partial page: everything from this moment on has been looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub searched_to: Option<Timestamp>,
}
