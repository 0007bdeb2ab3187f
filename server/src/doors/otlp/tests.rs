//! What holds for any input.

use eventglass_model::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use prost::Message as _;
use prost::bytes::Bytes;
use serde_json::{Value as Json, json};

use super::encoding::Encoding;
use super::wire::{
    AnyValue, ArrayValue, KeyValue, KeyValueList, Link, LogRecord, Signal, Span, SpanEvent, SpanStatus, Value,
};
use super::{read, replay, wire};
use crate::doors::gate::Reading;

const NOW: Timestamp = Timestamp::from_micros(1_795_262_400_000_000);

/// How many items there seem to be, before anything is made of them.
fn survey(body: &[u8], encoding: Encoding, signal: Signal) -> Result<usize, wire::Stop> {
    let bounds = wire::Bounds {
        items: usize::MAX,
        bytes: usize::MAX,
    };
    match encoding {
        Encoding::Protobuf => wire::survey(body, signal, bounds),
        Encoding::Json => wire::count(&String::from_utf8_lossy(body), signal, usize::MAX),
    }
}

/// Reads a body all the way, and every item alone once more.
fn digest(body: Vec<u8>, encoding: Encoding, signal: Signal) -> Option<Vec<String>> {
    let surveyed = survey(&body, encoding, signal);
    let request = read::open(Bytes::from(body), encoding, signal).ok()?;
    let events = read::events(&request, encoding, signal, NOW);
    assert_eq!(events.len(), read::count(&request));
    // Of JSON it is stricter.
    if encoding == Encoding::Protobuf || surveyed.is_ok() {
        assert_eq!(surveyed, Ok(events.len()), "it is looked over as it is read");
    }
    for (event, place) in events.iter().zip(read::places(&request)) {
        let payload = replay::alone(&request, encoding, signal, place).unwrap();
        let again = replay::reread(&payload, Reading::alone(NOW));
        match (event, again) {
            (Ok(event), Ok(again)) => {
                // The number that tells equal records apart is the request's.
                let id = |id: &str| id.split(':').take(2).collect::<Vec<_>>().join(":");
                assert_eq!(id(&event.event_id), id(&again.event_id));
                assert_eq!(event.attributes, again.attributes);
            }
            (Err(_), Err(_)) => {}
            (event, again) => panic!("{event:?} read again is {again:?}, from {payload}"),
        }
    }
    for event in events.iter().flatten() {
        for json in [&event.attributes, &event.input, &event.output].into_iter().flatten() {
            serde_json::from_str::<Json>(json).unwrap_or_else(|error| panic!("{error}: {json}"));
        }
    }
    Some(events.iter().map(|event| format!("{event:?}")).collect())
}

/// Names that mean something, and others.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("gen_ai.input.messages"),
        Just("gen_ai.system_instructions"),
        Just("gen_ai.prompt.0.content"),
        Just("gen_ai.prompt.4294967296.x"),
        Just("llm.input_messages.0.message.tool_calls.1.tool_call.id"),
        Just("llm.input_messages.0"),
        Just("llm.token_count.prompt"),
        Just("gen_ai.usage.cost"),
        Just("langfuse.observation.usage_details"),
        Just("langfuse.observation.cost_details"),
        Just("openinference.span.kind"),
        Just("http.target"),
        Just("url.full"),
        Just("service.name"),
        Just("resource"),
        Just("otel"),
        Just("exception.message"),
    ]
    .prop_map(str::to_owned)
    .boxed()
    .prop_union("\\PC{0,12}".boxed())
}

fn value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        Just(None),
        "\\PC{0,20}".prop_map(|text| Some(Value::String(text))),
        "[\\[{\\]}\",:0-9a-z]{0,12}".prop_map(|text| Some(Value::String(text))),
        any::<bool>().prop_map(|truth| Some(Value::Bool(truth))),
        any::<i64>().prop_map(|number| Some(Value::Int(number))),
        any::<f64>().prop_map(|number| Some(Value::Double(number))),
        Just(Some(Value::Double(f64::INFINITY))),
        vec(any::<u8>(), 0..8).prop_map(|bytes| Some(Value::Bytes(bytes))),
    ]
    .prop_map(|value| AnyValue { value });
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|values| AnyValue {
                value: Some(Value::Array(ArrayValue { values }))
            }),
            vec((name(), proptest::option::of(inner)), 0..4).prop_map(|pairs| {
                let values = pairs.into_iter().map(|(key, value)| KeyValue { key, value }).collect();
                AnyValue {
                    value: Some(Value::List(KeyValueList { values })),
                }
            }),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    vec((name(), proptest::option::of(value())), 0..8)
        .prop_map(|pairs| pairs.into_iter().map(|(key, value)| KeyValue { key, value }).collect())
}

fn id(length: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![8 => vec(any::<u8>(), length), 1 => Just(Vec::new()), 1 => vec(any::<u8>(), 0..20)]
}

fn span() -> impl Strategy<Value = Span> {
    let ids = (id(16), id(8), id(8));
    let times = (any::<u64>(), any::<u64>());
    let inner = (
        attributes(),
        vec((name(), attributes()), 0..3),
        proptest::option::of(("\\PC{0,9}", any::<i32>())),
    );
    (ids, times, inner, "\\PC{0,20}", any::<i32>(), any::<u32>()).prop_map(
        |((trace_id, span_id, parent_span_id), times, (attributes, events, status), name, kind, flags)| Span {
            links: vec![Link {
                trace_id: trace_id.clone(),
                flags,
                ..Link::default()
            }],
            trace_id,
            span_id,
            parent_span_id,
            name,
            kind,
            flags,
            start_time_unix_nano: times.0,
            end_time_unix_nano: times.1,
            attributes,
            events: events
                .into_iter()
                .map(|(name, attributes)| SpanEvent {
                    name,
                    attributes,
                    ..SpanEvent::default()
                })
                .collect(),
            status: status.map(|(message, code)| SpanStatus { message, code }),
            ..Span::default()
        },
    )
}

fn log() -> impl Strategy<Value = LogRecord> {
    let times = (any::<u64>(), any::<u64>());
    (
        id(16),
        id(8),
        times,
        attributes(),
        proptest::option::of(value()),
        any::<i32>(),
        "\\PC{0,9}",
    )
        .prop_map(
            |(trace_id, span_id, times, attributes, body, severity_number, severity_text)| LogRecord {
                trace_id,
                span_id,
                time_unix_nano: times.0,
                observed_time_unix_nano: times.1,
                attributes,
                body,
                severity_number,
                severity_text,
                ..LogRecord::default()
            },
        )
}

/// Requests of the same items in both encodings.
fn requests(names: [&str; 3], items: Vec<(Vec<u8>, String)>) -> (Vec<u8>, Vec<u8>) {
    let (proto, json): (Vec<_>, Vec<_>) = items.into_iter().unzip();
    let scope = super::wire::ScopeItems {
        items: proto.into_iter().map(Bytes::from).collect(),
        ..Default::default()
    };
    let resource = super::wire::ResourceItems {
        scopes: vec![scope],
        ..Default::default()
    };
    let proto = super::wire::ExportRequest {
        resources: vec![resource],
    }
    .encode_to_vec();
    let [resources, scopes, records] = names;
    let json = format!(
        "{{\"{resources}\":[{{\"{scopes}\":[{{\"{records}\":[{}]}}]}}]}}",
        json.join(",")
    );
    (proto, json.into_bytes())
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "\\PC{0,12}".prop_map(Json::from),
        Just(json!("0af7651916cd43dd8448eb211c80319c")),
        Just(json!("b7ad6b7169203331")),
    ];
    let key = prop_oneof![
        Just("resource"),
        Just("attributes"),
        Just("traceId"),
        Just("spanId"),
        Just("key"),
        Just("value"),
        Just("stringValue"),
        Just("arrayValue"),
        Just("kvlistValue"),
        Just("values"),
        Just("events"),
        Just("status"),
        Just("body"),
        Just("name"),
        Just("startTimeUnixNano"),
        Just("code"),
        Just("intValue"),
    ];
    leaf.prop_recursive(8, 64, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Json::from),
            proptest::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn both_encodings_of_a_span_are_the_same_event(list in vec(span(), 1..3)) {
        let items = list.iter().map(|span| (span.encode_to_vec(), serde_json::to_string(span).unwrap())).collect();
        let (proto, json) = requests(["resourceSpans", "scopeSpans", "spans"], items);
        let events = digest(proto, Encoding::Protobuf, Signal::Traces).unwrap();
        prop_assert_eq!(events, digest(json, Encoding::Json, Signal::Traces).unwrap());
    }

    #[test]
    fn both_encodings_of_a_log_record_are_the_same_event(list in vec(log(), 1..3)) {
        let items = list.iter().map(|log| (log.encode_to_vec(), serde_json::to_string(log).unwrap())).collect();
        let (proto, json) = requests(["resourceLogs", "scopeLogs", "logRecords"], items);
        let events = digest(proto, Encoding::Protobuf, Signal::Logs).unwrap();
        prop_assert_eq!(events, digest(json, Encoding::Json, Signal::Logs).unwrap());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        for signal in [Signal::Traces, Signal::Logs] {
            digest(bytes.clone(), Encoding::Protobuf, signal);
            digest(bytes.clone(), Encoding::Json, signal);
        }
        let _ = read::data_points(&bytes, Encoding::Protobuf);
    }

    #[test]
    fn damaged_requests_are_read_or_refused(
        list in vec(span(), 1..3),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let items = list.iter().map(|span| (span.encode_to_vec(), serde_json::to_string(span).unwrap())).collect();
        let (mut proto, mut json) = requests(["resourceSpans", "scopeSpans", "spans"], items);
        for (place, byte) in damage {
            let at = place.index(proto.len());
            proto[at] = byte;
            let at = place.index(json.len());
            json[at] = byte;
        }
        digest(proto, Encoding::Protobuf, Signal::Traces);
        digest(json, Encoding::Json, Signal::Traces);
    }

    #[test]
    fn any_json_is_read_or_refused(item in any_json()) {
        for (names, signal) in [
            (["resourceSpans", "scopeSpans", "spans"], Signal::Traces),
            (["resourceLogs", "scopeLogs", "logRecords"], Signal::Logs),
        ] {
            let (_, json) = requests(names, vec![(Vec::new(), item.to_string())]);
            digest(json, Encoding::Json, signal);
            digest(item.to_string().into_bytes(), Encoding::Json, signal);
            digest(json!({ names[0]: item }).to_string().into_bytes(), Encoding::Json, signal);
        }
    }
}
