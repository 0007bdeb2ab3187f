//! What CartNudge's clients send, as the document describes it. It is read in
//! [`super::event`]; a test sends the example, and leaves out each field that
//! is called required.

#![expect(dead_code, reason = "these are described, never made")]

use serde_json::Value;
use utoipa::ToSchema;

/// An event.
#[derive(ToSchema)]
#[schema(as = CartNudgeEvent, examples(json!({
    "topic": "cart_events", "event_type": "cart.add",
    "data": { "user_id": "u-1", "session_id": "s-1", "product_name": "Lamp", "quantity": 2, "price": 59.99 }
})))]
pub(super) struct CartEvent {
    /// One of `GET /api/v1/events/topics`.
    topic: String,
    event_type: String,
    data: CartData,
    /// RFC 3339, or a number since the epoch; `timestamp` of `data` counts first, and now when there is neither.
    #[schema(value_type = Option<Value>)]
    timestamp: Option<Value>,
}

/// Anything besides these.
#[derive(ToSchema)]
#[schema(as = CartNudgeData)]
struct CartData {
    user_id: String,
    /// Your id: the same one twice is stored once.
    event_id: Option<String>,
    session_id: Option<String>,
    request_id: Option<String>,
}

/// Many events.
#[derive(ToSchema)]
#[schema(as = CartNudgeBatch)]
pub(super) struct CartBatch {
    #[schema(min_items = 1, max_items = 100)]
    events: Vec<CartEvent>,
}
