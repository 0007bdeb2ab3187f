//! A trace step by step.

use serde::{Deserialize, Serialize};

use super::TraceSummary;
use crate::Status;

/// Answer of `GET /api/v1/projects/{id}/traces/{trace_id}/steps`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TraceSteps {
    /// The figures of the whole.
    #[serde(flatten)]
    pub head: TraceSummary,
    /// What the agent did, in the order in which it began: agents, model
    /// calls, tools, retrievals, and whatever failed. At most as many as a setting says.
    pub steps: Vec<Step>,
    /// The first that failed.
    pub first_error: Option<usize>,
    /// Whether there are more than these.
    pub truncated: bool,
}

/// One step. The payload is at `spans/{span}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// What to ask for its payload by.
    pub span: String,
    /// Its place in the skeleton.
    pub index: usize,
    /// What it is.
    pub kind: String,
    /// What it is called.
    pub name: String,
    /// Which model was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How deep in the tree.
    pub depth: u32,
    /// The agent or other step it is a part of, as a place in `steps`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<usize>,
    /// How it ended.
    pub status: Status,
    /// Whether it failed.
    pub error: bool,
    /// Milliseconds from the start of the trace to its own.
    pub start_ms: f64,
    /// How long it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    /// Its own tokens, where they count.
    pub tokens: i64,
    /// Its own cost in US dollars, where it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Tokens of this step and all before it.
    pub tokens_so_far: i64,
    /// Cost of this step and all before it, in US dollars.
    pub cost_usd_so_far: f64,
}
