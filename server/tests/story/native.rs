//! The native door, and the envelope that comes through it.

use std::io::Write as _;

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{TestApp, event_ids};

fn statuses(answer: &Value) -> Vec<&str> {
    answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["status"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_acknowledged_event_is_found_by_the_very_next_search() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    for n in 0..50 {
        let id = format!("event-{n}");
        let answer = sdk
            .post(
                "/api/v1/events",
                &json!({ "kind": "log", "event_id": id, "message": format!("needle{n} found") }),
            )
            .await;
        assert_eq!(answer.expect(202)["accepted"], 1);
        let page = ada
            .get(&format!("/api/v1/projects/shop/events?q=needle{n}"))
            .await
            .expect(200);
        assert_eq!(event_ids(&page), [id]);
    }
}

#[tokio::test]
async fn one_bad_item_never_harms_its_neighbours() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let batch = json!([
        { "kind": "log", "event_id": "a" },
        { "event_id": "no-kind", "severity": "loud" },
        "not an object",
        { "kind": "log", "event_id": "a", "message": "again" },
        { "kind": "log", "event_id": "future", "time": "2026-11-21T12:05:01Z" },
        { "kind": "log", "event_id": "nearly", "time": "2026-11-21T12:05:00Z" },
        { "kind": "log", "event_id": "ancient", "time": "1970-01-01T00:00:00Z" },
    ]);
    let answer = sdk.post("/api/v1/events/batch", &batch).await.expect(202);
    insta::assert_json_snapshot!(answer, @r#"
    {
      "accepted": 3,
      "count": 4,
      "duplicates": 1,
      "event_ids": [
        "a",
        "a",
        "nearly",
        "ancient"
      ],
      "items": [
        {
          "event_id": "a",
          "status": "accepted"
        },
        {
          "errors": [
            {
              "loc": [
                "body",
                1,
                "kind"
              ],
              "msg": "field required"
            },
            {
              "loc": [
                "body",
                1,
                "severity"
              ],
              "msg": "unknown severity; expected one of: debug, info, warning, error, critical"
            }
          ],
          "event_id": "no-kind",
          "status": "rejected"
        },
        {
          "errors": [
            {
              "loc": [
                "body",
                2
              ],
              "msg": "must be an object"
            }
          ],
          "event_id": null,
          "status": "rejected"
        },
        {
          "event_id": "a",
          "status": "duplicate"
        },
        {
          "errors": [
            {
              "loc": [
                "body",
                4,
                "time"
              ],
              "msg": "must not be more than 300 seconds in the future"
            }
          ],
          "event_id": "future",
          "status": "rejected"
        },
        {
          "event_id": "nearly",
          "status": "accepted"
        },
        {
          "event_id": "ancient",
          "status": "accepted"
        }
      ],
      "message": "Batch of 4 events queued",
      "rejected": 3,
      "status": "queued"
    }
    "#);
    let page = ada.get("/api/v1/projects/shop/events").await.expect(200);
    assert_eq!(event_ids(&page), ["nearly", "a", "ancient"]);
    sdk.post("/api/v1/events", &json!({ "kind": "" })).await.expect(422);
    sdk.post("/api/v1/events/batch", &json!([{ "nothing": 1 }]))
        .await
        .expect(422);
}

#[tokio::test]
async fn a_batch_comes_in_three_forms() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let send = |body: &'static str| sdk.send(Method::POST, "/api/v1/events/batch", body);
    assert_eq!(send(r#"[{"kind":"a"},{"kind":"b"}]"#).await.expect(202)["accepted"], 2);
    assert_eq!(send(r#" {"events":[{"kind":"a"}]} "#).await.expect(202)["accepted"], 1);
    assert_eq!(send(r#"{"kind":"a"}"#).await.expect(202)["accepted"], 1);
    assert_eq!(send("[]").await.expect(202)["accepted"], 0);
    let lines = send("{\"kind\":\"a\"}\r\n\n{broken\n{\"kind\":\"b\"}\n")
        .await
        .expect(202);
    assert_eq!(statuses(&lines), ["accepted", "rejected", "accepted"]);
    for bad in ["", "12", "[1,", "{\"kind\":", "\u{feff}"] {
        assert_eq!(send(bad).await.expect(400)["code"], "invalid_json", "{bad}");
    }
    send(r#"{"events":{}}"#).await.expect(422);
    sdk.send(Method::POST, "/api/v1/events/batch", vec![0xff, 0xfe])
        .await
        .expect(400);
}

#[tokio::test]
async fn an_id_is_stored_once_however_it_arrives() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let same = json!({ "kind": "log", "event_id": "same" });
    let parallel = (0..20).map(|_| {
        let (sdk, same) = (sdk.clone(), same.clone());
        tokio::spawn(async move {
            sdk.post("/api/v1/events", &same).await.expect(202)["accepted"]
                .as_i64()
                .unwrap()
        })
    });
    let accepted: i64 = futures::future::join_all(parallel)
        .await
        .into_iter()
        .map(Result::unwrap)
        .sum();
    assert_eq!(accepted, 1);

    let later = app.restarted().await;
    let key = ada.post("/api/v1/projects/shop/keys", &json!({})).await.expect(201)["api_key"].clone();
    let sdk = later.anonymous().with("x-api-key", key.as_str().unwrap());
    let answer = sdk.post("/api/v1/events", &same).await.expect(202);
    assert_eq!(
        (statuses(&answer), answer["message"].as_str()),
        (vec!["duplicate"], Some("Event was received before"))
    );
    let project = ada.get("/api/v1/projects/shop").await.expect(200);
    assert_eq!(project["event_count"], 1);
}

#[tokio::test]
async fn bodies_are_compressed_and_bounded() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let event = |bytes: usize| json!({ "kind": "log", "attributes": { "data": "x".repeat(bytes) } }).to_string();
    sdk.send(Method::POST, "/api/v1/events", event(10_000_000))
        .await
        .expect(202);
    assert_eq!(
        sdk.send(Method::POST, "/api/v1/events", event(10_485_760))
            .await
            .expect(413)["code"],
        "body_too_large"
    );

    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(event(100_000).as_bytes()).unwrap();
    sdk.with("content-encoding", "gzip")
        .send(Method::POST, "/api/v1/events", gzip.finish().unwrap())
        .await
        .expect(202);
    let zstd = zstd::encode_all(event(100_000).as_bytes(), 1).unwrap();
    sdk.with("content-encoding", "zstd")
        .send(Method::POST, "/api/v1/events", zstd)
        .await
        .expect(202);

    // 100 MB of spaces in a few kilobytes.
    let bomb = zstd::encode_all(vec![b' '; 100_000_000].as_slice(), 1).unwrap();
    assert!(bomb.len() < 100_000);
    sdk.with("content-encoding", "zstd")
        .send(Method::POST, "/api/v1/events", bomb)
        .await
        .expect(413);
    sdk.with("content-encoding", "gzip")
        .send(Method::POST, "/api/v1/events", "not gzip")
        .await
        .expect(400);
    sdk.with("content-encoding", "rot13")
        .send(Method::POST, "/api/v1/events", event(1))
        .await;
}

#[tokio::test]
async fn a_batch_has_a_limit_that_can_be_set() {
    let app = TestApp::with(&[("batch_events", "2")]).await;
    let (_, _, sdk) = app.project("shop").await;
    sdk.post("/api/v1/events/batch", &json!([{ "kind": "a" }, { "kind": "b" }]))
        .await
        .expect(202);
    let three = json!([{ "kind": "a" }, { "kind": "b" }, { "kind": "c" }]);
    assert_eq!(
        sdk.post("/api/v1/events/batch", &three).await.expect(422)["code"],
        "too_many_events"
    );
}

#[tokio::test]
async fn watchllm_sends_envelopes() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let usage = json!({
        "eventId": "5f0c", "projectId": "proj_demo", "type": "token_usage", "timestamp": "2026-11-21T11:59:59.123456",
        "sdk": { "name": "watchllm-python", "version": "0.1.0" },
        "context": { "userId": "u1", "environment": "prod" },
        "body": { "model": "gpt-4o", "inputTokens": 100, "outputTokens": 50, "totalTokens": 150, "cost": 0.0 },
        "traceId": "t-1", "parentEventId": "p-1"
    });
    insta::assert_json_snapshot!(sdk.post("/api/v1/events", &usage).await.expect(202), @r#"
    {
      "accepted": 1,
      "duplicates": 0,
      "eventId": "5f0c",
      "event_id": "5f0c",
      "items": [
        {
          "event_id": "5f0c",
          "status": "accepted"
        }
      ],
      "message": "Event received successfully",
      "rejected": 0,
      "status": "queued"
    }
    "#);
    let event = ada.get("/api/v1/projects/shop/events/5f0c").await.expect(200);
    assert_eq!(event["time"], "2026-11-21T11:59:59.123456Z", "no zone means UTC");
    assert_eq!(
        event["tokens"],
        json!({ "input_total": 100, "output_total": 50, "total": 150 })
    );
    assert_eq!(
        (event["model"].as_str(), event["user_id"].as_str()),
        (Some("gpt-4o"), Some("u1"))
    );
    assert_eq!(
        (event["trace_id"].as_str(), event["parent_span_id"].as_str()),
        (Some("t-1"), Some("p-1"))
    );
    assert_eq!(
        (&event["cost_usd"], &event["cost_source"]),
        (&json!(0.000_75), &json!("computed")),
        "its client sends 0 for a cost it does not know"
    );
    assert_eq!(event["attributes"]["body"]["totalTokens"], 150);

    let snake = json!({ "event_id": "s", "project_id": "p", "type": "error", "sdk": {}, "body": { "message": "boom", "stacktrace": "at x" } });
    sdk.post("/api/v1/events", &snake).await.expect(202);
    let event = ada.get("/api/v1/projects/shop/events/s").await.expect(200);
    assert_eq!(
        (event["severity"].as_str(), event["message"].as_str()),
        (Some("error"), Some("boom"))
    );

    let bad = json!({ "projectId": "p", "type": "novel", "sdk": {} });
    let errors = sdk.post("/api/v1/events", &bad).await.expect(422)["detail"].to_string();
    assert!(
        errors.contains("unknown type") && errors.contains("[\"body\",\"body\"]"),
        "{errors}"
    );
}

#[tokio::test]
async fn text_of_every_kind_survives() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let odd = "NUL \u{0} tab \t quote \" backslash \\ emoji 🦀 支払い <script>alert(1)</script> \u{202e}";
    let sent = json!({ "kind": "log", "event_id": "odd/id?&", "message": odd, "attributes": { "t": odd, "deep": [[[{}]]], "big": 1e300 } });
    sdk.post("/api/v1/events", &sent).await.expect(202);
    let event = ada.get("/api/v1/projects/shop/events/odd%2Fid%3F%26").await.expect(200);
    assert_eq!(event["attributes"], sent["attributes"], "payload to the letter");
    assert_eq!(
        event["message"],
        odd.replace('\0', "\u{fffd}"),
        "no database keeps NUL in text"
    );
}
