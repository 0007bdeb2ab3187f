//! The events that are sent.

use serde_json::{Value, json};

/// Sets or, with `None`, leaves out a field of an event.
pub(super) fn set(event: &mut Value, field: &str, value: Option<Value>) {
    let Some(fields) = event.as_object_mut() else {
        return;
    };
    match value {
        Some(value) => fields.insert(field.to_owned(), value),
        None => fields.remove(field),
    };
}

/// A complete event of the PulseStream door. The server stamps it with its own time.
pub(super) fn event(id: &str, service: &str, endpoint: &str) -> Value {
    json!({
        "event_id": id,
        "event_type": "api_call",
        "title": "Check of eventglass verify",
        "message": "Sent to see what becomes of it",
        "severity": "info",
        "source": {
            "service": service,
            "endpoint": endpoint,
            "method": "POST",
            "version": "1.0.0",
            "environment": "production",
        },
        "context": {"user_id": "verify", "session_id": "verify", "tags": {"sent_by": "eventglass-verify"}},
        "metrics": {"response_time_ms": 12.5, "status_code": 200},
        "payload": {},
        "metadata": {},
    })
}
