//! Two traces side by side, and two prompts.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Trace;

/// Answer of `GET /api/v1/projects/{id}/traces/compare?a=&b=`. The rows are
/// parallel arrays in pre-order; a span of either trace is in exactly one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TraceComparison {
    /// The one.
    pub a: Trace,
    /// The other.
    pub b: Trace,
    /// Index of the row's span in `a`; -1: added in `b`.
    pub row_a: Vec<i32>,
    /// Index of the row's span in `b`; -1: removed from `a`.
    pub row_b: Vec<i32>,
    /// Depth of the row.
    pub depth: Vec<u32>,
    /// Whether the two spans of a row differ in status, model, tokens or cost.
    /// Durations always differ, and do not count.
    pub changed: Vec<bool>,
    /// Rows that are only in `b`.
    pub added: u32,
    /// Rows that are only in `a`.
    pub removed: u32,
    /// Duration of `b` less that of `a`, in milliseconds.
    pub duration_ms: f64,
    /// Tokens of `b` less those of `a`.
    pub tokens: i64,
    /// Cost of `b` less that of `a`, in US dollars; nothing when one of them is not known.
    pub cost_usd: Option<f64>,
}

/// How a piece of text differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum TextChange {
    /// In both.
    Same,
    /// Only in `b`.
    Added,
    /// Only in `a`.
    Removed,
}

/// Some words in a row that differ, or do not, in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextPiece {
    /// How they differ.
    pub change: TextChange,
    /// The words, with the spaces between them.
    pub text: String,
}

/// A parameter or other value that differs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ValueDiff {
    /// Its name: `model`, `temperature`, `tools`, ...
    pub name: String,
    /// In `a`, as JSON; `null` when it is not there.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    pub a: Option<Box<RawValue>>,
    /// In `b`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    pub b: Option<Box<RawValue>>,
}

/// Answer of `GET /api/v1/projects/{id}/traces/{trace_id}/diff?a=&b=&b_trace=`: the prompts of two model calls, word by word.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromptDiff {
    /// What went in.
    pub input: Vec<TextPiece>,
    /// What came out.
    pub output: Vec<TextPiece>,
    /// Parameters that differ.
    pub parameters: Vec<ValueDiff>,
    /// Whether a text was too long to be compared word by word: it was cut, or compared by lines.
    pub coarse: bool,
}
