//! Every door, and what it makes of bad requests: a table of statuses. What
//! the answers say is told door by door elsewhere.

use std::fmt::Write as _;

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{Caller, TestApp, event_ids};

const ROUTES: &[(&str, &str)] = &[
    ("/api/v1/events", "application/json"),
    ("/api/v1/events/batch", "application/json"),
    ("/api/v1/ingestion/events", "application/json"),
    ("/api/v1/ingestion/events/batch", "application/json"),
    ("/sdk/v1/projects/1/events/batch", "application/json"),
    ("/api/events", "application/json"),
    ("/api/projects/1/events", "application/json"),
    ("/api/v1/events/ingest", "application/json"),
    ("/api/v1/events/ingest/batch", "application/json"),
    ("/v1/traces", "application/json"),
    ("/v1/traces", "application/x-protobuf"),
    ("/v1/logs", "application/json"),
    ("/v1/logs", "application/x-protobuf"),
    ("/v1/metrics", "application/json"),
    ("/api/public/otel/v1/traces", "application/x-protobuf"),
    ("/api/public/ingestion", "application/json"),
    ("/api/public/scores", "application/json"),
];

/// Bodies of which nothing can be made, for JSON.
fn bad_bodies() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(15_000), close.repeat(15_000)).into_bytes();
    vec![
        ("empty", Vec::new()),
        ("broken", b"{\"events\": [{".to_vec()),
        ("number", b"7".to_vec()),
        ("text", b"\"events\"".to_vec()),
        ("null", b"null".to_vec()),
        ("empty object", b"{}".to_vec()),
        (
            "wrong type",
            b"{\"events\": 7, \"batch\": 7, \"resourceSpans\": 7, \"resourceLogs\": 7, \"resourceMetrics\": 7}"
                .to_vec(),
        ),
        ("deep list", deep("[", "]")),
        ("deep object", deep("{\"events\":[", "]}")),
        ("not UTF-8", vec![b'{', b'"', 0xff, 0xfe, b'"', b'}']),
        ("huge", vec![b' '; 300_000]),
    ]
}

async fn status(caller: &Caller, (route, content_type): (&str, &str), body: Vec<u8>) -> u16 {
    caller
        .with("content-type", content_type)
        .send(Method::POST, route, body)
        .await
        .status
        .as_u16()
}

#[tokio::test]
async fn what_nothing_can_be_made_of_is_refused() {
    let app = TestApp::with(&[("body_limit_bytes", "250000")]).await;
    let (_, _, sdk) = app.project("shop").await;
    let wrong = app.anonymous().with("x-api-key", &format!("proj_1_{}", "x".repeat(43)));
    let mut table = String::new();
    for route in ROUTES {
        writeln!(table, "{} {}", route.0, route.1).unwrap();
        writeln!(
            table,
            "  no key: {}",
            status(&app.anonymous(), *route, b"{}".to_vec()).await
        )
        .unwrap();
        writeln!(table, "  wrong key: {}", status(&wrong, *route, b"{}".to_vec()).await).unwrap();
        for (name, body) in bad_bodies() {
            writeln!(table, "  {name}: {}", status(&sdk, *route, body).await).unwrap();
        }
    }
    insta::assert_snapshot!(table);
}

/// What a door takes, and what it does not take when only a part within it is
/// of another type.
struct Example {
    route: &'static str,
    /// What is answered to the good body, and how many events it makes.
    good: (u16, usize),
    /// A good body; the number makes its ids.
    body: fn(u8) -> Value,
    /// Where something else stands, and what.
    wrong: &'static [(&'static str, &'static str)],
    /// Whether the status tells that nothing was taken, or the answer item by item.
    whole: bool,
}

fn hex(n: u8, bytes: usize) -> String {
    format!("{n:02x}").repeat(bytes)
}

fn native(n: u8) -> Value {
    json!({ "event_id": format!("n{n}"), "kind": "llm", "tokens": { "input": 1, "output": 2 },
            "attributes": { "a": [1] }, "duration_ms": 5 })
}

fn envelope(n: u8) -> Value {
    json!({ "event_id": format!("w{n}"), "project_id": "p", "type": "log", "sdk": { "name": "x", "version": "1" },
            "timestamp": "2026-11-21T11:00:00", "context": { "user_id": "u" }, "body": { "message": "x" } })
}

fn pulse(n: u8) -> Value {
    json!({ "event_id": format!("p{n}"), "event_type": "api_call", "title": "Pay",
            "source": { "service": "shop", "endpoint": "/pay", "method": "POST" } })
}

fn forge(n: u8) -> Value {
    json!({ "events": [{ "id": format!("f{n}"), "project_id": 1, "operation_type": "llm_call", "trace_id": "t",
                         "start_time": "2026-11-21T11:00:00Z", "status": "success" }] })
}

fn cart(n: u8) -> Value {
    json!({ "topic": "cart_events", "event_type": "cart.add", "data": { "user_id": "u", "event_id": format!("c{n}") } })
}

fn spans(n: u8) -> Value {
    let span = json!({ "traceId": hex(n, 16), "spanId": hex(n, 8), "name": "GET", "attributes": [],
                       "startTimeUnixNano": "1795262399000000000", "endTimeUnixNano": "1795262399250000000" });
    json!({ "resourceSpans": [{ "resource": { "attributes": [] }, "scopeSpans": [{ "spans": [span] }] }] })
}

fn logs(n: u8) -> Value {
    let record = json!({ "timeUnixNano": "1795262399000000000", "severityNumber": 9, "attributes": [],
                         "body": { "stringValue": format!("log {n}") } });
    json!({ "resourceLogs": [{ "resource": { "attributes": [] }, "scopeLogs": [{ "logRecords": [record] }] }] })
}

fn points(_: u8) -> Value {
    let metric =
        json!({ "name": "m", "gauge": { "dataPoints": [{ "timeUnixNano": "1795262399000000000", "asInt": "1" }] } });
    json!({ "resourceMetrics": [{ "scopeMetrics": [{ "metrics": [metric] }] }] })
}

fn ingestion(n: u8) -> Value {
    json!({ "batch": [{ "id": format!("e{n}"), "type": "span-create", "timestamp": "2026-11-21T11:00:00Z",
                        "body": { "id": format!("l{n}"), "traceId": "t", "name": "x" } }] })
}

fn score(n: u8) -> Value {
    json!({ "id": format!("s{n}"), "traceId": "t", "name": "tone", "value": 1 })
}

const EXAMPLES: &[Example] = &[
    Example {
        route: "/api/v1/events",
        good: (202, 1),
        body: native,
        wrong: &[
            ("/tokens", "7"),
            ("/tokens/input", "\"many\""),
            ("/attributes", "[]"),
            ("/duration_ms", "{}"),
        ],
        whole: true,
    },
    Example {
        route: "/api/v1/events/batch",
        good: (202, 2),
        body: |n| json!({ "events": [native(n), native(n + 100)] }),
        wrong: &[("/events", "{}"), ("/events", "[7, []]")],
        whole: true,
    },
    Example {
        route: "/api/v1/events?of=watchllm",
        good: (202, 1),
        body: envelope,
        wrong: &[
            ("/sdk", "7"),
            ("/context", "[]"),
            ("/body", "\"x\""),
            ("/type", "{}"),
            ("/project_id", "[]"),
        ],
        whole: true,
    },
    Example {
        route: "/api/v1/events/batch?of=watchllm",
        good: (202, 1),
        body: |n| json!([envelope(n)]),
        wrong: &[("/0/sdk", "[]"), ("/0/body", "[]"), ("/0/timestamp", "{}")],
        whole: true,
    },
    Example {
        route: "/api/v1/ingestion/events",
        good: (200, 1),
        body: pulse,
        wrong: &[("/source", "[]"), ("/source/service", "{}"), ("/title", "[]")],
        whole: true,
    },
    Example {
        route: "/api/v1/ingestion/events/batch",
        good: (200, 1),
        body: |n| json!({ "events": [pulse(n)] }),
        wrong: &[
            ("/events/0", "7"),
            ("/events/0/source", "7"),
            ("/events/0/source/service", "[]"),
        ],
        whole: false,
    },
    Example {
        route: "/sdk/v1/projects/1/events/batch",
        good: (201, 1),
        body: forge,
        wrong: &[
            ("/events/0", "\"text\""),
            ("/events/0/start_time", "{}"),
            ("/events/0/trace_id", "[]"),
        ],
        whole: false,
    },
    Example {
        route: "/api/events",
        good: (201, 1),
        body: forge,
        wrong: &[("/events/0/start_time", "[]"), ("/events/0/trace_id", "{}")],
        whole: false,
    },
    Example {
        route: "/api/projects/1/events",
        good: (201, 1),
        body: |n| json!({ "id": format!("g{n}"), "type": "llm_call", "trace_id": "t", "input": {}, "output": {} }),
        wrong: &[("/id", "{}"), ("/trace_id", "[]")],
        whole: false,
    },
    Example {
        route: "/api/v1/events/ingest",
        good: (202, 1),
        body: cart,
        wrong: &[("/data", "[]"), ("/data/user_id", "{}"), ("/topic", "7")],
        whole: true,
    },
    Example {
        route: "/api/v1/events/ingest/batch",
        good: (202, 1),
        body: |n| json!({ "events": [cart(n)] }),
        wrong: &[("/events/0/data", "7"), ("/events/0/data/user_id", "[]")],
        whole: false,
    },
    Example {
        route: "/v1/traces",
        good: (200, 1),
        body: spans,
        wrong: &[
            ("/resourceSpans/0", "7"),
            ("/resourceSpans/0/scopeSpans", "{}"),
            ("/resourceSpans/0/scopeSpans/0/spans/0", "[]"),
            ("/resourceSpans/0/scopeSpans/0/spans/0/name", "{}"),
            ("/resourceSpans/0/scopeSpans/0/spans/0/attributes", "{\"a\": 1}"),
        ],
        whole: false,
    },
    Example {
        route: "/v1/logs",
        good: (200, 1),
        body: logs,
        wrong: &[
            ("/resourceLogs/0/scopeLogs", "7"),
            ("/resourceLogs/0/scopeLogs/0/logRecords/0", "7"),
            ("/resourceLogs/0/scopeLogs/0/logRecords/0/attributes", "{\"a\": 1}"),
        ],
        whole: false,
    },
    Example {
        route: "/v1/metrics",
        good: (200, 0),
        body: points,
        wrong: &[
            ("/resourceMetrics/0", "7"),
            ("/resourceMetrics/0/scopeMetrics/0/metrics", "{}"),
        ],
        whole: false,
    },
    Example {
        route: "/api/public/ingestion",
        good: (207, 1),
        body: ingestion,
        wrong: &[("/batch/0", "7"), ("/batch/0/body", "7"), ("/batch/0/type", "{}")],
        whole: false,
    },
    Example {
        route: "/api/public/scores",
        good: (200, 1),
        body: score,
        wrong: &[("/value", "{}"), ("/name", "[]")],
        whole: true,
    },
];

/// Good input is taken; of the same with one part of another type nothing is,
/// and nobody is told that it was.
#[tokio::test]
async fn good_input_is_taken_and_what_is_wrong_within_is_not() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("shop").await;
    let path = format!("/api/v1/projects/{}/events?limit=1000", project["id"]);
    let stored = async || event_ids(&user.get(&path).await.expect(200)).len();
    let (mut n, mut expected) = (0, 0);
    for example in EXAMPLES {
        for (place, wrong) in example.wrong {
            n += 1;
            let mut body = (example.body)(n);
            *body.pointer_mut(place).unwrap() = serde_json::from_str(wrong).unwrap();
            let status = sdk.post(example.route, &body).await.status;
            let what = format!("{} answered {status} to {wrong} at {place}", example.route);
            assert!(!status.is_server_error(), "{what}");
            assert!(status.is_client_error() || !example.whole, "{what}");
            assert_eq!(stored().await, expected, "{what} and stored it");
        }
        n += 1;
        let answer = sdk.post(example.route, &(example.body)(n)).await;
        let (status, events) = example.good;
        answer.expect(status);
        expected += events;
        assert_eq!(stored().await, expected, "{}", example.route);
    }
    assert!(n < 100, "ids are told apart");
}

/// The same of protobuf: a number where a message should be, a message cut
/// short, and one that says it is longer than it is.
#[tokio::test]
async fn protobuf_of_another_shape_is_not_taken() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("shop").await;
    let path = format!("/api/v1/projects/{}/events", project["id"]);
    let bodies: &[&[u8]] = &[
        &[0x0a, 0x02, 0x08, 0x01],
        &[0x0a, 0x04, 0x12, 0x02, 0x10, 0x01],
        &[0x0a, 0x05, 0x12, 0x03],
        &[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
        &[0x0f],
    ];
    for route in ["/v1/traces", "/v1/logs", "/v1/metrics", "/api/public/otel/v1/traces"] {
        for body in bodies {
            let status = status(&sdk, (route, "application/x-protobuf"), body.to_vec()).await;
            assert!((200..500).contains(&status), "{route} answered {status} to {body:x?}");
        }
    }
    assert_eq!(event_ids(&user.get(&path).await.expect(200)).len(), 0);
}

/// A few kilobytes that decompress to more than the limit.
#[tokio::test]
async fn bombs_are_stopped_at_the_limit() {
    use std::io::Write as _;

    let app = TestApp::with(&[("body_limit_bytes", "250000")]).await;
    let (_, _, sdk) = app.project("shop").await;
    let zeros = vec![b' '; 50_000_000];
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&zeros).unwrap();
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    deflate.write_all(&zeros).unwrap();
    let bombs = [
        ("gzip", gzip.finish().unwrap()),
        ("deflate", deflate.finish().unwrap()),
        ("zstd", zstd::encode_all(zeros.as_slice(), 3).unwrap()),
    ];
    for (encoding, bomb) in bombs {
        assert!(bomb.len() < 100_000);
        for route in ROUTES {
            let sdk = sdk.with("content-encoding", encoding);
            assert_eq!(status(&sdk, *route, bomb.clone()).await, 413, "{encoding} {}", route.0);
        }
    }
}
