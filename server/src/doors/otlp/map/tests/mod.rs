//! What becomes of the spans and logs of each dialect. Everything is read in
//! both encodings, which must come to the same.

mod agents;
mod logs;
mod models;
mod plain;

use eventglass_engine::ingest::NewEvent;
use eventglass_model::{Timestamp, Tokens, loc};
use prost::Message as _;
use serde_json::{Value, json};

use super::{Repeats, Shared};
use crate::doors::otlp::encoding::Encoding;
use crate::doors::otlp::read;
use crate::doors::otlp::wire::{LogRecord, ResourceItems, Signal, Span};

pub(super) const NOW: Timestamp = Timestamp::from_micros(1_795_262_400_000_000);

/// A JSON value as OTLP writes it.
pub(super) fn any(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(truth) => json!({ "boolValue": truth }),
        Value::Number(number) if number.is_i64() => json!({ "intValue": number.to_string() }),
        Value::Number(number) => json!({ "doubleValue": number }),
        Value::String(text) => json!({ "stringValue": text }),
        Value::Array(items) => json!({ "arrayValue": { "values": items.iter().map(any).collect::<Vec<_>>() } }),
        Value::Object(_) => json!({ "kvlistValue": { "values": pairs(value) } }),
    }
}

/// An object as attributes.
pub(super) fn pairs(object: &Value) -> Vec<Value> {
    let pair = |(key, value)| json!({ "key": key, "value": any(value) });
    object.as_object().unwrap().iter().map(pair).collect()
}

/// An event of a span, in a resource, of both encodings.
pub(super) fn span_in(resource: &Value, span: &Value) -> NewEvent {
    let mut whole = json!({
        "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "work",
        "startTimeUnixNano": "1795262399000000000", "endTimeUnixNano": "1795262399250000000",
    });
    whole.as_object_mut().unwrap().extend(span.as_object().unwrap().clone());
    let json = whole.to_string();
    let proto = serde_json::from_str::<Span>(&json).unwrap().encode_to_vec();
    both(Signal::Traces, resource, json, proto)
}

/// An event of a log record.
pub(super) fn log_in(resource: &Value, log: &Value) -> NewEvent {
    let json = log.to_string();
    let proto = serde_json::from_str::<LogRecord>(&json).unwrap().encode_to_vec();
    both(Signal::Logs, resource, json, proto)
}

fn both(signal: Signal, resource: &Value, json: String, proto: Vec<u8>) -> NewEvent {
    let items: ResourceItems = {
        let json = json!({ "resource": { "attributes": pairs(resource) } }).to_string();
        serde_json::from_str(&json).unwrap()
    };
    let attributes = Shared::resource(&items);
    let scope = Default::default();
    let shared = Shared::new(&items, &attributes, &scope);
    let read = |item: Vec<u8>, encoding| {
        let repeats = &mut Repeats::default();
        read::event(&item.into(), encoding, signal, &shared, loc!["here"], NOW, repeats).unwrap()
    };
    let event = read(json.into_bytes(), Encoding::Json);
    let other = read(proto, Encoding::Protobuf);
    assert_eq!(format!("{event:?}"), format!("{other:?}"), "the encodings differ");
    event
}

/// An event of a span with some attributes.
pub(super) fn span(attributes: &Value) -> NewEvent {
    span_in(&json!({}), &json!({ "attributes": pairs(attributes) }))
}

pub(super) fn parsed(json: Option<&String>) -> Value {
    json.map_or(Value::Null, |json| serde_json::from_str(json).unwrap())
}

/// Input, output and cache reads, cache writes, reasoning, total.
pub(super) fn tokens(event: &NewEvent) -> Option<[i64; 6]> {
    let of = |t: &Tokens| {
        [
            t.input_total,
            t.output_total,
            t.cache_read,
            t.cache_write,
            t.output_reasoning,
            t.total,
        ]
    };
    event.tokens.as_ref().map(of)
}
