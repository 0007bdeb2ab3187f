//! What PulseStream's clients send, as the document describes it. It is read
//! in [`super::event`]; a test sends the example, and leaves out each field
//! that is called required.

#![expect(dead_code, reason = "these are described, never made")]

use serde_json::Value;
use utoipa::ToSchema;

/// An event.
#[derive(ToSchema)]
#[schema(as = PulseStreamNewEvent, examples(json!({
    "event_id": "evt-1", "event_type": "api_call", "title": "Pay", "severity": "info",
    "source": { "service": "shop", "endpoint": "/pay", "method": "POST" },
    "metrics": { "response_time_ms": 12.5, "status_code": 200 }
})))]
pub(super) struct PulseEvent {
    /// Your id; one is made when absent.
    #[schema(max_length = 100)]
    event_id: Option<String>,
    /// `api_call`, `user_action`, `system_event`, `error_event` or `custom_event`.
    event_type: String,
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    #[schema(max_length = 2000)]
    message: Option<String>,
    /// `info` (when absent), `warning`, `error` or `critical`.
    severity: Option<String>,
    /// RFC 3339; now when absent.
    timestamp: Option<String>,
    source: NewSource,
    metrics: Option<NewMetrics>,
    context: Option<NewContext>,
    error_details: Option<NewError>,
    /// Anything.
    payload: Option<Value>,
    /// Anything.
    metadata: Option<Value>,
}

/// Where it came from.
#[derive(ToSchema)]
#[schema(as = PulseStreamNewSource)]
struct NewSource {
    #[schema(min_length = 1, max_length = 100)]
    service: String,
    #[schema(min_length = 1, max_length = 500)]
    endpoint: String,
    #[schema(min_length = 1, max_length = 10)]
    method: String,
    #[schema(max_length = 20)]
    version: Option<String>,
    #[schema(max_length = 50)]
    environment: Option<String>,
}

/// How it went.
#[derive(ToSchema)]
#[schema(as = PulseStreamNewMetrics)]
struct NewMetrics {
    #[schema(minimum = 0)]
    response_time_ms: f64,
    #[schema(minimum = 100, maximum = 599)]
    status_code: i64,
    #[schema(minimum = 0)]
    request_size_bytes: Option<i64>,
    #[schema(minimum = 0)]
    response_size_bytes: Option<i64>,
}

/// Who caused it.
#[derive(ToSchema)]
#[schema(as = PulseStreamNewContext)]
struct NewContext {
    user_id: Option<String>,
    session_id: Option<String>,
    request_id: Option<String>,
    #[schema(max_length = 500)]
    user_agent: Option<String>,
    /// `device`, `country`, `city` and `region` are taken over.
    #[schema(value_type = Option<Object>)]
    tags: Option<Value>,
}

/// What failed.
#[derive(ToSchema)]
#[schema(as = PulseStreamNewError)]
struct NewError {
    #[schema(max_length = 1000)]
    error_message: Option<String>,
    #[schema(max_length = 100)]
    error_type: Option<String>,
    #[schema(max_length = 100)]
    error_code: Option<String>,
}

/// Many events.
#[derive(ToSchema)]
#[schema(as = PulseStreamNewBatch, examples(json!({ "events": [{
    "event_type": "custom_event", "title": "Tick", "source": { "service": "clock", "endpoint": "/", "method": "GET" }
}] })))]
pub(super) struct PulseBatch {
    /// Comes back in the answer; one is made when absent.
    batch_id: Option<String>,
    #[schema(min_items = 1)]
    events: Vec<PulseEvent>,
}
