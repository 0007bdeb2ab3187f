//! WatchLLM's envelopes, type by type.

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::TestApp;

fn envelope(kind: &str, body: Value) -> Value {
    json!({
        "eventId": kind, "projectId": "proj_demo", "type": kind, "timestamp": "2026-11-21T11:00:00.123456",
        "sdk": { "name": "watchllm-js", "version": "0.1.0" },
        "context": { "userId": "u1", "sessionId": "s1", "requestId": "r1", "environment": "prod", "release": "7" },
        "body": body, "traceId": "t-1", "parentEventId": "p-1"
    })
}

#[tokio::test]
async fn every_type_is_understood() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let table = [
        (
            "log",
            json!({ "level": "warn", "message": "slow", "metadata": { "k": 1 } }),
            json!({
                "kind": "log", "severity": "warning", "message": "slow", "status": "unset"
            }),
        ),
        (
            "error",
            json!({ "type": "ValueError", "message": "boom", "stacktrace": "at x", "fingerprint": ["a"] }),
            json!({
                "kind": "error", "severity": "error", "status": "error", "name": "ValueError", "message": "boom"
            }),
        ),
        (
            "span",
            json!({ "spanId": "s-9", "parentSpanId": "s-8", "name": "load", "start": "2026-11-21T10:00:00Z", "end": "2026-11-21T10:00:00.250Z", "attributes": {} }),
            json!({
                "kind": "span", "name": "load", "span_id": "s-9", "parent_span_id": "s-8", "duration_ms": 250.0, "time": "2026-11-21T10:00:00.000000Z"
            }),
        ),
        (
            "token_usage",
            json!({ "model": "gpt-4o", "inputTokens": 100, "outputTokens": 50, "costUSD": 0.005 }),
            json!({
                "kind": "token_usage", "model": "gpt-4o", "tokens": { "input_total": 100, "output_total": 50 }, "cost_usd": 0.005, "cost_source": "client"
            }),
        ),
        (
            "message",
            json!({ "role": "user", "content": "Hello" }),
            json!({
                "kind": "message", "name": "user", "message": "Hello"
            }),
        ),
        (
            "eval_metric",
            json!({ "suiteId": "s", "metric": "bleu", "value": 0.5 }),
            json!({
                "kind": "eval_metric", "name": "bleu"
            }),
        ),
        (
            "agent_action",
            json!({ "agentName": "planner", "action": "search", "input": { "q": 1 }, "output": [2], "reasoning": "why not" }),
            json!({
                "kind": "agent_action", "name": "search", "service": "planner", "input": { "q": 1 }, "output": [2], "message": "why not"
            }),
        ),
        (
            "retrieval",
            json!({ "query": "lamps", "results": [{ "id": "1", "score": 0.9, "text": "Desk lamp" }], "vectorDimensions": 3 }),
            json!({
                "kind": "retrieval", "name": "lamps", "input": "lamps", "output": [{ "id": "1", "score": 0.9, "text": "Desk lamp" }]
            }),
        ),
        (
            "tool_call",
            json!({ "toolName": "weather", "arguments": { "city": "Oslo" }, "result": "rain", "latencyMs": 12.5 }),
            json!({
                "kind": "tool_call", "name": "weather", "input": { "city": "Oslo" }, "output": "rain", "duration_ms": 12.5
            }),
        ),
        (
            "model_response",
            json!({ "model": "claude", "prompt": "Why?", "response": "Because.", "latencyMs": 800, "success": true, "usage": { "inputTokens": 3, "outputTokens": 4 } }),
            json!({
                "kind": "llm", "model": "claude", "input": "Why?", "output": "Because.", "message": "Because.", "duration_ms": 800.0, "status": "ok", "tokens": { "input_total": 3, "output_total": 4 }
            }),
        ),
        (
            "custom",
            json!({ "name": "deploy", "payload": { "v": 7 } }),
            json!({
                "kind": "custom_event", "name": "deploy"
            }),
        ),
    ];
    let all: Vec<Value> = table
        .iter()
        .map(|(kind, body, _)| envelope(kind, body.clone()))
        .collect();
    let answer = sdk.post("/api/v1/events/batch", &json!(all)).await.expect(202);
    assert_eq!((&answer["accepted"], &answer["count"]), (&json!(11), &json!(11)));
    for (kind, body, expected) in table {
        let stored = ada
            .get(&format!("/api/v1/projects/shop/events/{kind}"))
            .await
            .expect(200);
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&stored[name], value, "{kind}: {name}");
        }
        for (name, value) in [
            ("trace_id", "t-1"),
            ("user_id", "u1"),
            ("session_id", "s1"),
            ("request_id", "r1"),
            ("environment", "prod"),
            ("version", "7"),
        ] {
            assert_eq!(stored[name], value, "{kind}: {name}");
        }
        if kind != "span" {
            assert_eq!(stored["parent_span_id"], "p-1", "{kind}");
            assert_eq!(stored["span_id"], kind, "found by the id of the event");
            assert_eq!(
                stored["time"], "2026-11-21T11:00:00.123456Z",
                "{kind}: no zone means UTC"
            );
        }
        assert_eq!(stored["attributes"]["body"], body, "{kind}: kept whole");
        assert_eq!(stored["attributes"]["sdk"]["name"], "watchllm-js");
    }
    let found = ada.get("/api/v1/projects/shop/events?q=desk").await.expect(200);
    assert_eq!(
        found["items"][0]["event_id"], "retrieval",
        "what a retrieval found is searched"
    );
}

#[tokio::test]
async fn batches_come_bare_or_wrapped() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let log = |id: &str| {
        let mut event = envelope("log", json!({ "message": "x" }));
        event["eventId"] = json!(id);
        event
    };
    insta::assert_json_snapshot!(
        sdk.post(
            "/api/v1/events/batch",
            &json!([log("a"), log("b"), { "projectId": "p", "type": "log" }])
        )
        .await
        .expect(202)
    );
    let wrapped = sdk
        .post("/api/v1/events/batch", &json!({ "events": [log("c")] }))
        .await
        .expect(202);
    assert_eq!(wrapped["event_ids"], json!(["c"]));
    assert_eq!(
        sdk.post("/api/v1/events/batch", &json!([])).await.expect(202)["count"],
        0
    );
}

#[tokio::test]
async fn both_cases_of_names() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let snake = json!({
        "event_id": "snake", "project_id": "p", "type": "tool_call", "sdk": { "name": "x", "version": "1" },
        "context": { "user_id": "u", "session_id": "s", "request_id": "r" }, "trace_id": "t", "parent_event_id": "p",
        "body": { "tool_name": "grep", "latency_ms": 5, "prompt_tokens": 2 }
    });
    sdk.post("/api/v1/events", &snake).await.expect(202);
    let stored = ada.get("/api/v1/projects/shop/events/snake").await.expect(200);
    for (name, value) in [
        ("name", json!("grep")),
        ("duration_ms", json!(5.0)),
        ("user_id", json!("u")),
        ("session_id", json!("s")),
        ("request_id", json!("r")),
        ("trace_id", json!("t")),
        ("parent_span_id", json!("p")),
        ("tokens", json!({ "input_total": 2, "output_total": 0 })),
    ] {
        assert_eq!(stored[name], value, "{name}");
    }
}

#[tokio::test]
async fn what_is_no_envelope_is_named() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let with = |name: &str, value: Value| {
        let mut event = envelope("log", json!({ "message": "x" }));
        event[name] = value;
        event
    };
    for (event, place) in [
        (with("type", json!("novel")), "type"),
        (with("type", json!(7)), "type"),
        (with("sdk", Value::Null), "sdk"),
        (with("body", Value::Null), "body"),
        (with("body", json!("text")), "body"),
        (with("context", json!([])), "context"),
        (with("timestamp", json!("soon")), "timestamp"),
        (with("projectId", Value::Null), "projectId"),
        (with("eventId", json!({})), "eventId"),
        (with("timestamp", json!("2026-11-21T12:06:00")), "time"),
    ] {
        let answer = sdk.post("/api/v1/events", &event).await.expect(422);
        assert_eq!(answer["detail"][0]["loc"], json!(["body", place]), "{answer}");
        assert!(answer["detail"][0]["msg"].is_string() && answer["detail"][0]["type"].is_string());
    }
    // A batch of which nothing is taken names every fault, and where it is.
    let all = json!([with("type", json!("novel")), with("sdk", json!(7))]);
    let answer = sdk.post("/api/v1/events/batch", &all).await.expect(422);
    assert_eq!(answer["detail"][0]["loc"], json!(["body", 0, "type"]), "{answer}");
    assert_eq!(answer["detail"][1]["loc"], json!(["body", 1, "sdk"]), "{answer}");
    // Bodies are free-form: what is odd in them is kept.
    let odd = json!({ "level": ["x"], "message": { "a": 1 }, "inputTokens": "many", "latencyMs": -5, "start": "soon" });
    sdk.post("/api/v1/events", &envelope("log", odd)).await.expect(202);
}

#[tokio::test]
async fn a_month_that_is_used_up() {
    let app = TestApp::with_file("default_plan = \"tiny\"\n[plans.tiny]\nevents_per_month = 1\n").await;
    let (_, _, sdk) = app.project("shop").await;
    sdk.post("/api/v1/events", &envelope("log", json!({})))
        .await
        .expect(202);
    let over = sdk.post("/api/v1/events", &envelope("custom", json!({}))).await;
    assert!(over.header("retry-after").parse::<u64>().unwrap() > 86_400);
    let detail = over.expect(429)["detail"].clone();
    assert_eq!(detail["error"], "Monthly event limit exceeded for your tier.");
    let message = detail["message"].as_str().unwrap();
    assert!(
        message.contains("tiny plan's 1 events of this month are used up"),
        "{message}"
    );
}

/// A log in snake case.
fn snake(id: &str, timestamp: &str) -> Value {
    json!({ "event_id": id, "project_id": "p", "type": "log", "timestamp": timestamp,
            "sdk": { "name": "watchllm", "version": "0.1.0" }, "body": { "message": "x" } })
}

#[tokio::test]
async fn its_door_is_its_own() {
    let app = TestApp::new().await;
    let (ada, project, sdk) = app.project("shop").await;
    let base = format!("/api/v1/projects/{}", project["id"]);
    let (past, soon) = ("2026-11-21T11:00:00", "2026-11-21T12:10:00");
    let bogus = json!({ "project_id": "p", "type": "bogus", "sdk": {} });
    // On both routes, alone, bare and wrapped, in both spellings.
    sdk.post("/api/v1/events", &envelope("log", json!({})))
        .await
        .expect(202);
    sdk.post("/api/v1/events", &snake("a", past)).await.expect(202);
    sdk.post("/api/v1/events/batch", &json!([snake("b", past), bogus]))
        .await
        .expect(202);
    sdk.post(
        "/api/v1/events/batch",
        &json!({ "events": [envelope("custom", json!({})), snake("soon", soon)] }),
    )
    .await
    .expect(202);
    let answer = sdk.post("/api/v1/events", &bogus).await.expect(422);
    assert_eq!(answer["detail"][0]["loc"], json!(["body", "type"]), "{answer}");
    assert_eq!(answer["detail"][1]["loc"], json!(["body", "body"]), "{answer}");
    sdk.post("/api/v1/events", &json!({ "kind": "log", "project_id": "p" }))
        .await
        .expect(202);

    let health = ada.get(&format!("{base}/ingest")).await.expect(200);
    let minutes = health["minutes"].as_array().unwrap().iter();
    let counts: Vec<(&str, u64, u64)> = minutes
        .map(|m| {
            let number = |name: &str| m[name].as_u64().unwrap();
            (m["door"].as_str().unwrap(), number("accepted"), number("refused"))
        })
        .collect();
    assert_eq!(counts, [("native", 1, 0), ("watchllm", 4, 3)]);
    let senders = health["senders"].as_array().unwrap();
    assert!(senders.iter().any(|sender| sender["door"] == "watchllm"), "{health}");

    let refused = ada.get(&format!("{base}/refused")).await.expect(200);
    let items = refused["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert!(items.iter().all(|item| item["door"] == "watchllm"), "{refused}");
    // What was in the future is not any more.
    app.clock.advance_micros(600_000_000);
    let soon = items.iter().find(|item| item["event_id"] == "soon").unwrap();
    let done = ada
        .post(&format!("{base}/refused/replay"), &json!({ "ids": [soon["id"]] }))
        .await
        .expect(200);
    assert_eq!(done, json!({ "accepted": 1, "duplicates": 0, "rejected": 0 }));
    let stored = ada.get(&format!("{base}/events/soon")).await.expect(200);
    assert_eq!((&stored["kind"], &stored["message"]), (&json!("log"), &json!("x")));
}

#[tokio::test]
async fn its_refusals_are_in_its_words() {
    let app = TestApp::with(&[("body_limit_bytes", "20000"), ("batch_events", "2")]).await;
    let (ada, project, sdk) = app.project("shop").await;
    let base = format!("/api/v1/projects/{}", project["id"]);
    let log = snake("a", "2026-11-21T11:00:00");
    let foreign = app
        .anonymous()
        .with("x-api-key", "sk_test_demo1234567890abcdefghijklmno");
    for route in ["/api/v1/events", "/api/v1/events/batch"] {
        let answer = foreign.post(route, &json!([log])).await.expect(401);
        assert_eq!(answer["detail"]["error"], "Invalid API key", "{answer}");
        // Before anything came that would tell, a refusal is in our own.
        let answer = app.anonymous().post(route, &json!([log])).await.expect(401);
        assert_eq!(answer["code"], "api_key_required", "{answer}");
    }
    let answer = sdk
        .post("/api/v1/events/batch", &json!([log, log, log]))
        .await
        .expect(400);
    assert_eq!(answer["detail"]["error"], "Too many events", "{answer}");

    // A project that refuses repeats.
    ada.send_json(
        Method::PATCH,
        &format!("{base}/settings"),
        &json!({ "duplicates": "conflict" }),
    )
    .await
    .expect(200);
    sdk.post("/api/v1/events", &log).await.expect(202);
    let answer = sdk.post("/api/v1/events", &log).await.expect(409);
    assert_eq!(answer["detail"]["error"], "Event was received before", "{answer}");

    // What is refused unread is refused as the key's request before was.
    let large = json!({ "project_id": "p", "type": "log", "sdk": {}, "body": { "message": "x".repeat(30_000) } });
    let answer = sdk.post("/api/v1/events", &large).await.expect(413);
    assert!(answer["detail"]["error"].is_string(), "{answer}");
    ada.send_json(
        Method::PATCH,
        &format!("{base}/settings"),
        &json!({ "limits": { "key_requests_per_minute": 1 } }),
    )
    .await
    .expect(200);
    let limited = sdk.post("/api/v1/events", &log).await;
    assert!(!limited.header("retry-after").is_empty());
    let answer = limited.expect(429);
    assert_eq!(answer["detail"]["error"], "Rate limit exceeded", "{answer}");
    let health = ada.get(&format!("{base}/ingest")).await.expect(200);
    let doors: Vec<&Value> = health["minutes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["door"])
        .collect();
    assert_eq!(doors, ["watchllm"], "{health}");
}
