//! What the PulseStream door tells besides search: one event, counts, limits.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::pulse::event;

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
