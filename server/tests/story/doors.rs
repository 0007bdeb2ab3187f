//! Every door, and what it makes of bad requests: a table of statuses. What
//! the answers say is told door by door elsewhere.

use std::fmt::Write as _;

use axum::http::Method;

use crate::app::{Caller, TestApp};

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
