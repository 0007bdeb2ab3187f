//! The EvalForge door: what its SDKs send, and what its tools read.

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{Caller, NOON, TestApp};

const SDK: &str = "/sdk/v1/projects/1/events/batch";
const OLDER: &str = "/api/events";
const PROJECT: &str = "/api/projects/1/events";

/// As its Python SDK sends it.
fn event(id: &str) -> Value {
    json!({
        "id": id, "project_id": 1, "trace_id": "t-1", "span_id": format!("s-{id}"), "parent_span_id": "s-0",
        "operation_type": "llm_call", "start_time": "2026-11-21T11:59:00.000250+00:00",
        "end_time": "2026-11-21T11:59:01.500900+00:00", "duration_ms": 1500, "status": "success",
        "input": { "prompt": "What is a lamp?" }, "output": { "text": "It gives light." },
        "metadata": { "function": "ask", "user_id": "u1" },
        "tokens": { "prompt": 10, "completion": 20, "total": 8 }, "cost": 0.25, "provider": "openai", "model": "gpt-4"
    })
}

fn batch(events: &[Value]) -> Value {
    json!({ "events": events })
}

fn bearer(sdk: &Caller, app: &TestApp) -> Caller {
    app.anonymous()
        .with("authorization", &format!("Bearer {}", sdk.header_value("x-api-key")))
}

#[tokio::test]
async fn a_batch_of_its_sdk() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let answer = sdk
        .post(SDK, &batch(&[event("a"), json!("text"), event("a")]))
        .await
        .expect(201);
    insta::assert_json_snapshot!(answer);

    let stored = ada.get("/api/v1/projects/shop/events/a").await.expect(200);
    for (name, value) in [
        ("kind", json!("llm")),
        ("name", json!("ask")),
        ("status", json!("ok")),
        ("duration_ms", json!(1500.65)),
        ("parent_span_id", json!("s-0")),
        ("user_id", json!("u1")),
        ("cost_usd", json!(0.25)),
        ("cost_source", json!("client")),
        ("tokens", json!({ "input_total": 10, "output_total": 20, "total": 8 })),
        (
            "attributes",
            json!({ "metadata": { "function": "ask", "user_id": "u1" } }),
        ),
    ] {
        assert_eq!(stored[name], value, "{name}");
    }
    let found = ada.get("/api/v1/projects/shop/events?q=lamp+light").await.expect(200);
    assert_eq!(found["items"][0]["event_id"], "a", "prompts and answers are searched");
}

#[tokio::test]
async fn what_is_missing_is_made() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let bare = json!({ "operation_type": "llm_call", "cost": 0.0, "tokens": { "prompt": 0, "completion": 0, "total": 0 },
        "provider": "", "model": "", "input": {}, "parent_span_id": null });
    let answer = sdk.post(SDK, &batch(&[bare, json!({})])).await.expect(201);
    assert_eq!(answer["events_count"], 2);
    let id = answer["items"][0]["event_id"].as_str().unwrap();
    let stored = ada.get(&format!("/api/v1/projects/shop/events/{id}")).await.expect(200);
    assert_eq!((&stored["trace_id"], &stored["span_id"]), (&json!(id), &json!(id)));
    assert_eq!((&stored["time"], &stored["status"]), (&json!(NOON), &json!("ok")));
    for unknown in [
        "cost_usd",
        "tokens",
        "provider",
        "model",
        "duration_ms",
        "parent_span_id",
    ] {
        assert_eq!(stored[unknown], Value::Null, "{unknown}");
    }
}

#[tokio::test]
async fn refusals_in_its_words() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let (_, _, other) = app.project("other").await;
    let good = batch(&[event("a")]);
    let error = |text: &str| json!({ "error": text });
    let anonymous = app.anonymous();
    let wrong = anonymous.with("x-api-key", "ef_0b7cf1a6-9f1e-4a7c-8d0e-6a1f1c1d1e1f");
    assert_eq!(anonymous.post(SDK, &good).await.expect(401), error("API key required"));
    assert_eq!(wrong.post(SDK, &good).await.expect(401), error("Invalid API key"));
    assert_eq!(other.post(SDK, &good).await.expect(403), error("Project ID mismatch"));
    for id in ["2", "99999", "nowhere", "-1", "99999999999999999999"] {
        let path = format!("/sdk/v1/projects/{id}/events/batch");
        assert_eq!(
            sdk.post(&path, &good).await.expect(403),
            error("Project ID mismatch"),
            "{id}"
        );
    }
    sdk.post("/sdk/v1/projects/shop/events/batch", &good).await.expect(201);
    for path in [SDK, OLDER, PROJECT] {
        for (body, sentence) in [
            ("", "Invalid JSON format"),
            ("{", "Invalid JSON format"),
            ("[]", "Invalid JSON format"),
            ("\"events\"", "Invalid JSON format"),
            ("{}", "Missing 'events' field"),
            (r#"{"events":null}"#, "Events field must be an array"),
            (r#"{"events":{}}"#, "Events field must be an array"),
            (r#"{"events":"x"}"#, "Events field must be an array"),
            (r#"{"events":[]}"#, "No events provided"),
        ] {
            let answer = sdk.send(Method::POST, path, body).await.expect(400);
            assert_eq!(answer, error(sentence), "{path} {body}");
        }
        sdk.send(Method::POST, path, vec![b'{', 0xff]).await.expect(400);
        let answer = sdk.send(Method::POST, path, vec![b' '; 10_485_761]).await.expect(413);
        assert!(answer["error"].is_string());
    }
    let bad = |name: &str, value: Value| {
        let mut event = event("bad");
        event[name] = value;
        event
    };
    for (event, place) in [
        (
            bad("start_time", json!("soon")),
            json!(["body", "events", 0, "start_time"]),
        ),
        (
            bad("duration_ms", json!("long")),
            json!(["body", "events", 0, "duration_ms"]),
        ),
        (bad("cost", json!([1])), json!(["body", "events", 0, "cost"])),
        (
            bad("operation_type", json!({})),
            json!(["body", "events", 0, "operation_type"]),
        ),
        (
            bad("operation_type", json!("x".repeat(101))),
            json!(["body", "events", 0, "kind"]),
        ),
        (bad("model", json!(["gpt-4"])), json!(["body", "events", 0, "model"])),
        (
            bad("start_time", json!("2026-11-21T12:06:00Z")),
            json!(["body", "events", 0, "time"]),
        ),
        (json!(7), json!(["body", "events", 0])),
    ] {
        let answer = sdk.post(SDK, &batch(&[event])).await.expect(400);
        assert!(
            answer["error"]
                .as_str()
                .unwrap()
                .starts_with("No event could be ingested: "),
            "{answer}"
        );
        assert_eq!(answer["items"][0]["errors"][0]["loc"], place, "{answer}");
    }
    ada.get("/api/projects/1/events?limit=0").await.expect(400);
}

#[tokio::test]
async fn limits_in_its_words() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    ada.with("content-type", "application/json")
        .send(
            Method::PATCH,
            "/api/v1/projects/shop/settings",
            r#"{"limits":{"key_requests_per_minute":1}}"#,
        )
        .await
        .expect(200);
    sdk.post(SDK, &batch(&[event("a")])).await.expect(201);
    let limited = sdk.post(SDK, &batch(&[event("b")])).await;
    assert_eq!(limited.header("retry-after"), "60");
    let body = limited.expect(429);
    assert_eq!(body["error"], "Rate limit exceeded");
    assert!(body["message"].as_str().unwrap().contains("limit of 1"), "{body}");
}

#[tokio::test]
async fn the_older_paths_take_keys_and_sessions() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    ada.post("/api/projects", &json!({ "name": "second" }))
        .await
        .expect(201);
    let mallory = app.user("mallory").await;
    let of = |id: &str, project: i64| {
        let mut event = event(id);
        event["project_id"] = json!(project);
        event
    };
    // The JavaScript SDK sends its key as a Bearer token.
    let answer = bearer(&sdk, &app).post(OLDER, &batch(&[event("js")])).await.expect(201);
    assert_eq!(
        (&answer["message"], &answer["ingested_at"]),
        (&json!("Events ingested successfully"), &json!(NOON))
    );
    sdk.post(OLDER, &batch(&[event("py")])).await.expect(201);
    sdk.post(PROJECT, &batch(&[event("key")])).await.expect(201);
    assert_eq!(
        sdk.post("/api/projects/2/events", &batch(&[event("x")]))
            .await
            .expect(403),
        json!({ "error": "Project ID mismatch" })
    );

    // One session, two projects.
    let mixed = batch(&[of("one", 1), of("two", 2), json!("text"), of("three", 1)]);
    let no_project = ada.post(OLDER, &mixed).await.expect(403);
    assert_eq!(
        no_project,
        json!({ "error": "Invalid project access" }),
        "an item that names no project"
    );
    let mixed = batch(&[of("one", 1), of("two", 2), of("three", 1)]);
    let answer = ada.post(OLDER, &mixed).await.expect(201);
    assert_eq!(answer["events_count"], 3);
    let ids: Vec<&str> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["event_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["one", "two", "three"], "in their order");
    ada.get("/api/v1/projects/2/events/two").await.expect(200);
    ada.get("/api/v1/projects/2/events/one").await.expect(404);
    ada.post(PROJECT, &batch(&[of("path", 2)])).await.expect(201);
    ada.get("/api/v1/projects/1/events/path").await.expect(200);

    for (path, project) in [(OLDER, 1), (OLDER, 999), (PROJECT, 1), ("/api/projects/999/events", 1)] {
        let answer = mallory.post(path, &batch(&[of("stolen", project)])).await.expect(403);
        assert_eq!(answer, json!({ "error": "Invalid project access" }), "{path} {project}");
    }
    let half = batch(&[of("mine", 2), of("not mine", 999)]);
    ada.post(OLDER, &half).await.expect(403);
    ada.get("/api/v1/projects/2/events/mine").await.expect(404);
    for path in [OLDER, PROJECT] {
        let answer = app.anonymous().post(path, &batch(&[event("x")])).await.expect(401);
        assert_eq!(answer, json!({ "error": "API key required" }));
        let stale = app.anonymous().with("authorization", "Bearer not-a-session");
        assert_eq!(
            stale.post(path, &batch(&[event("x")])).await.expect(401),
            json!({ "error": "Invalid API key" })
        );
    }
}

#[tokio::test]
async fn one_event_in_the_single_form() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let single = json!({
        "type": "llm_call", "name": "greet", "input": { "q": "hi" }, "output": "hello", "status": "error",
        "metrics": { "latency_ms": 12.5, "tokens_used": 9, "cost": 0.5 }, "id": "single"
    });
    let answer = ada.post(PROJECT, &single).await.expect(201);
    assert_eq!(
        (&answer["events_count"], &answer["items"][0]["event_id"]),
        (&json!(1), &json!("single"))
    );
    let stored = ada.get("/api/v1/projects/shop/events/single").await.expect(200);
    assert_eq!(
        (&stored["duration_ms"], &stored["cost_usd"], &stored["severity"]),
        (&json!(12.5), &json!(0.5), &json!("error"))
    );
    sdk.post(PROJECT, &json!({ "type": "tool_use" })).await.expect(201);
    let bad = sdk.post(PROJECT, &json!({ "type": ["x"] })).await.expect(400);
    assert_eq!(bad["items"][0]["errors"][0]["loc"], json!(["body", "type"]));
}

#[tokio::test]
async fn events_and_traces_are_listed() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let mut tool = event("b");
    tool["operation_type"] = json!("tool_use");
    tool["status"] = json!("timeout");
    tool["start_time"] = json!("2026-11-21T11:58:00Z");
    tool["input"] = json!({ "query": "Shade 100%" });
    sdk.post(SDK, &batch(&[event("a"), tool])).await.expect(201);
    sdk.post(
        "/api/v1/events",
        &json!({ "kind": "log", "event_id": "log", "time": "2026-11-21T11:00:00Z", "attributes": { "k": 1 } }),
    )
    .await
    .expect(202);
    insta::assert_json_snapshot!("events", ada.get(PROJECT).await.expect(200));
    insta::assert_json_snapshot!("traces", ada.get("/api/projects/1/traces").await.expect(200));

    let ids = async |query: &str| {
        let page = ada.get(&format!("{PROJECT}?{query}")).await.expect(200);
        let ids: Vec<String> = page["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["id"].as_str().unwrap().into())
            .collect();
        (ids.join(" "), page["total"].as_i64().unwrap())
    };
    assert_eq!(ids("limit=1&offset=1").await, ("b".into(), 3));
    assert_eq!(ids("search=SHADE").await, ("b".into(), 1));
    assert_eq!(ids("search=100%25").await, ("b".into(), 1));
    assert_eq!(ids("search=gives%20light").await, ("a b".into(), 2));
    assert_eq!(ids("search=nothing").await, (String::new(), 0));
    for query in ["limit=0", "limit=1001", "offset=-1", "limit=x"] {
        let answer = ada.get(&format!("{PROJECT}?{query}")).await.expect(400);
        assert!(
            answer["error"].as_str().unwrap().contains("must be a number"),
            "{answer}"
        );
    }
    let mallory = app.user("mallory").await;
    for path in [
        "events",
        "traces",
        "analytics",
        "analytics/summary",
        "analytics/costs",
        "analytics/latency",
        "analytics/errors",
    ] {
        let path = format!("/api/projects/1/{path}");
        assert_eq!(
            mallory.get(&path).await.expect(403),
            json!({ "error": "Invalid project access" }),
            "{path}"
        );
        assert!(
            app.anonymous().get(&path).await.expect(401)["error"].is_string(),
            "{path}"
        );
        sdk.get(&path).await.expect(401);
    }
    assert!(ada.get("/api/projects/7/events").await.expect(404)["error"].is_string());
}

#[tokio::test]
async fn analytics_add_up() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let analytics = async |path: &str| ada.get(&format!("/api/projects/1/analytics{path}")).await.expect(200);
    assert_eq!(analytics("").await["analytics"]["error_rate"], 0.0, "nothing yet");
    let mut failed = event("b");
    failed["status"] = json!("error");
    failed["cost"] = json!(0);
    failed["end_time"] = json!("2026-11-21T11:59:00.499600Z");
    failed["duration_ms"] = json!(499);
    let mut old = event("c");
    old["start_time"] = json!("2026-11-20T00:00:00Z");
    old["end_time"] = Value::Null;
    old["duration_ms"] = json!(1000);
    sdk.post(
        SDK,
        &batch(&[event("a"), failed, old, json!({ "operation_type": "retrieval" })]),
    )
    .await
    .expect(201);

    let all = analytics("").await;
    insta::assert_json_snapshot!(all, @r#"
    {
      "analytics": {
        "average_latency": 1000.0,
        "counted_events": 4,
        "error_rate": 25.0,
        "partial": false,
        "total_cost": 0.5015,
        "total_events": 4
      }
    }
    "#);
    assert_eq!(analytics("/summary").await["summary"], all["analytics"]);
    assert_eq!(
        analytics("/costs").await["costs"],
        json!({ "total_cost": 0.5015, "average_cost": 0.5015 / 3.0, "priced_events": 3, "counted_events": 4, "partial": false })
    );
    let latency = analytics("/latency").await;
    assert_eq!(
        (&latency["latency"]["min_latency"], &latency["latency"]["max_latency"]),
        (&json!(499.35), &json!(1500.65))
    );
    assert_eq!(
        analytics("/errors?start_time=2026-11-21T00:00:00Z&end_time=2026-11-21T11:59:30Z").await["errors"],
        json!({ "total_events": 2, "error_count": 1, "error_rate": 50.0, "counted_events": 2, "partial": false })
    );
    ada.get("/api/projects/1/analytics?start_time=soon").await.expect(400);
}

#[tokio::test]
async fn what_was_refused_can_be_sent_again() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let mut early = event("early");
    early["start_time"] = json!("2026-11-21T12:20:00Z");
    sdk.post(SDK, &batch(&[early.clone()])).await.expect(400);
    let cart = json!({ "topic": "cart_events", "event_type": "cart.add",
        "data": { "user_id": "u", "event_id": "cart", "timestamp": "2026-11-21T12:20:00Z" } });
    sdk.post("/api/v1/events/ingest", &cart).await.expect(400);
    app.clock.advance_micros(1_200_000_000);
    let reason = ada.get("/api/v1/projects/shop/refused").await.expect(200)["items"][0]["reason"].clone();
    let replayed = ada
        .post("/api/v1/projects/shop/refused/replay", &json!({ "reason": reason }))
        .await
        .expect(200);
    assert_eq!(replayed, json!({ "accepted": 2, "duplicates": 0, "rejected": 0 }));
    for (id, kind) in [("early", "llm"), ("cart", "cart.add")] {
        let stored = ada.get(&format!("/api/v1/projects/shop/events/{id}")).await.expect(200);
        assert_eq!(stored["kind"], kind);
    }
}

#[tokio::test]
async fn data_of_every_kind_survives() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let odd = "NUL \u{0} quote \" <script> emoji 🦀 支払い \u{202e}";
    let mut sent = event("odd");
    sent["input"] = json!({ "large": "x".repeat(1 << 20), "odd": odd, "nested": { "a": [{ "b": [[[null]]] }] } });
    sent["output"] = json!([odd, 1e300, 12345678901234567890u64]);
    sent["metadata"] = json!({ odd: odd, "user_id": ["not", "a", "text"] });
    sent["name"] = json!(odd);
    sdk.post(SDK, &batch(&[sent.clone()])).await.expect(201);
    let page = ada.get(PROJECT).await.expect(200);
    for name in ["input", "output", "metadata"] {
        assert_eq!(page["events"][0][name], sent[name], "{name}");
    }
    assert_eq!(page["events"][0]["name"], odd.replace('\0', "\u{fffd}"));

    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let body = format!(r#"{{"events":[{{"id":"deep","input":{deep},"metadata":{{"d":{deep}}}}}]}}"#);
    sdk.send(Method::POST, SDK, body).await.expect(201);
    let page = ada.get("/api/projects/1/events?limit=1").await;
    assert_eq!(page.status, 200);
    assert_eq!(String::from_utf8(page.body).unwrap().matches(&deep).count(), 2);
}

#[tokio::test]
async fn its_projects_speak_its_errors() {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    assert!(app.anonymous().get("/api/projects").await.expect(401)["error"].is_string());
    assert!(ada.post("/api/projects", &json!({ "name": "" })).await.expect(400)["error"].is_string());
    assert!(ada.send(Method::POST, "/api/projects", "{").await.json()["error"].is_string());
    let made = ada
        .post("/api/projects", &json!({ "name": "x", "description": "d" }))
        .await
        .expect(201);
    assert!(made["project"]["id"].is_i64() && made["api_key"].as_str().unwrap().starts_with("proj_"));
}
