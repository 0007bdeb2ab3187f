//! The PulseStream door: what its own test script asserts, and what its docs promise.

use serde_json::{Value, json};

use crate::app::TestApp;

fn event(id: &str) -> Value {
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
async fn one_event_is_read_and_removed() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let (_, _, stranger) = app.project("other").await;
    let mut sent = event("e1");
    sent["payload"]["correlation_id"] = json!("corr_1");
    sent["context"]["user_agent"] = json!("curl/8");
    sent["error_details"] = json!({ "error_message": "no funds" });
    sdk.post("/api/v1/ingestion/events", &sent).await.expect(200);
    let path = "/api/v1/ingestion/events/e1";
    let answer = sdk.get(path).await;
    assert!(answer.header("x-process-time").parse::<f64>().is_ok());
    let row = answer.expect(200);
    insta::assert_json_snapshot!(row, { ".id" => "[our id]" });
    let ours = format!("/api/v1/ingestion/events/{}", row["id"].as_str().unwrap());
    assert_eq!(sdk.get(&ours).await.expect(200), row, "by our id, too");

    let missing = json!({ "error": "HTTP_ERROR", "message": "Event not found", "status_code": 404 });
    assert_eq!(sdk.get("/api/v1/ingestion/events/nothing").await.expect(404), missing);
    assert_eq!(stranger.get(path).await.expect(404), missing);
    assert_eq!(stranger.delete(path).await.expect(404), missing);
    assert_eq!(
        app.anonymous().get(path).await.expect(401)["message"],
        "API key required"
    );
    assert_eq!(
        app.anonymous().delete(path).await.expect(401)["message"],
        "API key required"
    );

    assert_eq!(
        sdk.delete(&ours).await.expect(200),
        json!({ "message": "Event deleted successfully" })
    );
    assert_eq!(sdk.get(path).await.expect(404), missing);
    assert_eq!(sdk.delete(path).await.expect(404), missing);
    let found = sdk.get("/api/v1/ingestion/events/search").await.expect(200);
    assert_eq!(
        (found["total_count"].as_i64(), found["events"].as_array().unwrap().len()),
        (Some(0), 0)
    );
}

#[tokio::test]
async fn a_retry_gives_what_was_refused_another_chance() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let retry = |id: &str| format!("/api/v1/ingestion/events/{id}/retry");
    sdk.post("/api/v1/ingestion/events", &event("stored")).await.expect(200);
    let answer = sdk.post(&retry("stored"), &json!({})).await.expect(200);
    assert_eq!(answer["message"], "Event queued for reprocessing");
    sdk.post(&retry("nothing"), &json!({})).await.expect(404);

    let mut early = event("early");
    early["timestamp"] = json!("2026-11-21T12:20:00Z");
    sdk.post("/api/v1/ingestion/events", &early).await.expect(400);
    let again = sdk.post(&retry("early"), &json!({})).await.expect(422);
    assert_eq!(again["detail"][0]["loc"], json!(["body", "time"]));
    app.clock.advance_micros(20 * 60 * 1_000_000);
    sdk.post(&retry("early"), &json!({})).await.expect(200);
    sdk.get("/api/v1/ingestion/events/early").await.expect(200);
}

#[tokio::test]
async fn counts_are_exact() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let (_, _, other) = app.project("other").await;
    other.post("/api/v1/ingestion/events", &event("x")).await.expect(200);
    let post = async |id: &str, code: i64| {
        let mut event = event(id);
        event["metrics"]["status_code"] = json!(code);
        sdk.post("/api/v1/ingestion/events", &event).await.expect(200);
    };
    post("a", 200).await;
    post("a", 200).await;
    app.clock.advance_micros(61 * 1_000_000);
    post("b", 500).await;
    app.clock.advance_micros(60 * 60 * 1_000_000);
    post("c", 200).await;
    post("d", 200).await;
    let stats = sdk.get("/api/v1/ingestion/stats").await.expect(200);
    insta::assert_json_snapshot!(stats, { ".last_event_at" => "[time]" }, @r#"
    {
      "counted_up_to": 1000000,
      "error_rate": 0.25,
      "error_rate_events": 4,
      "events_this_hour": 2,
      "events_this_minute": 2,
      "events_today": 4,
      "last_event_at": "[time]",
      "processing_queue_size": 0,
      "tenant_id": "1",
      "total_events": 4
    }
    "#);
    app.clock.advance_micros(86_400 * 1_000_000);
    let stats = sdk.get("/api/v1/ingestion/stats").await.expect(200);
    assert_eq!((&stats["events_today"], &stats["total_events"]), (&json!(0), &json!(4)));
    assert_eq!(
        app.anonymous().get("/api/v1/ingestion/stats").await.expect(401)["message"],
        "API key required"
    );
}

#[tokio::test]
async fn the_rate_limit_can_be_looked_at() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let set = async |limit: Value| {
        let body = json!({ "limits": { "key_requests_per_minute": limit } }).to_string();
        let ada = ada.with("content-type", "application/json");
        ada.send(axum::http::Method::PATCH, "/api/v1/projects/shop/settings", body)
            .await
            .expect(200);
    };
    set(json!(2)).await;
    sdk.post("/api/v1/ingestion/events", &event("a")).await.expect(200);
    let look = async || sdk.get("/api/v1/ingestion/rate-limit").await.expect(200);
    assert_eq!(
        look().await,
        json!({ "limit": 2, "remaining": 1, "reset_time": "2026-11-21T12:01:00.000000Z", "window_size_seconds": 60, "exceeded": false })
    );
    sdk.post("/api/v1/ingestion/events", &event("b")).await.expect(200);
    let state = look().await;
    assert_eq!(
        (&state["remaining"], &state["exceeded"]),
        (&json!(0), &json!(true)),
        "looking does not count"
    );
    sdk.post("/api/v1/ingestion/events", &event("c")).await.expect(429);
    set(Value::Null).await;
    let state = look().await;
    assert_eq!((&state["limit"], &state["exceeded"]), (&Value::Null, &json!(false)));
    sdk.with("x-api-key", "wrong")
        .get("/api/v1/ingestion/rate-limit")
        .await
        .expect(401);
}

#[tokio::test]
async fn lists_and_health_are_for_anyone() {
    let app = TestApp::new().await;
    let anyone = app.anonymous();
    assert_eq!(
        anyone.get("/api/v1/ingestion/events/types").await.expect(200),
        json!(["api_call", "user_action", "system_event", "error_event", "custom_event"])
    );
    let severities = anyone.get("/api/v1/ingestion/events/severities").await;
    assert!(!severities.header("x-process-time").is_empty());
    assert_eq!(severities.expect(200), json!(["info", "warning", "error", "critical"]));

    let (ada, _, sdk) = app.project("shop").await;
    for n in 0..5 {
        sdk.post("/api/v1/ingestion/events", &event(&n.to_string()))
            .await
            .expect(200);
    }
    sdk.post("/api/v1/ingestion/events", &json!({})).await.expect(422);
    // The page about ingest writes what waits to be counted.
    ada.get("/api/v1/projects/shop/ingest").await.expect(200);
    let health = anyone.get("/api/v1/ingestion/health").await.expect(200);
    insta::assert_json_snapshot!(health, { ".last_event_received" => "[time]", ".uptime_seconds" => "[uptime]" }, @r#"
    {
      "errors_last_hour": 1,
      "ingestion_rate": 1.0,
      "last_event_received": "[time]",
      "queue_size": 0,
      "status": "healthy",
      "timestamp": "2026-11-21T12:00:00.000000Z",
      "uptime_seconds": "[uptime]",
      "worker_status": "running"
    }
    "#);
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
