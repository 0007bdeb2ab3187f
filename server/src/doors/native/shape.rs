//! What is sent to the native door, as the document describes it. It is read
//! in [`super::flat`] and [`super::envelope`]; a test sends the examples, and
//! leaves out each field that is called required.

#![expect(dead_code, reason = "these are described, never made")]

use eventglass_model::{Severity, Status};
use serde_json::Value;
use utoipa::ToSchema;

/// An event: in Eventglass's own form, or in WatchLLM's envelope.
#[derive(ToSchema)]
#[serde(untagged)]
pub(super) enum NativeItem {
    Event(Box<NativeEvent>),
    Envelope(Box<WatchEnvelope>),
}

/// Many events.
#[derive(ToSchema)]
#[serde(untagged)]
pub(super) enum NativeBatch {
    List(Vec<NativeItem>),
    Object { events: Vec<NativeItem> },
}

/// An event. A field of any other name is kept among the attributes.
#[derive(ToSchema)]
#[schema(as = NewEvent, examples(json!({
    "kind": "llm", "name": "answer", "service": "support-bot", "trace_id": "t-1", "span_id": "s-1",
    "model": "gpt-4o", "provider": "openai", "tokens": { "input": 812, "output": 64 }, "duration_ms": 930.5,
    "input": [{ "role": "user", "content": "Why?" }], "output": "Because."
})))]
pub(super) struct NativeEvent {
    /// What it is; also called `type` or `event_type`.
    #[schema(max_length = 100)]
    kind: String,
    /// Your id, also called `id`: the same one twice in a project is stored once. One is made when absent.
    event_id: Option<String>,
    /// RFC 3339, UTC where no zone is given; or a number of s, ms, µs or ns since the epoch. Now when absent.
    #[schema(value_type = Option<Value>)]
    time: Option<Value>,
    /// Title or operation; also called `title`.
    name: Option<String>,
    /// Human text.
    message: Option<String>,
    /// Also called `level`.
    severity: Option<Severity>,
    status: Option<Status>,
    service: Option<String>,
    endpoint: Option<String>,
    method: Option<String>,
    version: Option<String>,
    environment: Option<String>,
    topic: Option<String>,
    user_id: Option<String>,
    session_id: Option<String>,
    request_id: Option<String>,
    trace_id: Option<String>,
    span_id: Option<String>,
    parent_span_id: Option<String>,
    duration_ms: Option<f64>,
    status_code: Option<i64>,
    provider: Option<String>,
    model: Option<String>,
    /// Counts by name: `input`, `output`, `total`, `cache_read`, `cache_write`, `reasoning`, and what providers call them.
    #[schema(value_type = Option<Object>)]
    tokens: Option<Value>,
    /// US dollars; computed from the tokens when absent.
    cost_usd: Option<f64>,
    country: Option<String>,
    city: Option<String>,
    region: Option<String>,
    device: Option<String>,
    /// Any JSON, kept whole.
    input: Option<Value>,
    /// Any JSON, kept whole.
    output: Option<Value>,
    /// Anything else.
    #[schema(value_type = Option<Object>)]
    attributes: Option<Value>,
}

/// An envelope of WatchLLM's SDKs. All names may be in camel or snake case.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", examples(json!({
    "projectId": "mine", "type": "model_response", "sdk": { "name": "curl", "version": "1" }, "traceId": "t-1",
    "body": { "model": "gpt-4o", "prompt": "Why?", "response": "Because.", "latencyMs": 800 }
})))]
pub(super) struct WatchEnvelope {
    event_id: Option<String>,
    /// Anything: the key decides the project.
    project_id: String,
    /// `log`, `error`, `span`, `token_usage`, `message`, `eval_metric`, `agent_action`, `retrieval`, `tool_call`,
    /// `model_response` or `custom`.
    #[schema(rename = "type")]
    kind: String,
    timestamp: Option<String>,
    trace_id: Option<String>,
    parent_event_id: Option<String>,
    #[schema(value_type = Object)]
    sdk: Value,
    #[schema(value_type = Option<Object>)]
    context: Option<Value>,
    #[schema(value_type = Object)]
    body: Value,
}
