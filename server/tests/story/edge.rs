//! What is refused before a door's own code has a say is refused in its words
//! all the same: a method, a compression, a time that is over.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::Method;
use futures::StreamExt;
use futures::future::join_all;
use futures::stream::{once, pending};
use prost::Message;
use serde_json::Value;

use crate::app::{Answer, Caller, TestApp};

const PROTO: &str = "application/x-protobuf";

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, prost::Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// How a door words a refusal: what its answer says of it.
type Words = fn(&Answer) -> String;

fn json(answer: &Answer) -> Value {
    assert!(
        answer.header("content-type").starts_with("application/json"),
        "{answer:?}"
    );
    answer.json()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn native(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["status"], answer.status.as_u16());
    text(&answer.json()["detail"])
}

fn pulse(answer: &Answer) -> String {
    assert_eq!(json(answer)["error"], "HTTP_ERROR");
    assert_eq!(json(answer)["status_code"], answer.status.as_u16());
    assert!(!answer.header("x-process-time").is_empty());
    text(&json(answer)["message"])
}

fn forge(answer: &Answer) -> String {
    text(&json(answer)["error"])
}

fn cart(answer: &Answer) -> String {
    text(&json(answer)["detail"])
}

fn langfuse(answer: &Answer) -> String {
    let name = match answer.status.as_u16() {
        405 => "MethodNotAllowedError",
        415 => "InvalidRequestError",
        _ => "ServiceUnavailableError",
    };
    assert_eq!(json(answer)["error"], name);
    text(&json(answer)["message"])
}

fn code(answer: &Answer) -> i32 {
    match answer.status.as_u16() {
        405 => 12,
        415 => 3,
        _ => 14,
    }
}

fn otlp_json(answer: &Answer) -> String {
    assert_eq!(json(answer)["code"], code(answer));
    text(&json(answer)["message"])
}

fn otlp_proto(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), PROTO);
    let status = Status::decode(answer.body.as_slice()).unwrap();
    assert_eq!(status.code, code(answer));
    status.message
}

const DOORS: &[(&str, &str, Words)] = &[
    ("/api/v1/events", "application/json", native),
    ("/api/v1/events/batch", "application/json", native),
    ("/api/v1/ingestion/events", "application/json", pulse),
    ("/api/v1/ingestion/events/batch", "application/json", pulse),
    ("/sdk/v1/projects/1/events/batch", "application/json", forge),
    ("/api/events", "application/json", forge),
    ("/api/projects/1/events", "application/json", forge),
    ("/api/v1/events/ingest", "application/json", cart),
    ("/api/v1/events/ingest/batch", "application/json", cart),
    ("/api/public/ingestion", "application/json", langfuse),
    ("/api/public/scores", "application/json", langfuse),
    ("/v1/traces", "application/json", otlp_json),
    ("/v1/traces", PROTO, otlp_proto),
    ("/otlp/v1/logs", PROTO, otlp_proto),
    ("/v1/metrics", PROTO, otlp_proto),
    ("/api/public/otel/v1/traces", PROTO, otlp_proto),
];

async fn send(sdk: &Caller, method: Method, (path, content_type, words): (&str, &str, Words)) -> (Answer, String) {
    let answer = sdk.with("content-type", content_type).send(method, path, "{}").await;
    let said = words(&answer);
    (answer, said)
}

#[tokio::test]
async fn a_method_that_a_route_does_not_take() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    for door in DOORS {
        let (answer, said) = send(&sdk, Method::PUT, *door).await;
        assert_eq!(answer.status, 405, "{}", door.0);
        assert_eq!(said, "this route does not take that method", "{}", door.0);
        assert!(answer.header("allow").contains("POST"), "{answer:?}");
    }
    let answer = sdk.send(Method::PUT, "/api/v1/traces", "").await;
    assert_eq!(
        answer.expect(405)["detail"]["error"],
        "this route does not take that method"
    );
}

#[tokio::test]
async fn a_compression_that_is_not_read() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let expected = "a body may be compressed with one of: gzip, deflate, br, zstd";
    for encoding in ["lz4", "gzip, gzip", "compress"] {
        let sdk = sdk.with("content-encoding", encoding);
        for door in DOORS {
            let (answer, said) = send(&sdk, Method::POST, *door).await;
            assert_eq!((answer.status.as_u16(), said.as_str()), (415, expected), "{}", door.0);
            assert_eq!(
                answer.header("accept-encoding"),
                "gzip, deflate, br, zstd",
                "{}",
                door.0
            );
        }
    }
    // What says that it is not compressed is read.
    let plain = sdk.with("content-encoding", "identity");
    let answer = plain
        .with("content-type", "application/json")
        .send(Method::POST, "/v1/traces", "{}")
        .await;
    assert_eq!(answer.status, 200);
    // People are told as elsewhere in the API.
    let project = serde_json::json!({ "name": "other" });
    let answer = ada
        .with("content-encoding", "lz4")
        .post("/api/v1/projects", &project)
        .await;
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.expect(415)["code"], "body_encoding");
    // So is someone who sends events with a session.
    let events = serde_json::json!({ "events": [] });
    let answer = ada.with("content-encoding", "lz4").post("/api/events", &events).await;
    assert_eq!(answer.expect(415)["error"], expected);
}

/// A body that begins and never ends.
fn endless() -> Body {
    let first = once(async { Ok::<_, Infallible>(Bytes::from_static(b"{")) });
    Body::from_stream(first.chain(pending()))
}

#[tokio::test]
async fn a_request_that_takes_too_long() {
    let app = TestApp::with(&[("request_timeout_secs", "1")]).await;
    let (ada, _, sdk) = app.project("shop").await;
    let each = DOORS.iter().map(async |(path, content_type, words)| {
        let sdk = sdk.with("content-type", content_type);
        let answer = sdk.send(Method::POST, path, endless()).await;
        assert_eq!(answer.status, 503, "{path}");
        assert_eq!(answer.header("retry-after"), "1", "{path}");
        assert_eq!(words(&answer), "the request took too long; try again", "{path}");
    });
    join_all(each).await;
    // With a session, the body is read before it is known whose events they are.
    let ada = ada.with("content-type", "application/json");
    let answer = ada.send(Method::POST, "/api/events", endless()).await;
    assert_eq!(answer.status, 503);
    assert_eq!(forge(&answer), "the request took too long; try again");
    // And elsewhere in the API.
    let answer = ada.send(Method::POST, "/api/v1/projects", endless()).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "1"));
    assert_eq!(native(&answer), "the request took too long; try again");
}
