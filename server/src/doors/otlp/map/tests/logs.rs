//! Log records.

use eventglass_model::Severity;
use serde_json::json;

use super::{NOW, any, log_in, pairs, parsed};

#[test]
fn a_log_record() {
    let event = log_in(
        &json!({ "service.name": "shop" }),
        &json!({
            "timeUnixNano": "1795262399123456789", "observedTimeUnixNano": "1795262399200000000",
            "severityNumber": 13, "severityText": "WARN", "body": { "stringValue": "card declined" },
            "traceId": "0AF7651916CD43DD8448EB211C80319C", "spanId": "b7ad6b7169203331",
            "eventName": "payment.declined", "attributes": pairs(&json!({ "user.id": "ada", "attempt": 2 })),
        }),
    );
    assert_eq!((event.kind.as_str(), event.severity), ("log", Severity::Warning));
    assert_eq!(
        (event.message.as_deref(), event.name.as_deref()),
        (Some("card declined"), Some("payment.declined"))
    );
    assert_eq!(event.trace_id.as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
    assert_eq!(
        (event.service.as_deref(), event.user_id.as_deref()),
        (Some("shop"), Some("ada"))
    );
    assert_eq!(event.time.micros(), 1_795_262_399_123_456);
    assert_eq!(
        parsed(event.attributes.as_ref()),
        json!({
            "user.id": "ada", "attempt": 2, "resource": { "service.name": "shop" },
            "otel": {
                "time_unix_nano": 1_795_262_399_123_456_789_u64, "observed_time_unix_nano": 1_795_262_399_200_000_000_u64,
                "severity_number": 13, "severity_text": "WARN", "event_name": "payment.declined",
            },
        })
    );
}

#[test]
fn levels_and_exceptions() {
    let level = |number: i32, text: &str| {
        log_in(&json!({}), &json!({ "severityNumber": number, "severityText": text })).severity
    };
    assert_eq!(level(1, ""), Severity::Debug);
    assert_eq!(level(9, "ERROR"), Severity::Info, "the number counts");
    assert_eq!(level(17, ""), Severity::Error);
    assert_eq!(level(24, ""), Severity::Critical);
    assert_eq!(level(0, "Fatal"), Severity::Critical);
    assert_eq!(level(99, "odd"), Severity::Info);
    let thrown = log_in(
        &json!({}),
        &json!({ "attributes": pairs(&json!({ "exception.type": "ValueError", "exception.message": "no lamp" })) }),
    );
    assert_eq!((thrown.kind.as_str(), thrown.severity.as_str()), ("error", "error"));
    assert_eq!(
        (thrown.message.as_deref(), thrown.status.as_str()),
        (Some("no lamp"), "error")
    );
}

#[test]
fn bodies_of_any_type() {
    let body = |value| {
        let event = log_in(&json!({}), &json!({ "body": any(&value) }));
        (event.message, parsed(event.attributes.as_ref())["otel"]["body"].clone())
    };
    let structured = json!({ "msg": "sold", "sku": "L-7" });
    assert_eq!(body(structured.clone()), (Some("sold".to_owned()), structured));
    assert_eq!(
        body(json!({ "sku": "L-7" })),
        (Some("{\"sku\":\"L-7\"}".to_owned()), json!({ "sku": "L-7" }))
    );
    assert_eq!(body(json!(12)), (Some("12".to_owned()), json!(12)));
    assert_eq!(body(json!("text")), (Some("text".to_owned()), json!(null)));
    assert_eq!(body(json!("")), (None, json!("")));
    let long = "x".repeat(100_001);
    let (message, kept) = body(json!(long));
    assert_eq!((message.map(|m| m.len()), kept), (Some(100_000), json!(long)));
}

#[test]
fn times_and_ids_may_be_missing() {
    assert_eq!(log_in(&json!({}), &json!({})).time, NOW);
    let observed = log_in(
        &json!({}),
        &json!({ "observedTimeUnixNano": 1_795_262_398_000_000_000_i64 }),
    );
    assert_eq!(observed.time.micros(), 1_795_262_398_000_000);
    let zero = log_in(
        &json!({}),
        &json!({ "traceId": "00000000000000000000000000000000", "spanId": "abcd" }),
    );
    assert_eq!((zero.trace_id, zero.span_id), (None, None));
    assert_eq!(parsed(zero.attributes.as_ref())["otel"]["span_id"], "abcd");
}

#[test]
fn ids_tell_records_apart() {
    let id = |log| log_in(&json!({}), &log).event_id;
    let base = json!({ "body": { "stringValue": "a" } });
    assert_eq!(id(base.clone()), id(base.clone()));
    for other in [
        json!({ "body": { "stringValue": "b" } }),
        json!({ "body": { "stringValue": "a" }, "timeUnixNano": 1 }),
        json!({ "body": { "stringValue": "a" }, "observedTimeUnixNano": 1 }),
        json!({ "body": { "stringValue": "a" }, "severityNumber": 9 }),
        json!({ "body": { "stringValue": "a" }, "spanId": "b7ad6b7169203331" }),
        json!({ "body": { "stringValue": "a" }, "attributes": pairs(&json!({ "k": 1 })) }),
        json!({}),
    ] {
        assert_ne!(id(other.clone()), id(base.clone()), "{other}");
    }
    assert_ne!(log_in(&json!({ "host.name": "b" }), &base).event_id, id(base));
}
