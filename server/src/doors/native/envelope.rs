//! The envelope of WatchLLM's SDKs: `eventId`, `projectId`, `type`,
//! `timestamp`, `sdk`, `context`, `body`, in camel or snake case. Source:
//! contracts 4.1 and 4.6.

use eventglass_engine::cost::Reported;
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{CostSource, Severity, Status, Tokens};

use super::flat::{micros, nano_dollars};
use crate::doors::fields::Fields;
use crate::doors::gate::Reading;

/// Characters of a name. `context` and `body` are free-form and kept whole, so
/// that what is too long for a field is cut or left there, and never refused.
const NAME: usize = 200;
/// Characters of a message.
const MESSAGE: usize = 10_000;

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

/// An envelope has a `sdk` and a `body`; a native event has neither. Or it says
/// its project and its type, in either spelling: then what it lacks is to be told.
pub(super) fn is_envelope(fields: &Fields<'_>) -> bool {
    let project = fields.has("projectId") || fields.has("project_id");
    (fields.has("body") && fields.has("sdk")) || (project && fields.has("type"))
}

/// Reads an envelope. `sdk`, `context` and `body` stay whole in the attributes.
///
/// # Errors
/// Every fault of the item.
pub(super) fn read(mut fields: Fields<'_>, reading: Reading) -> Result<NewEvent, Refused> {
    let snake = fields.has("project_id") && !fields.has("projectId");
    let project = if snake { "project_id" } else { "projectId" };
    let event_id = fields.text(&["eventId", "event_id"]);
    // The key says which project it is; what the body says is not to be believed.
    let claimed = fields.text(&["projectId", "project_id"]);
    let kind = fields.word(&["type"], kind_of);
    let time = fields.time(&["timestamp"]).unwrap_or(reading.now);
    for (name, missing) in [
        (project, claimed.is_none()),
        ("type", kind.is_none()),
        ("sdk", fields.peek("sdk").is_none()),
    ] {
        if missing && !fields.errors.iter().any(|e| e.loc.last() == Some(&name.into())) {
            fields.fault(name, "field required");
        }
    }
    fields.object("sdk");
    let id = event_id.clone().unwrap_or_else(|| reading.new_id());
    let mut event = NewEvent::new(id, time, kind.unwrap_or_default().to_owned());
    event.trace_id = fields.text(&["traceId", "trace_id"]);
    event.parent_span_id = fields.text(&["parentEventId", "parent_event_id"]);
    if let Some(mut context) = fields.object("context") {
        let mut short = |names: &[&'static str]| context.text(names).filter(|text| is_short(text));
        event.user_id = short(&["userId", "user_id"]);
        event.session_id = short(&["sessionId", "session_id"]);
        event.request_id = short(&["requestId", "request_id"]);
        event.environment = short(&["environment"]);
        event.service = short(&["service", "serviceName", "service_name"]);
        event.version = short(&["version", "release"]);
        event.trace_id = event.trace_id.take().or_else(|| short(&["traceId", "trace_id"]));
    }
    match fields.object("body") {
        Some(body) => read_body(&mut event, body),
        None if fields.peek("body").is_some() => {}
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

fn is_short(text: &str) -> bool {
    text.chars().count() <= NAME
}

/// Takes what the canonical event has a field for. The body is free-form, so
/// that a field of another type than expected is left where it is.
fn read_body(event: &mut NewEvent, mut body: Fields<'_>) {
    read_texts(event, &mut body);
    read_span(event, &mut body);
    read_status(event, &mut body);
    event.model = body.text(&["model"]).filter(|text| is_short(text));
    event.provider = body.text(&["provider"]).filter(|text| is_short(text));
    event.tokens = match body.object("usage") {
        Some(usage) => read_tokens(usage),
        None => None,
    };
    // Its Python client sends `cost: 0.0` for "not known".
    let cost = body.float(&["costUSD", "costUsd", "cost_usd", "cost"]);
    if let Some(cost) = cost.filter(|cost| *cost > 0.0) {
        event.cost_nano_usd = Some(nano_dollars(cost));
        event.cost_source = Some(CostSource::Client);
    }
    event.tokens = event.tokens.take().or_else(|| read_tokens(body));
}

/// What it is called, what it says, what went in and what came out.
fn read_texts(event: &mut NewEvent, body: &mut Fields<'_>) {
    for (names, field) in [
        (&["prompt", "arguments", "input", "query"] as &[&str], &mut event.input),
        (&["response", "result", "output", "results"], &mut event.output),
    ] {
        let found = names.iter().find_map(|name| body.peek(name));
        *field = found.map(|json| json.get().to_owned());
    }
    let names: &[&'static str] = match event.kind.as_str() {
        // Its Python client gives the exception's type.
        "error" => &["name", "type"],
        _ => &[
            "name",
            "toolName",
            "tool_name",
            "action",
            "metric",
            "query",
            "role",
            "agentName",
            "agent_name",
        ],
    };
    let cut = |text: String, most: usize| text.chars().take(most).collect::<String>();
    event.name = body.text(names).map(|text| cut(text, NAME));
    let message = body.text(&["message", "content", "response", "reasoning"]);
    event.message = message.map(|text| cut(text, MESSAGE));
    if event.service.is_none() {
        event.service = body.text(&["agentName", "agent_name"]).filter(|text| is_short(text));
    }
}

fn read_span(event: &mut NewEvent, body: &mut Fields<'_>) {
    let millis = body.float(&["latencyMs", "durationMs", "latency_ms", "duration_ms"]);
    event.duration_us = millis.map(micros).filter(|micros| *micros >= 0);
    event.span_id = body.text(&["spanId", "span_id"]).filter(|text| is_short(text));
    if let Some(parent) = body
        .text(&["parentSpanId", "parent_span_id"])
        .filter(|text| is_short(text))
    {
        event.parent_span_id = Some(parent);
    }
    let start = body.time(&["start", "startTime", "start_time"]);
    let end = body.time(&["end", "endTime", "end_time"]);
    if let Some(start) = start {
        event.time = start;
    }
    if let Some((start, end)) = start.zip(end) {
        event.duration_us = Some(end.micros().saturating_sub(start.micros()).max(0));
    }
}

fn read_status(event: &mut NewEvent, body: &mut Fields<'_>) {
    let severity = body.word(&["level", "severity"], Severity::parse);
    let success = body.text(&["success"]);
    // An error is an error, whether or not it says so.
    let unsaid = match success.as_deref() {
        Some("false") => Status::Error,
        Some("true") => Status::Ok,
        _ if event.kind == "error" => Status::Error,
        _ => Status::Unset,
    };
    event.status = body.word(&["status"], Status::parse).unwrap_or(unsaid);
    event.severity = severity.unwrap_or(match event.status {
        Status::Error | Status::Timeout => Severity::Error,
        Status::Unset | Status::Ok => Severity::Info,
    });
}

/// Of a body, or of the `usage` in it.
fn read_tokens(mut fields: Fields<'_>) -> Option<Tokens> {
    let mut part = |names: &[&'static str]| fields.int(names).unwrap_or(0);
    let mut reported = Reported {
        cache_read: part(&["cacheReadTokens", "cache_read_tokens", "cachedTokens", "cached_tokens"]),
        cache_write: part(&["cacheWriteTokens", "cache_write_tokens"]),
        reasoning: part(&["reasoningTokens", "reasoning_tokens"]),
        ..Reported::default()
    };
    reported.input = fields.int(&["inputTokens", "input_tokens", "promptTokens", "prompt_tokens"]);
    reported.output = fields.int(&["outputTokens", "output_tokens", "completionTokens", "completion_tokens"]);
    reported.total = fields.int(&["totalTokens", "total_tokens"]);
    // Zeros beside a total mean that only the total is known.
    if reported.input.unwrap_or(0) <= 0 && reported.output.unwrap_or(0) <= 0 && reported.total.unwrap_or(0) > 0 {
        (reported.input, reported.output) = (None, None);
    }
    reported.is_some().then(|| reported.settle())
}

#[cfg(test)]
mod tests {
    use eventglass_model::{Timestamp, loc};
    use proptest::prelude::*;

    use super::*;

    fn event(json: &str) -> Result<NewEvent, Refused> {
        let fields = Fields::open(json, loc!["body"]).map_err(|error| Refused {
            event_id: None,
            errors: vec![error],
        })?;
        read(fields, Reading::alone(Timestamp::from_micros(1)))
    }

    fn of_body(kind: &str, body: &str) -> NewEvent {
        event(&format!(
            r#"{{"projectId":"p","type":"{kind}","sdk":{{}},"body":{body}}}"#
        ))
        .unwrap()
    }

    #[test]
    fn a_body_must_be_there() {
        for body in ["null", "[]", "\"x\"", "7"] {
            let refused = event(&format!(r#"{{"projectId":"p","type":"log","sdk":{{}},"body":{body}}}"#)).unwrap_err();
            assert_eq!(refused.errors.len(), 1, "{body}");
            assert_eq!(refused.errors[0].loc, loc!["body", "body"], "{body}");
        }
        assert!(event(r#"{"projectId":"p","type":"log","sdk":null,"body":{}}"#).is_err());
    }

    #[test]
    fn both_spellings_are_checked_alike() {
        let places = |json: &str| {
            let fields = Fields::open(json, loc!["body"]).unwrap();
            assert!(is_envelope(&fields), "{json}");
            let refused = read(fields, Reading::alone(Timestamp::from_micros(1))).unwrap_err();
            let place = |error: &eventglass_model::FieldError| serde_json::to_string(&error.loc).unwrap();
            refused.errors.iter().map(place).collect::<Vec<_>>()
        };
        let spelled = |project: &str| {
            [
                format!(r#"{{"{project}":"p","type":"bogus","sdk":{{}}}}"#),
                format!(r#"{{"{project}":"p","type":"log","body":{{}}}}"#),
                format!(r#"{{"{project}":"p","type":"log","sdk":7,"body":{{}}}}"#),
                format!(r#"{{"{project}":[],"type":"log","sdk":{{}},"body":[]}}"#),
                format!(r#"{{"{project}":null,"type":"log","sdk":{{}},"body":{{}}}}"#),
            ]
        };
        for (camel, snake) in spelled("projectId").iter().zip(spelled("project_id")) {
            let expected: Vec<String> = places(camel)
                .iter()
                .map(|place| place.replace("projectId", "project_id"))
                .collect();
            assert!(!expected.is_empty());
            assert_eq!(places(&snake), expected, "{snake}");
        }
        for native in [
            r#"{"kind":"log","project_id":"p"}"#,
            r#"{"type":"log"}"#,
            r#"{"kind":"log","body":"x"}"#,
        ] {
            assert!(!is_envelope(&Fields::open(native, loc!["body"]).unwrap()), "{native}");
        }
    }

    #[test]
    fn what_is_too_long_for_a_field_is_not_refused() {
        let long = "é".repeat(50_000);
        let event = of_body(
            "retrieval",
            &format!(r#"{{"query":"{long}","message":"{long}","model":"{long}"}}"#),
        );
        assert_eq!(event.name.unwrap().chars().count(), NAME);
        assert_eq!(event.message.unwrap().chars().count(), MESSAGE);
        assert_eq!(event.model, None);
        assert!(event.attributes.unwrap().contains(&long));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}", noise in any::<Vec<u8>>()) {
            let noise = String::from_utf8_lossy(&noise).into_owned();
            let quoted = serde_json::to_string(&noise).unwrap();
            let body = ["start", "end", "latencyMs", "level", "success", "usage", "cost", "query", "results", "spanId"]
                .map(|name| format!("\"{name}\":{quoted}"))
                .join(",");
            for kind in TYPES {
                let known = format!(r#"{{"projectId":"p","type":"{}","sdk":{{}},"context":{{"userId":{quoted}}},"body":{{{body}}}}}"#, kind.0);
                let odd = format!(r#"{{"projectId":{text},"type":"{}","sdk":{text},"body":{text}}}"#, kind.0);
                for json in [known, odd, text.clone(), noise.clone()] {
                    let _ = event(&json);
                }
            }
        }
    }
}
