//! A span opened.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Event, Severity, Timestamp};

/// Answer of `GET /api/v1/projects/{id}/traces/{trace_id}/spans/{span}`: the
/// whole event, and what hangs on it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TraceSpan {
    /// The span itself, with input, output and attributes.
    pub event: Event,
    /// Logs, errors and messages in it, oldest first, at most 1,000: events of
    /// their own and those within the span (OpenTelemetry's span events).
    pub logs: Vec<SpanLog>,
    /// What people and evaluators think of it.
    pub scores: Vec<SpanScore>,
}

/// Something that was said in a span.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpanLog {
    /// The event, if it is one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// When.
    pub time: Timestamp,
    /// `log`, `error`, `message`, ...
    pub kind: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    pub attributes: Option<Box<RawValue>>,
}

/// A score of a span or trace.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpanScore {
    /// Its event.
    pub id: String,
    /// When it was given.
    pub time: Timestamp,
    /// What is scored.
    pub name: String,
    /// A number, a text or a truth.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    pub value: Option<Box<RawValue>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
