//! What EvalForge's SDKs send, as the document describes it. It is read in
//! [`super::event`], which takes less than this for an event, too; a test
//! sends the examples.

#![expect(dead_code, reason = "these are described, never made")]

use serde_json::Value;
use utoipa::ToSchema;

/// Many events.
#[derive(ToSchema)]
#[schema(as = EvalForgeBatch, examples(json!({ "events": [{
    "operation_type": "llm_call", "input": { "prompt": "Why?" }, "output": { "text": "Because." },
    "tokens": { "prompt": 3, "completion": 2, "total": 5 }, "cost": 0.002, "provider": "openai", "model": "gpt-4"
}] })))]
pub(super) struct ForgeBatch {
    #[schema(min_items = 1)]
    events: Vec<ForgeEvent>,
}

/// Many events, or one.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = EvalForgeBody)]
pub(super) enum ForgeBody {
    Many(ForgeBatch),
    One(Box<ForgeEvent>),
}

/// An event. Everything may be left out; what is unknown is kept.
#[derive(ToSchema)]
#[schema(as = EvalForgeNewEvent)]
pub(super) struct ForgeEvent {
    /// Your id: the same one twice is stored once. One is made when absent.
    id: Option<String>,
    /// With a session, to `/api/events`: the project.
    #[schema(value_type = Option<Value>)]
    project_id: Option<Value>,
    trace_id: Option<String>,
    span_id: Option<String>,
    parent_span_id: Option<String>,
    /// `llm_call` is `llm` here, what begins with `tool` is `tool_call`. In the single form: `type`.
    operation_type: Option<String>,
    name: Option<String>,
    start_time: Option<String>,
    end_time: Option<String>,
    duration_ms: Option<f64>,
    status: Option<String>,
    input: Option<Value>,
    output: Option<Value>,
    metadata: Option<Value>,
    /// `prompt`, `completion`, `total`.
    #[schema(value_type = Option<Object>)]
    tokens: Option<Value>,
    /// US dollars; 0 is not known.
    cost: Option<f64>,
    provider: Option<String>,
    model: Option<String>,
    /// In the single form: `latency_ms`, `tokens_used`, `cost`.
    #[schema(value_type = Option<Object>)]
    metrics: Option<Value>,
}
