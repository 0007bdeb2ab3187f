//! Ordinary spans, and what all spans have in common.

use eventglass_model::{Severity, Status};
use serde_json::{Value, json};

use super::{NOW, pairs, parsed, span, span_in};

#[test]
fn a_server_span() {
    let event = span_in(
        &json!({
            "service.name": "shop", "service.version": "2.1", "deployment.environment.name": "prod",
            "telemetry.sdk.language": "go",
        }),
        &json!({ "name": "GET /cart/{id}", "kind": 2, "parentSpanId": "00f067aa0ba902b7", "attributes": pairs(&json!({
            "http.request.method": "GET", "http.route": "/cart/{id}", "url.path": "/cart/7",
            "http.response.status_code": 200, "enduser.id": "ada", "http.request.header.x-request-id": ["r-1"],
        })) }),
    );
    assert_eq!(event.event_id, "0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331");
    assert_eq!(event.parent_span_id.as_deref(), Some("00f067aa0ba902b7"));
    assert_eq!(
        (event.kind.as_str(), event.name.as_deref()),
        ("span", Some("GET /cart/{id}"))
    );
    assert_eq!(
        (event.service.as_deref(), event.version.as_deref()),
        (Some("shop"), Some("2.1"))
    );
    assert_eq!(
        (event.environment.as_deref(), event.user_id.as_deref()),
        (Some("prod"), Some("ada"))
    );
    assert_eq!(
        (event.method.as_deref(), event.endpoint.as_deref()),
        (Some("GET"), Some("/cart/{id}"))
    );
    assert_eq!(
        (event.status_code, event.request_id.as_deref()),
        (Some(200), Some("r-1"))
    );
    assert_eq!(
        (event.duration_us, event.time.micros()),
        (Some(250_000), 1_795_262_399_000_000)
    );
    assert_eq!((event.status, event.severity), (Status::Unset, Severity::Info));
    assert_eq!((event.input, event.output, event.message), (None, None, None));
}

#[test]
fn older_names_and_other_protocols() {
    let http = span(&json!({
        "http.method": "POST", "http.target": "/pay?card=4111", "http.status_code": "502",
        "http.url": "https://shop.example/no",
    }));
    assert_eq!(
        (http.method.as_deref(), http.endpoint.as_deref()),
        (Some("POST"), Some("/pay"))
    );
    assert_eq!(http.status_code, Some(502));
    let client = span(&json!({ "http.request.method": "GET", "url.full": "https://api.example:443/v1/x?key=secret" }));
    assert_eq!(client.endpoint.as_deref(), Some("/v1/x"));
    let rpc = span(
        &json!({ "rpc.system": "grpc", "rpc.service": "shop.Cart", "rpc.method": "Add", "rpc.grpc.status_code": 5 }),
    );
    assert_eq!(
        (rpc.endpoint.as_deref(), rpc.status_code),
        (Some("shop.Cart/Add"), Some(5))
    );
    let db = span(
        &json!({ "db.system": "postgresql", "db.operation": "SELECT", "db.sql.table": "orders", "db.statement": "SELECT lamp" }),
    );
    assert_eq!(
        (db.method.as_deref(), db.endpoint.as_deref()),
        (Some("SELECT"), Some("orders"))
    );
    assert_eq!(parsed(db.attributes.as_ref())["db.statement"], "SELECT lamp");
    let queue = span(&json!({ "messaging.destination.name": "orders", "messaging.operation.type": "publish" }));
    assert_eq!(
        (queue.topic.as_deref(), queue.endpoint.as_deref()),
        (Some("orders"), Some("orders"))
    );
}

#[test]
fn how_a_span_ended() {
    let with = |status: Value, events: Value| span_in(&json!({}), &json!({ "status": status, "events": events }));
    let exception = |message: &str| {
        json!([{ "name": "exception", "timeUnixNano": "1795262399100000000",
            "attributes": pairs(&json!({ "exception.type": "ValueError", "exception.message": message, "exception.stacktrace": "at line 7" })) }])
    };
    let failed = with(json!({ "code": 2, "message": "declined" }), json!([]));
    assert_eq!((failed.status, failed.severity), (Status::Error, Severity::Error));
    assert_eq!(failed.message.as_deref(), Some("declined"));
    let thrown = with(json!({}), exception("no lamp"));
    assert_eq!((thrown.status, thrown.severity), (Status::Error, Severity::Error));
    assert_eq!(thrown.message.as_deref(), Some("no lamp"));
    let said = &parsed(thrown.attributes.as_ref())["otel"]["events"][0]["attributes"];
    assert_eq!(
        (&said["exception.type"], &said["exception.stacktrace"]),
        (&json!("ValueError"), &json!("at line 7"))
    );
    let caught = with(json!({ "code": "STATUS_CODE_OK" }), exception("no lamp"));
    assert_eq!((caught.status, caught.severity), (Status::Ok, Severity::Info));
    let named = span_in(
        &json!({}),
        &json!({ "status": { "code": 2 }, "attributes": pairs(&json!({ "error.type": "timeout" })) }),
    );
    assert_eq!(named.message.as_deref(), Some("timeout"));
}

#[test]
fn odd_times() {
    let at = |start: &str, end: &str| {
        span_in(
            &json!({}),
            &json!({ "startTimeUnixNano": start, "endTimeUnixNano": end }),
        )
    };
    let running = at("1795262399000000000", "0");
    assert_eq!(running.duration_us, None);
    let backwards = at("1795262399000000000", "1795262398000000001");
    assert_eq!(backwards.duration_us, Some(0));
    assert_eq!(
        parsed(backwards.attributes.as_ref())["otel"]["end_time_unix_nano"],
        json!(1_795_262_398_000_000_001_u64)
    );
    let unknown = at("0", "0");
    assert_eq!((unknown.time, unknown.duration_us), (NOW, None));
    assert_eq!(at("0", "1795262398000000001").time.micros(), 1_795_262_398_000_000);
    assert_eq!(at("18446744073709551615", "0").time.micros(), 18_446_744_073_709_551);
}

#[test]
fn everything_is_kept_as_it_was_typed() {
    let event = span_in(
        &json!({ "service.name": "shop" }),
        &json!({
            "kind": "SPAN_KIND_CLIENT", "traceState": "a=b", "flags": 257, "droppedAttributesCount": 2,
            "attributes": [
                { "key": "big", "value": { "intValue": "9223372036854775807" } },
                { "key": "small", "value": { "intValue": -1 } },
                { "key": "float", "value": { "doubleValue": 2.0 } },
                { "key": "nan", "value": { "doubleValue": "NaN" } },
                { "key": "bytes", "value": { "bytesValue": "AAH/" } },
                { "key": "list", "value": any_list() },
                { "key": "nothing" },
                { "key": "otel", "value": { "stringValue": "shadowed" } },
                { "key": "new\nline", "value": { "boolValue": true } },
            ],
            "links": [{ "traceId": "0af7651916cd43dd8448eb211c80319d", "spanId": "b7ad6b7169203332" }],
            "events": [{ "name": "tick", "timeUnixNano": 7, "attributes": pairs(&json!({ "n": 1 })) }],
        }),
    );
    insta::assert_snapshot!(
        event.attributes.unwrap(),
        @r#"{"big":9223372036854775807,"small":-1,"float":2.0,"nan":"NaN","bytes":"AAH/","list":["a",{"k":null}],"nothing":null,"new\nline":true,"resource":{"service.name":"shop"},"otel":{"kind":"client","start_time_unix_nano":1795262399000000000,"end_time_unix_nano":1795262399250000000,"trace_state":"a=b","flags":257,"events":[{"time_unix_nano":7,"name":"tick","attributes":{"n":1}}],"links":[{"trace_id":"0af7651916cd43dd8448eb211c80319d","span_id":"b7ad6b7169203332"}],"dropped_attributes_count":2,"attributes":{"otel":"shadowed"}}}"#
    );
}

fn any_list() -> Value {
    super::any(&json!(["a", { "k": null }]))
}

#[test]
fn long_values_are_cut_and_kept() {
    let event = span_in(
        &json!({}),
        &json!({ "name": "n".repeat(1_001), "attributes": pairs(&json!({ "user.id": "ü".repeat(201), "http.route": "/".repeat(3_000) })) }),
    );
    assert_eq!(event.name.map(|name| name.len()), Some(1_000));
    assert_eq!(event.user_id, Some("ü".repeat(200)));
    assert_eq!(event.endpoint.map(|endpoint| endpoint.len()), Some(2_000));
    let kept = parsed(event.attributes.as_ref());
    assert_eq!(kept["user.id"], "ü".repeat(201));
    assert_eq!(kept["otel"]["name"], "n".repeat(1_001));
}

#[test]
fn of_two_equal_names_the_last_counts() {
    let twice = [
        pairs(&json!({ "user.id": "first" })),
        pairs(&json!({ "user.id": "last" })),
    ]
    .concat();
    let event = span_in(&json!({ "user.id": "resource" }), &json!({ "attributes": twice }));
    assert_eq!(event.user_id.as_deref(), Some("last"));
}
