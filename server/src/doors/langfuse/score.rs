//! Scores: what people and evaluators think of a trace or of a step of it.
//! Kept as events of the trace, kind `eval_metric`.

use eventglass_engine::ingest::NewEvent;
use eventglass_model::{FieldError, Timestamp, loc};
use serde_json::{Map, Value};

use super::fold::{root_of, short, text};
use super::names::environment;

/// The longest text of a score of type TEXT, in characters.
const TEXT_CHARS: usize = 500;

/// Whether a body is a score.
///
/// # Errors
/// The first fault.
pub(super) fn check(body: &Map<String, Value>) -> Result<(), FieldError> {
    let fault = |field: &str, msg: &str| Err(FieldError::new(loc!["body", field], msg));
    if text(body, "name").is_none() {
        return fault("name", "Required");
    }
    let subjects = ["traceId", "sessionId", "datasetRunId"];
    if subjects.iter().all(|field| text(body, field).is_none()) {
        return fault("traceId", "Required: one of traceId, sessionId, datasetRunId");
    }
    let value = body.get("value");
    let chars = value.and_then(Value::as_str).map(|text| text.chars().count());
    let sound = match body.get("dataType").and_then(Value::as_str) {
        None => value.is_some_and(|value| value.is_number() || value.is_string()),
        Some("NUMERIC") => value.is_some_and(Value::is_number),
        Some("BOOLEAN") => matches!(value.and_then(Value::as_f64), Some(0.0 | 1.0)),
        Some("CATEGORICAL" | "CORRECTION") => chars.is_some(),
        Some("TEXT") => chars.is_some_and(|chars| (1..=TEXT_CHARS).contains(&chars)),
        Some(_) => return fault("dataType", "Invalid enum value"),
    };
    if sound {
        Ok(())
    } else {
        fault("value", "does not fit the score's dataType")
    }
}

/// The event that a score is.
pub(super) fn event(body: &Map<String, Value>, time: Timestamp) -> NewEvent {
    let id = text(body, "id").unwrap_or_default();
    let mut event = NewEvent::new(short(&format!("score:{id}")), time, "eval_metric".to_owned());
    let name = text(body, "name").unwrap_or_default();
    let value = match body.get("value") {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let comment = text(body, "comment")
        .map(|comment| format!(" ({comment})"))
        .unwrap_or_default();
    event.name = Some(name.to_owned());
    event.message = Some(format!("{name}: {value}{comment}"));
    event.trace_id = text(body, "traceId").map(short);
    event.session_id = text(body, "sessionId").map(short);
    event.span_id = Some(event.event_id.clone());
    event.parent_span_id = text(body, "observationId")
        .map(short)
        .or_else(|| text(body, "traceId").map(root_of));
    event.environment = text(body, "environment").map(environment);
    event.attributes = Some(Value::Object(body.clone()).to_string());
    event
}
