//! Makes one event of its parts: field by field the last that says something,
//! metadata merged. Creates come before updates, each in the order of time.

use eventglass_engine::ingest::NewEvent;
use eventglass_model::{CostSource, Severity, Status, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::names::{Subject, environment, legacy_kind, type_of};
use super::score;
use super::usage::{cost_nano_usd, tokens};

/// The longest id that stays as it is, in characters: the store takes 200.
const ID_CHARS: usize = 180;
/// What is told by a column and need not stand in the attributes again.
const TOLD: &[&str] = &[
    "id",
    "traceId",
    "parentObservationId",
    "name",
    "userId",
    "sessionId",
    "startTime",
    "endTime",
    "timestamp",
    "input",
    "output",
    "model",
    "environment",
    "version",
    "statusMessage",
];

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    time: Timestamp,
    body: Map<String, Value>,
}

/// See [`eventglass_engine::ingest::Fold`].
pub(super) fn fold(parts: &[String]) -> NewEvent {
    let parts: Vec<Part> = parts
        .iter()
        .filter_map(|json| serde_json::from_str(json).ok())
        .collect();
    let mut body = Map::new();
    let mut kind = "";
    let mut subject = Subject::Observation;
    for part in &parts {
        if let Some(known) = type_of(&part.kind) {
            subject = known.subject;
            if !known.kind.is_empty() {
                kind = known.kind;
            }
        }
        merge(&mut body, &part.body);
    }
    if kind.is_empty() {
        kind = legacy_kind(text(&body, "type").unwrap_or_default());
    }
    let time = ["startTime", "timestamp"]
        .iter()
        .find_map(|field| moment(&body, field))
        .or_else(|| parts.first().map(|part| part.time))
        .unwrap_or_default();
    match subject {
        Subject::Score => score::event(&body, time),
        Subject::Trace | Subject::Observation | Subject::SdkLog => event(&body, time, kind, subject),
    }
}

/// The last that is not null wins; maps of metadata are merged.
fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (name, value) in from.iter().filter(|(_, value)| !value.is_null()) {
        if let (Some(Value::Object(old)), Value::Object(new), true) = (into.get_mut(name), value, name == "metadata") {
            merge(old, new);
            continue;
        }
        into.insert(name.clone(), value.clone());
    }
}

fn event(body: &Map<String, Value>, time: Timestamp, kind: &str, subject: Subject) -> NewEvent {
    let id = text(body, "id").unwrap_or_default();
    let trace = subject == Subject::Trace;
    let trace_id = if trace { Some(id) } else { text(body, "traceId") };
    // The ids of a trace and of what is in it are two spaces, and may be equal.
    let event_id = if trace { format!("trace:{id}") } else { id.to_owned() };
    let mut event = NewEvent::new(short(&event_id), time, kind.to_owned());
    let own = |field: &str| text(body, field).map(str::to_owned);
    event.trace_id = trace_id.map(short);
    event.span_id = Some(if trace { root_of(id) } else { short(id) });
    // What hangs on nothing hangs on the trace.
    event.parent_span_id = if trace {
        None
    } else {
        text(body, "parentObservationId")
            .map(short)
            .or_else(|| trace_id.map(root_of))
    };
    event.name = own("name");
    event.message = own("statusMessage");
    event.user_id = own("userId").map(|id| short(&id));
    event.session_id = own("sessionId").map(|id| short(&id));
    event.environment = text(body, "environment").map(environment);
    event.version = own("version").or_else(|| own("release")).map(|version| short(&version));
    event.model = own("model").map(|model| short(&model));
    event.duration_us = moment(body, "endTime").map(|end| end.micros().saturating_sub(time.micros()).max(0));
    (event.severity, event.status) = match text(body, "level") {
        Some("DEBUG") => (Severity::Debug, Status::Unset),
        Some("WARNING") => (Severity::Warning, Status::Unset),
        Some("ERROR") => (Severity::Error, Status::Error),
        _ => (Severity::Info, Status::Unset),
    };
    event.tokens = tokens(body);
    if let Some(cost) = cost_nano_usd(body) {
        event.cost_nano_usd = Some(cost);
        event.cost_source = Some(CostSource::Client);
    }
    event.input = body.get("input").map(Value::to_string);
    event.output = body.get("output").map(Value::to_string);
    let left: Map<String, Value> = body
        .iter()
        .filter(|(name, _)| !TOLD.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !left.is_empty() {
        event.attributes = Some(Value::Object(left).to_string());
    }
    event
}

/// The span that stands for a trace.
pub(super) fn root_of(trace_id: &str) -> String {
    short(&format!("trace:{trace_id}"))
}

/// An id that the store takes: a long one keeps its beginning and gets a hash.
pub(super) fn short(id: &str) -> String {
    if id.chars().count() <= ID_CHARS {
        return id.to_owned();
    }
    let beginning: String = id.chars().take(100).collect();
    let digest = Sha256::digest(id.as_bytes());
    let hash: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{beginning}~{hash}")
}

/// A text that is not empty.
pub(super) fn text<'a>(body: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    body.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn moment(body: &Map<String, Value>, field: &str) -> Option<Timestamp> {
    text(body, field).and_then(|text| Timestamp::parse(text).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn part(kind: &str, time: &str, body: &Value) -> String {
        json!({ "type": kind, "time": time, "body": body }).to_string()
    }

    #[test]
    fn an_update_adds_what_it_knows() {
        let create = part(
            "generation-create",
            "2026-11-21T12:00:00Z",
            &json!({ "id": "g1", "traceId": "t1", "name": "llm", "startTime": "2026-11-21T12:00:00Z", "model": "gpt-4o",
                     "input": [{ "role": "user", "content": "Wie spät ist es?" }], "metadata": { "a": 1, "b": 1 } }),
        );
        let update = part(
            "generation-update",
            "2026-11-21T12:00:02Z",
            &json!({ "id": "g1", "endTime": "2026-11-21T12:00:01.500Z", "output": "Zeit für Tee", "name": null,
                     "metadata": { "b": 2 }, "usage": { "input": 10, "output": 5 } }),
        );
        let event = fold(&[create, update]);
        assert_eq!((event.event_id.as_str(), event.kind.as_str()), ("g1", "llm"));
        assert_eq!(
            (event.name.as_deref(), event.duration_us),
            (Some("llm"), Some(1_500_000))
        );
        assert_eq!(event.parent_span_id.as_deref(), Some("trace:t1"));
        assert_eq!(event.output.as_deref(), Some("\"Zeit für Tee\""));
        assert_eq!(event.tokens.unwrap().output_total, 5);
        let attributes: Value = serde_json::from_str(event.attributes.as_deref().unwrap()).unwrap();
        assert_eq!(attributes["metadata"], json!({ "a": 1, "b": 2 }));
    }

    #[test]
    fn a_trace_is_the_root_of_its_observations() {
        let trace = part(
            "trace-create",
            "2026-11-21T12:00:00Z",
            &json!({ "id": "t1", "name": "chat", "userId": "u" }),
        );
        let event = fold(&[trace]);
        assert_eq!(event.event_id, "trace:t1");
        assert_eq!(
            (event.trace_id.as_deref(), event.span_id.as_deref()),
            (Some("t1"), Some("trace:t1"))
        );
        assert_eq!(event.parent_span_id, None);
        assert_eq!(event.user_id.as_deref(), Some("u"));
    }

    #[test]
    fn long_ids_stay_apart() {
        let (a, b) = (format!("{}a", "x".repeat(500)), format!("{}b", "x".repeat(500)));
        assert_ne!(short(&a), short(&b));
        assert!(short(&a).chars().count() <= ID_CHARS);
    }
}
