//! The envelope of WatchLLM's SDKs: `eventId`, `projectId`, `type`,
//! `timestamp`, `sdk`, `context`, `body`, in camel or snake case.

use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{CostSource, Severity, Status, Tokens};

use super::flat::{micros, nano_dollars};
use crate::doors::fields::Fields;
use crate::doors::gate::Reading;

/// The types that its SDKs send, and the kinds they are here.
const TYPES: &[(&str, &str)] = &[
    ("log", "log"),
    ("error", "error"),
    ("span", "span"),
    ("token_usage", "token_usage"),
    ("message", "message"),
    ("eval_metric", "eval_metric"),
    ("agent_action", "agent_action"),
    ("retrieval", "retrieval"),
    ("tool_call", "tool_call"),
    ("model_response", "llm"),
    ("custom", "custom_event"),
];

/// An envelope has a `sdk` and a `body`; a native event has neither.
pub(super) fn is_envelope(fields: &Fields<'_>) -> bool {
    (fields.has("body") && fields.has("sdk")) || (fields.has("projectId") && fields.has("type"))
}

/// Reads an envelope. `sdk`, `context` and `body` stay whole in the attributes.
///
/// # Errors
/// Every fault of the item.
pub(super) fn read(mut fields: Fields<'_>, reading: Reading) -> Result<NewEvent, Refused> {
    let event_id = fields.text(&["eventId", "event_id"]);
    // The key says which project it is; what the body says is not to be believed.
    let claimed = fields.text(&["projectId", "project_id"]);
    let kind = fields.word(&["type"], kind_of);
    let time = fields.time(&["timestamp"]).unwrap_or(reading.now);
    for (name, missing) in [
        ("projectId", claimed.is_none()),
        ("type", kind.is_none()),
        ("sdk", !fields.has("sdk")),
    ] {
        if missing && !fields.errors.iter().any(|e| e.loc.last() == Some(&name.into())) {
            fields.fault(name, "field required");
        }
    }
    let id = event_id.clone().unwrap_or_else(|| reading.new_id());
    let mut event = NewEvent::new(id, time, kind.unwrap_or_default().to_owned());
    event.trace_id = fields.text(&["traceId", "trace_id"]);
    event.parent_span_id = fields.text(&["parentEventId", "parent_event_id"]);
    if let Some(mut context) = fields.object("context") {
        event.user_id = context.text(&["userId", "user_id"]);
        event.session_id = context.text(&["sessionId", "session_id"]);
        event.environment = context.text(&["environment"]);
        event.service = context.text(&["service", "serviceName"]);
        // Free-form: what is of an odd type there is kept, not refused.
    }
    match fields.object("body") {
        Some(body) => read_body(&mut event, body),
        None if fields.has("body") => {}
        None => fields.fault("body", "field required"),
    }
    // A span may be found by its own id, or, in the envelope's way, by the event's.
    event.span_id = event
        .span_id
        .or_else(|| event.trace_id.as_ref().map(|_| event.event_id.clone()));
    event.attributes = fields.rest();
    fields.finish(event, event_id)
}

fn kind_of(word: &str) -> Result<&'static str, String> {
    let known = TYPES.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind);
    let words: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
    known.ok_or_else(|| format!("unknown type; expected one of: {}", words.join(", ")))
}

/// Takes what the canonical event has a field for. The body is free-form, so
/// that a field of another type than expected is left where it is.
fn read_body(event: &mut NewEvent, mut body: Fields<'_>) {
    event.name = body.text(&["name", "toolName", "action", "metric", "query", "role"]);
    event.message = body.text(&["message", "content", "response", "reasoning"]);
    event.extra_text = body.text(&["prompt", "stack", "stacktrace"]).unwrap_or_default();
    event.model = body.text(&["model"]);
    event.duration_us = body
        .float(&["latencyMs", "durationMs", "latency_ms", "duration_ms"])
        .map(micros);
    event.span_id = body.text(&["spanId", "span_id"]);
    if let Some(parent) = body.text(&["parentSpanId", "parent_span_id"]) {
        event.parent_span_id = Some(parent);
    }
    if let (Some(start), Some(end)) = (body.time(&["start"]), body.time(&["end"])) {
        event.time = start;
        event.duration_us = Some(end.micros().saturating_sub(start.micros()).max(0));
    }
    let severity = body.word(&["level"], Severity::parse);
    // An error is an error, whether or not it says so.
    let unsaid = if event.kind == "error" {
        Status::Error
    } else {
        Status::Unset
    };
    event.status = body.word(&["status"], Status::parse).unwrap_or(unsaid);
    event.severity = severity.unwrap_or(match event.status {
        Status::Error | Status::Timeout => Severity::Error,
        Status::Unset | Status::Ok => Severity::Info,
    });
    let input = body.int(&["inputTokens", "input_tokens"]);
    let output = body.int(&["outputTokens", "output_tokens"]);
    let total = body.int(&["totalTokens", "total_tokens"]);
    if input.or(output).or(total).is_some() {
        event.tokens = Some(Tokens {
            input_total: input.unwrap_or(0).max(0),
            output_total: output.unwrap_or(0).max(0),
            total: total.unwrap_or(0).max(0),
            ..Tokens::default()
        });
    }
    // Its Python client sends `cost: 0.0` for "not known".
    if let Some(cost) = body.float(&["costUSD", "cost_usd", "cost"]).filter(|cost| *cost > 0.0) {
        event.cost_nano_usd = Some(nano_dollars(cost));
        event.cost_source = Some(CostSource::Client);
    }
}
