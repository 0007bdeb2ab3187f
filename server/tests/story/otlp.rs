//! The OTLP door: both encodings, what is stored, what is refused, and how
//! the answers look on the wire.

mod input;
mod proto;

use std::io::Write as _;

use axum::http::Method;
use prost::Message;
use serde_json::{Value, json};

use crate::app::{Answer, Caller, TestApp, event_ids};

const PROTO: &str = "application/x-protobuf";
/// 2026-11-21T11:59:59Z.
const SECOND: u64 = 1_795_262_399_000_000_000;

fn text(key: &str, text: &str) -> proto::Attribute {
    let value = Some(proto::Text { text: text.to_owned() });
    proto::Attribute {
        key: key.to_owned(),
        value,
    }
}

fn proto_span(n: u8) -> proto::Span {
    proto::Span {
        trace_id: vec![7; 16],
        span_id: vec![n; 8],
        name: format!("GET /cart {n}"),
        kind: 2,
        start: SECOND,
        end: SECOND + 250_000_000,
        attributes: vec![text("http.route", "/cart/{id}"), text("user.id", "ada")],
    }
}

fn request(items: Vec<Vec<u8>>) -> Vec<u8> {
    let resource = proto::Resource {
        attributes: vec![text("service.name", "shop")],
    };
    let scopes = vec![proto::Scopes { items }];
    proto::Request {
        resources: vec![proto::Resources {
            resource: Some(resource),
            scopes,
        }],
    }
    .encode_to_vec()
}

fn attribute(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

fn span(n: u8) -> Value {
    json!({
        "traceId": "07".repeat(16), "spanId": format!("{n:02x}").repeat(8), "name": format!("GET /cart {n}"), "kind": 2,
        "startTimeUnixNano": SECOND.to_string(), "endTimeUnixNano": SECOND + 250_000_000,
        "attributes": [attribute("http.route", "/cart/{id}"), attribute("user.id", "ada")],
    })
}

fn spans(spans: Value) -> Value {
    let resource = json!({ "attributes": [attribute("service.name", "shop")] });
    json!({ "resourceSpans": [{ "resource": resource, "scopeSpans": [{ "spans": spans }] }] })
}

fn logs(records: Value) -> Value {
    json!({ "resourceLogs": [{ "scopeLogs": [{ "logRecords": records }] }] })
}

async fn send(sdk: &Caller, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    sdk.with("content-type", content_type)
        .send(Method::POST, path, body.into())
        .await
}

fn answered<M: Message + Default>(answer: &Answer, status: u16) -> M {
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, PROTO));
    M::decode(answer.body.as_slice()).unwrap()
}

#[tokio::test]
async fn every_path_takes_both_encodings() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    for prefix in ["", "/otlp", "/api/public/otel"] {
        for signal in ["traces", "logs", "metrics"] {
            let path = format!("{prefix}/v1/{signal}");
            for body in [
                "{}",
                " {\"resourceSpans\": null} ",
                "{\"unknown\": [{\"a\": 1}]}",
                "\u{feff}{}",
            ] {
                assert_eq!(sdk.post(&path, &json!({})).await.expect(200), json!({}));
                assert_eq!(
                    send(&sdk, &path, "application/json; charset=utf-8", body)
                        .await
                        .expect(200),
                    json!({})
                );
            }
            let answer = send(&sdk, &path, PROTO, "").await;
            assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0), "{path}");
            assert_eq!(answer.header("content-type"), PROTO);
            assert_eq!(sdk.get(&path).await.status, 405);
        }
    }
    send(
        &sdk,
        "/api/public/otel",
        PROTO,
        request(vec![proto_span(1).encode_to_vec()]),
    )
    .await
    .expect(200);
}

#[tokio::test]
async fn a_span_is_stored_once_whichever_way_it_comes() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let body = request(vec![proto_span(1).encode_to_vec(), proto_span(2).encode_to_vec()]);
    let answer = send(&sdk, "/v1/traces", PROTO, body.clone()).await;
    assert_eq!(answered::<proto::Answer>(&answer, 200), proto::Answer { partial: None });
    let first = ada.get("/api/v1/projects/shop/events?q=cart").await.expect(200);
    assert_eq!(first["items"].as_array().unwrap().len(), 2);

    // A retry, in either encoding, is a success and no second event.
    answered::<proto::Answer>(&send(&sdk, "/v1/traces", PROTO, body).await, 200);
    assert_eq!(
        sdk.post("/v1/traces", &spans(json!([span(1), span(2)])))
            .await
            .expect(200),
        json!({})
    );
    let again = ada.get("/api/v1/projects/shop/events?q=cart").await.expect(200);
    assert_eq!(again["items"], first["items"]);

    let id = format!("{}:{}", "07".repeat(16), "01".repeat(8));
    let event = ada.get(&format!("/api/v1/projects/shop/events/{id}")).await.expect(200);
    insta::assert_json_snapshot!(event, { ".id" => "[id]" });
}

#[tokio::test]
async fn json_and_protobuf_give_the_same_event() {
    let app = TestApp::new().await;
    let (ada, _, proto) = app.project("proto").await;
    let (bob, _, json) = app.project("json").await;
    send(
        &proto,
        "/v1/traces",
        PROTO,
        request(vec![proto_span(3).encode_to_vec()]),
    )
    .await
    .expect(200);
    json.post("/v1/traces", &spans(json!([span(3)]))).await.expect(200);
    let id = format!("{}:{}", "07".repeat(16), "03".repeat(8));
    let mut events = Vec::new();
    for (user, name) in [(&ada, "proto"), (&bob, "json")] {
        let mut event = user
            .get(&format!("/api/v1/projects/{name}/events/{id}"))
            .await
            .expect(200);
        for own in ["id", "project_id", "received_at"] {
            event.as_object_mut().unwrap().remove(own);
        }
        events.push(event);
    }
    assert_eq!(events[0], events[1]);
}

#[tokio::test]
async fn logs_have_no_ids_and_are_stored_once() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let record = |message: &str| json!({ "timeUnixNano": SECOND, "body": { "stringValue": message } });
    let batch = logs(json!([record("needle"), record("needle"), record("other")]));
    sdk.post("/v1/logs", &batch).await.expect(200);
    let log = proto::Log {
        time: SECOND,
        body: Some(proto::Text {
            text: "needle".to_owned(),
        }),
        ..Default::default()
    };
    let resource = proto::Resources {
        resource: None,
        scopes: vec![proto::Scopes {
            items: vec![log.encode_to_vec()],
        }],
    };
    let body = proto::Request {
        resources: vec![resource],
    }
    .encode_to_vec();
    answered::<proto::Answer>(&send(&sdk, "/otlp/v1/logs", PROTO, body).await, 200);
    sdk.post("/v1/logs", &batch).await.expect(200);
    let found = ada.get("/api/v1/projects/shop/events?q=needle").await.expect(200);
    assert_eq!(event_ids(&found).len(), 2, "two of one request, none of the retries");
    let all = ada.get("/api/v1/projects/shop/events").await.expect(200);
    assert_eq!(event_ids(&all).len(), 3);
}

#[tokio::test]
async fn what_is_refused_is_named() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    let mut late = span(4);
    late["startTimeUnixNano"] = json!(SECOND + 600_000_000_000);
    let bad = json!([
        span(1),
        { "traceId": "00".repeat(16), "spanId": "0102", "name": "no ids" },
        "not a span",
        { "traceId": "xyz", "spanId": 7 },
        late,
    ]);
    insta::assert_json_snapshot!(sdk.post("/v1/traces", &spans(bad)).await.expect(200));
    let mut no_id = proto_span(9);
    no_id.span_id = vec![0; 8];
    let broken = b"\x0a\xff\xff\xff\xff\xff".to_vec();
    let answer = send(
        &sdk,
        "/v1/traces",
        PROTO,
        request(vec![no_id.encode_to_vec(), broken, proto_span(8).encode_to_vec()]),
    )
    .await;
    let partial = answered::<proto::Answer>(&answer, 200).partial.unwrap();
    assert_eq!(partial.rejected, 2);
    insta::assert_snapshot!(partial.message);

    let base = format!("/api/v1/projects/{}", project["id"]);
    let page = ada.get(&format!("{base}/events")).await.expect(200);
    assert_eq!(event_ids(&page).len(), 2, "the sound ones");

    // What was too early is taken when its time has come, with its resource.
    app.clock.advance_micros(600_000_000);
    let list = ada.get(&format!("{base}/refused")).await.expect(200);
    let ids: Vec<&Value> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["id"])
        .collect();
    let done = ada
        .post(&format!("{base}/refused/replay"), &json!({ "ids": ids }))
        .await
        .expect(200);
    assert_eq!(done, json!({ "accepted": 1, "duplicates": 0, "rejected": 5 }));
    let id = format!("{}:{}", "07".repeat(16), "04".repeat(8));
    let event = ada.get(&format!("{base}/events/{id}")).await.expect(200);
    assert_eq!(
        (event["service"].as_str(), event["endpoint"].as_str()),
        (Some("shop"), Some("/cart/{id}"))
    );
}

#[tokio::test]
async fn metrics_are_counted_and_refused() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let points = json!([{ "asInt": "1" }, { "asInt": "2" }]);
    let metrics = json!({ "resourceMetrics": [{ "scopeMetrics": [{ "metrics": [
        { "name": "a", "sum": { "dataPoints": points } }, { "name": "b", "gauge": { "dataPoints": points } },
        { "name": "c", "histogram": { "dataPoints": [{}] } }, { "name": "d", "exponentialHistogram": { "dataPoints": [{}] } },
        { "name": "e", "summary": { "dataPoints": [{}] } }, { "name": "none" },
    ] }] }] });
    insta::assert_json_snapshot!(sdk.post("/v1/metrics", &metrics).await.expect(200), @r#"
    {
      "partialSuccess": {
        "errorMessage": "metrics are not stored by this server; send traces and logs",
        "rejectedDataPoints": "7"
      }
    }
    "#);
    // resource_metrics, scope_metrics, metrics, sum with two points and summary with one.
    let body = b"\x0a\x0e\x12\x0c\x12\x0a\x3a\x04\x0a\x00\x0a\x00\x5a\x02\x0a\x00";
    let answer = send(&sdk, "/v1/metrics", PROTO, body.to_vec()).await;
    assert_eq!(answered::<proto::Answer>(&answer, 200).partial.unwrap().rejected, 3);
}

#[tokio::test]
async fn whole_requests_are_refused_in_their_own_encoding() {
    let app = TestApp::with(&[("batch_events", "2"), ("body_limit_bytes", "10000")]).await;
    let (ada, project, sdk) = app.project("shop").await;
    let both = async |caller: &Caller, body: Vec<u8>, json: String, status: u16| {
        let answer = send(caller, "/v1/traces", PROTO, body).await;
        let proto: proto::Status = answered(&answer, status);
        let other = send(caller, "/v1/traces", "application/json", json).await;
        let said = other.json();
        assert_eq!(other.header("content-type"), "application/json");
        assert_eq!(other.header("retry-after"), answer.header("retry-after"));
        assert_eq!(
            (said["code"].as_i64(), said["message"].as_str()),
            (Some(proto.code.into()), Some(proto.message.as_str()))
        );
        (status, answer.header("retry-after").to_owned(), said)
    };
    let three = || {
        vec![
            proto_span(1).encode_to_vec(),
            proto_span(2).encode_to_vec(),
            proto_span(3).encode_to_vec(),
        ]
    };
    let mut seen = vec![
        both(&app.anonymous(), vec![], "{}".to_owned(), 401).await,
        both(
            &app.anonymous().with("x-api-key", "proj_1_wrong"),
            vec![],
            "{}".to_owned(),
            401,
        )
        .await,
        both(&sdk, vec![0; 10_001], " ".repeat(10_001), 413).await,
        both(
            &sdk,
            request(three()),
            spans(json!([span(1), span(2), span(3)])).to_string(),
            413,
        )
        .await,
    ];
    for content_type in ["text/plain", "application/grpc", ""] {
        let answer = send(&sdk, "/v1/traces", content_type, "{}").await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.expect(415)["code"], 3);
    }
    let settings = format!("/api/v1/projects/{}/settings", project["id"]);
    ada.with("content-type", "application/json")
        .send(
            Method::PATCH,
            &settings,
            json!({ "limits": { "key_requests_per_minute": 1 } }).to_string(),
        )
        .await
        .expect(200);
    seen.push(both(&sdk, vec![], "{}".to_owned(), 429).await);
    insta::assert_json_snapshot!(seen);
}

#[tokio::test]
async fn bodies_are_compressed() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let body = |n| request(vec![proto_span(n).encode_to_vec()]);
    let gzip = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    };
    let deflate = |bytes: &[u8]| {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(bytes).unwrap();
        zlib.finish().unwrap()
    };
    let cases = [
        ("gzip", gzip(&body(1))),
        ("deflate", deflate(&body(2))),
        ("zstd", zstd::encode_all(body(3).as_slice(), 1).unwrap()),
    ];
    for (encoding, body) in cases {
        let answer = send(&sdk.with("content-encoding", encoding), "/v1/traces", PROTO, body).await;
        answered::<proto::Answer>(&answer, 200);
    }
    let page = ada.get("/api/v1/projects/shop/events").await.expect(200);
    assert_eq!(event_ids(&page).len(), 3);
    let bomb = gzip(&vec![0; 50_000_000]);
    let answer = send(&sdk.with("content-encoding", "gzip"), "/v1/traces", PROTO, bomb).await;
    assert_eq!(answered::<proto::Status>(&answer, 413).code, 8);
    let answer = send(&sdk.with("content-encoding", "gzip"), "/v1/traces", PROTO, body(4)).await;
    assert_eq!(answered::<proto::Status>(&answer, 400).code, 3);
}

#[tokio::test]
async fn a_project_that_refuses_repeats_still_takes_retries() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    let settings = format!("/api/v1/projects/{}/settings", project["id"]);
    ada.with("content-type", "application/json")
        .send(
            Method::PATCH,
            &settings,
            json!({ "duplicates": "conflict" }).to_string(),
        )
        .await
        .expect(200);
    for _ in 0..2 {
        assert_eq!(
            sdk.post("/v1/traces", &spans(json!([span(1)]))).await.expect(200),
            json!({})
        );
    }
}

#[tokio::test]
async fn exporters_of_others_name_their_key_and_their_project_their_own_way() {
    let app = TestApp::new().await;
    let (user, _, sdk) = app.project("shop").await;
    let key = sdk.header_value("x-api-key");
    let bare = |n: u8| json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [span(n)] }] }] }).to_string();
    let service = async |n: u8| {
        let id = format!("{}:{}", "07".repeat(16), format!("{n:02x}").repeat(8));
        let event = user
            .get(&format!("/api/v1/projects/shop/events/{id}"))
            .await
            .expect(200);
        event["service"].clone()
    };
    for (n, (name, value)) in [
        ("x-api-key", key.clone()),
        ("api-key", key.clone()),
        ("api_key", key.clone()),
        ("x-honeycomb-team", key.clone()),
        ("authorization", format!("Bearer {key}")),
        ("authorization", key.clone()),
    ]
    .into_iter()
    .enumerate()
    {
        let n = u8::try_from(n).unwrap() + 1;
        let exporter = app.anonymous().with(name, &value);
        send(&exporter, "/v1/traces", "application/json", bare(n))
            .await
            .expect(200);
        assert_eq!(service(n).await, Value::Null, "{name}");
    }
    let wrong = app.anonymous().with("authorization", &key[..key.len() - 1]);
    send(&wrong, "/v1/traces", "application/json", bare(9))
        .await
        .expect(401);

    let opik = app
        .anonymous()
        .with("authorization", &key)
        .with("projectname", "opik-demo");
    send(&opik, "/v1/traces", "application/json", bare(11))
        .await
        .expect(200);
    assert_eq!(service(11).await, "opik-demo");
    let phoenix = sdk.with("x-project-name", "phoenix-demo");
    send(&phoenix, "/v1/traces", "application/json", bare(12))
        .await
        .expect(200);
    assert_eq!(service(12).await, "phoenix-demo");
    let named = spans(json!([span(13)])).to_string();
    send(&phoenix, "/v1/traces", "application/json", named)
        .await
        .expect(200);
    assert_eq!(service(13).await, "shop", "what names itself keeps its name");
}
