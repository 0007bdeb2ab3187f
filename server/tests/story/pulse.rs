//! The PulseStream door: what its own test script asserts, and what its docs promise.

use serde_json::{Value, json};

use crate::app::TestApp;

pub fn event(id: &str) -> Value {
    json!({
        "event_id": id, "event_type": "api_call", "title": "API Call", "message": "test", "severity": "info",
        "source": { "service": "test-service", "endpoint": "/api/test", "method": "GET", "version": "1.0", "environment": "dev" },
        "context": { "user_id": "u1", "tags": { "device": "mobile" } },
        "metrics": { "response_time_ms": 150.5, "status_code": 200 },
        "payload": { "k": 1.50 }, "metadata": { "city": "Berlin" },
        "timestamp": "2026-11-21T11:00:00Z"
    })
}

#[tokio::test]
async fn single_events() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let answer = sdk.post("/api/v1/ingestion/events", &event("e1")).await;
    assert!(answer.header("x-process-time").parse::<f64>().is_ok());
    insta::assert_json_snapshot!(answer.expect(200), @r#"
    {
      "errors": null,
      "event_id": "e1",
      "ingested_at": "2026-11-21T12:00:00.000000Z",
      "message": "Event ingested successfully",
      "processing_status": "queued",
      "success": true
    }
    "#);
    let again = sdk.post("/api/v1/ingestion/events", &event("e1")).await.expect(200);
    assert_eq!(again["message"], "Event already exists (idempotent)");
}

#[tokio::test]
async fn refusals_in_its_dialect() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let post = |body: Value| {
        let sdk = sdk.clone();
        async move { sdk.post("/api/v1/ingestion/events", &body).await }
    };
    let mut bad = event("bad");
    bad["event_type"] = json!("INVALID_TYPE");
    bad["source"] = json!({ "service": "", "endpoint": "/x" });
    insta::assert_json_snapshot!(post(bad).await.expect(422), @r#"
    {
      "detail": [
        {
          "loc": [
            "body",
            "event_type"
          ],
          "msg": "Input should be one of: api_call, user_action, system_event, error_event, custom_event",
          "type": "value_error"
        },
        {
          "loc": [
            "body",
            "source",
            "method"
          ],
          "msg": "field required",
          "type": "missing"
        },
        {
          "loc": [
            "body",
            "source",
            "service"
          ],
          "msg": "String should have at least 1 character",
          "type": "value_error"
        }
      ]
    }
    "#);
    post(json!({})).await.expect(422);
    post(json!([])).await.expect(422);
    let mut future = event("future");
    future["timestamp"] = json!("2026-11-21T12:06:00Z");
    insta::assert_json_snapshot!(post(future).await.expect(400), @r#"
    {
      "error": "HTTP_ERROR",
      "message": {
        "errors": [
          "timestamp: must not be more than 300 seconds in the future"
        ],
        "message": "Event ingestion failed"
      },
      "status_code": 400
    }
    "#);
    let answer = app.anonymous().post("/api/v1/ingestion/events", &event("x")).await;
    assert_eq!(answer.header("www-authenticate"), "APIKey");
    assert_eq!(
        answer.expect(401),
        json!({ "error": "HTTP_ERROR", "message": "API key required", "status_code": 401 })
    );
}

#[tokio::test]
async fn batches_succeed_in_part() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let mut events: Vec<Value> = (0..10).map(|n| event(&format!("batch-valid-{n}"))).collect();
    events[5] = json!({ "title": "no type, no source" });
    let answer = sdk
        .post(
            "/api/v1/ingestion/events/batch",
            &json!({ "events": events, "batch_id": "b7" }),
        )
        .await
        .expect(200);
    for (name, count) in [
        ("total_events", 10),
        ("successful_count", 9),
        ("failed_count", 1),
        ("successful_events", 9),
        ("failed_events", 1),
    ] {
        assert_eq!(answer[name], count, "{name}");
    }
    assert_eq!(
        (answer["batch_id"].as_str(), answer["processing_status"].as_str()),
        (Some("b7"), Some("partial"))
    );
    assert_eq!(
        answer["results"][5],
        json!({
            "success": false, "event_id": "unknown", "ingested_at": crate::app::NOON, "processing_status": "failed",
            "message": "Event validation failed", "errors": ["event_type: field required", "source: field required"]
        })
    );
    let again = sdk
        .post("/api/v1/ingestion/events/batch", &json!({ "events": events }))
        .await
        .expect(200);
    assert_eq!(
        (again["successful_count"].as_i64(), again["duplicate_count"].as_i64()),
        (Some(9), Some(9))
    );
    sdk.post("/api/v1/ingestion/events/batch", &json!({ "events": [] }))
        .await
        .expect(400);
    sdk.post("/api/v1/ingestion/events/batch", &json!({})).await.expect(422);
}

#[tokio::test]
async fn search_finds_what_was_just_sent() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    sdk.post("/api/v1/ingestion/events", &event("consistent"))
        .await
        .expect(200);
    let mut failed = event("failed");
    failed["severity"] = json!("error");
    failed["source"]["service"] = json!("other");
    failed["metrics"]["status_code"] = json!(500);
    sdk.post("/api/v1/ingestion/events", &failed).await.expect(200);

    let answer = sdk
        .get("/api/v1/ingestion/events/search?service=TEST&limit=10")
        .await
        .expect(200);
    assert_eq!(
        (answer["total_count"].as_i64(), answer["filtered_count"].as_i64()),
        (Some(2), Some(1))
    );
    insta::assert_json_snapshot!(answer["events"], @r#"
    [
      {
        "duration_ms": 150.5,
        "event_type": "api_call",
        "external_id": "consistent",
        "id": "consistent",
        "ingested_at": "2026-11-21T12:00:00.000000Z",
        "metadata": {
          "city": "Berlin"
        },
        "payload": {
          "context": {
            "tags": {
              "device": "mobile"
            },
            "user_id": "u1"
          },
          "custom_data": {
            "k": 1.5
          },
          "error_details": null,
          "message": "test",
          "metrics": {
            "response_time_ms": 150.5,
            "status_code": 200
          },
          "severity": "info",
          "source": {
            "endpoint": "/api/test",
            "environment": "dev",
            "method": "GET",
            "service": "test-service",
            "version": "1.0"
          },
          "title": "API Call"
        },
        "processing_status": "completed",
        "source": "test-service",
        "source_version": "1.0",
        "status_code": 200,
        "timestamp": "2026-11-21T11:00:00.000000Z"
      }
    ]
    "#);
    for (query, count) in [
        ("severity=error", 1),
        ("status_code=500", 1),
        ("endpoint=/api/test", 2),
        ("user_id=nobody", 0),
        ("event_type=api_call", 2),
        ("end_time=2026-11-21T10:59:59Z", 0),
    ] {
        let answer = sdk
            .get(&format!("/api/v1/ingestion/events/search?{query}"))
            .await
            .expect(200);
        assert_eq!(answer["events"].as_array().unwrap().len(), count, "{query}");
    }
    let page = sdk.get("/api/v1/ingestion/events/search?limit=1").await.expect(200);
    assert_eq!(
        (page["events"][0]["id"].as_str(), page["has_more"].as_bool()),
        (Some("failed"), Some(true))
    );
    let wrong = sdk
        .get("/api/v1/ingestion/events/search?limit=0&severity=loud")
        .await
        .expect(422);
    assert_eq!(wrong["detail"][0]["loc"], json!(["query", "limit"]));
}

#[tokio::test]
async fn what_the_canonical_event_takes_from_it() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    sdk.post("/api/v1/ingestion/events", &event("e1")).await.expect(200);
    let event = ada.get("/api/v1/projects/shop/events/e1").await.expect(200);
    for (name, value) in [
        ("service", "test-service"),
        ("method", "GET"),
        ("user_id", "u1"),
        ("city", "Berlin"),
        ("device", "mobile"),
        ("status", "ok"),
    ] {
        assert_eq!(event[name], value, "{name}");
    }
    assert_eq!(event["duration_ms"], 150.5);
    assert_eq!(
        event["attributes"],
        json!({
            "context": { "user_id": "u1", "tags": { "device": "mobile" } },
            "metrics": { "response_time_ms": 150.5, "status_code": 200 },
            "payload": { "k": 1.50 }, "metadata": { "city": "Berlin" }
        })
    );
}

#[tokio::test]
async fn bad_input_is_refused_by_name() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let with = |path: &str, value: Value| {
        let mut event = event("bad");
        *event.pointer_mut(path).unwrap() = value;
        event.to_string()
    };
    for (body, status) in [
        (String::new(), 422),
        ("{".into(), 422),
        ("[]".into(), 422),
        ("7".into(), 422),
        (with("/event_id", json!("x".repeat(101))), 422),
        (with("/title", json!("")), 422),
        (with("/title", json!("x".repeat(201))), 422),
        (with("/title", json!({})), 422),
        (with("/message", json!("x".repeat(2_001))), 422),
        (with("/severity", json!("debug")), 422),
        (with("/source", json!("shop")), 422),
        (with("/source/method", json!("x".repeat(11))), 422),
        (with("/metrics", json!({})), 422),
        (with("/metrics/status_code", json!(99)), 422),
        (with("/metrics/response_time_ms", json!(-1)), 422),
        (with("/context", json!([])), 422),
        (with("/timestamp", json!("yesterday")), 422),
        (with("/event_type", Value::Null), 422),
        (with("/payload", json!("anything")), 200),
    ] {
        let answer = sdk
            .send(axum::http::Method::POST, "/api/v1/ingestion/events", body.clone())
            .await
            .expect(status);
        if status == 422 {
            let first = &answer["detail"][0];
            assert!(
                first["type"].is_string() && first["loc"].is_array() && first["msg"].is_string(),
                "{body}"
            );
        }
    }
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let body = event("deep").to_string().replace("1.5", &deep);
    sdk.send(axum::http::Method::POST, "/api/v1/ingestion/events", body)
        .await
        .expect(200);
    let mut large = event("large");
    large["payload"]["large_data"] = json!("x".repeat(5 << 20));
    sdk.post("/api/v1/ingestion/events", &large).await.expect(200);
    large["payload"]["large_data"] = json!("x".repeat(10 << 20));
    let answer = sdk.post("/api/v1/ingestion/events", &large).await.expect(413);
    assert_eq!(
        (&answer["error"], &answer["status_code"]),
        (&json!("HTTP_ERROR"), &json!(413))
    );
}
