//! The CartNudge door: what its load generator sends, and what it does not.

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::TestApp;

const ONE: &str = "/api/v1/events/ingest";
const MANY: &str = "/api/v1/events/ingest/batch";

fn event(data: Value) -> Value {
    json!({ "topic": "cart_events", "event_type": "cart.add", "data": data })
}

#[tokio::test]
async fn single_events() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let sent = event(json!({
        "user_id": "test_user_00001", "session_id": "s-1", "product_id": "prod_0001", "product_name": "Desk Lamp",
        "quantity": 2, "price": 59.990, "currency": "USD", "category": "Home"
    }));
    let answer = sdk.post(ONE, &sent).await.expect(202);
    insta::assert_json_snapshot!(answer, { ".event_id" => "[id]" });
    let id = answer["event_id"].as_str().unwrap();
    assert!(id.starts_with("1:test_user_00001:cart.add:1795262400:"), "{id}");
    let again = sdk.post(ONE, &sent).await.expect(202);
    assert_ne!(
        again["event_id"], answer["event_id"],
        "two events of one second are two"
    );

    let stored = ada.get(&format!("/api/v1/projects/shop/events/{id}")).await.expect(200);
    for (name, value) in [
        ("kind", "cart.add"),
        ("topic", "cart_events"),
        ("user_id", "test_user_00001"),
        ("session_id", "s-1"),
        ("name", "Desk Lamp"),
    ] {
        assert_eq!(stored[name], value, "{name}");
    }
    assert_eq!(stored["attributes"], sent["data"]);
    let found = ada
        .get("/api/v1/projects/shop/events?q=lamp+prod_0001")
        .await
        .expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_id_and_a_time_of_the_clients_count() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let sent = event(json!({ "user_id": 7, "event_id": "evt-1", "timestamp": "2026-11-20T08:00:00" }));
    for _ in 0..2 {
        let answer = sdk.post(ONE, &sent).await.expect(202);
        assert_eq!(
            (answer["event_id"].as_str(), answer["success"].as_bool()),
            (Some("evt-1"), Some(true))
        );
        assert_eq!(answer["timestamp"], "2026-11-20T08:00:00.000000Z");
    }
    let page = ada.get("/api/v1/projects/shop/events").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["user_id"], "7");
    // The same request again, by its key: the same answer, though the id was ours.
    let once = sdk.with("idempotency-key", "k1");
    let first = once.post(ONE, &event(json!({ "user_id": "u" }))).await.expect(202);
    let second = once.post(ONE, &event(json!({ "user_id": "u" }))).await.expect(202);
    assert_eq!(first["event_id"], second["event_id"]);
}

#[tokio::test]
async fn refusals_are_fastapis() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let topics = "Invalid topic 'x'. Valid topics: user_events, cart_events, page_events, order_events, custom_events, dlq_events";
    let no_user = "Missing required field 'user_id' in data";
    let with = |name: &str, value: Value| {
        let mut event = event(json!({ "user_id": "u" }));
        event[name] = value;
        event.to_string()
    };
    let data = |data: Value| with("data", data);
    // A sentence is `detail` itself; places are those of its list.
    let cases: Vec<(String, u16, Value)> = vec![
        (with("topic", json!("x")), 400, json!(topics)),
        (data(json!({})), 400, json!(no_user)),
        (data(json!({ "user_id": "" })), 400, json!(no_user)),
        (data(json!({ "user_id": null })), 400, json!(no_user)),
        (data(json!({ "user_id": ["u"] })), 400, json!(no_user)),
        (
            with("event_type", json!("")),
            400,
            json!("event_type: must not be empty"),
        ),
        (
            with("event_type", json!("x".repeat(101))),
            400,
            json!("event_type: must have at most 100 characters, has 101"),
        ),
        (
            data(json!({ "user_id": "u", "timestamp": "2026-11-21T12:06:00Z" })),
            400,
            json!("timestamp: must not be more than 300 seconds in the future"),
        ),
        (
            "{}".into(),
            422,
            json!([["missing", "topic"], ["missing", "event_type"], ["missing", "data"]]),
        ),
        (with("data", json!([])), 422, json!([["dict_type", "data"]])),
        (with("data", json!("text")), 422, json!([["dict_type", "data"]])),
        (with("data", Value::Null), 422, json!([["missing", "data"]])),
        (with("topic", json!(["x"])), 422, json!([["string_type", "topic"]])),
        ("[]".into(), 422, json!([["dict_type", "body"]])),
        ("null".into(), 422, json!([["dict_type", "body"]])),
        ("".into(), 422, json!([["json_invalid", "body"]])),
        (r#"{"topic":"#.into(), 422, json!([["json_invalid", "body"]])),
    ];
    for (body, status, expected) in cases {
        let answer = sdk.send(Method::POST, ONE, body.clone()).await.expect(status);
        let detail = match &answer["detail"] {
            Value::Array(list) => list
                .iter()
                .map(|one| json!([one["type"], one["loc"].as_array().unwrap().last()]))
                .collect(),
            other => other.clone(),
        };
        assert_eq!(detail, expected, "{body}");
    }
    sdk.send(Method::POST, ONE, vec![b'{', 0xff]).await.expect(400);
    let answer = sdk.send(Method::POST, ONE, vec![b' '; 10_485_761]).await.expect(413);
    assert!(answer["detail"].is_string());
}

#[tokio::test]
async fn keys_are_looked_at_closely() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("shop").await;
    let good = event(json!({ "user_id": "u" }));
    insta::assert_json_snapshot!(app.anonymous().post(ONE, &good).await.expect(422), @r#"
    {
      "detail": [
        {
          "loc": [
            "header",
            "x-api-key"
          ],
          "msg": "field required",
          "type": "missing"
        }
      ]
    }
    "#);
    let key = sdk.header_value("x-api-key");
    let last = if key.ends_with('a') { 'b' } else { 'a' };
    let wrong_secret = format!("{}{last}", &key[..key.len() - 1]);
    for (key, detail) in [
        (
            "sk_live_abc",
            "Invalid API key format. Expected: proj_{project_id}_{secret}",
        ),
        ("proj_1", "Invalid API key format. Expected: proj_{project_id}_{secret}"),
        ("proj_6650aabbccddeeff00112233_sk", "Invalid project ID in API key"),
        ("proj_1_secret", "Invalid API key"),
        (wrong_secret.as_str(), "Invalid API key"),
    ] {
        let answer = app
            .anonymous()
            .with("x-api-key", key)
            .post(ONE, &good)
            .await
            .expect(401);
        assert_eq!(answer, json!({ "detail": detail }), "{key}");
        app.anonymous()
            .with("x-api-key", key)
            .post(MANY, &json!({ "events": [good] }))
            .await
            .expect(401);
    }
}

#[tokio::test]
async fn batches_succeed_in_part() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let batch = json!({ "events": [
        event(json!({ "user_id": "u", "event_id": "a" })),
        { "topic": "nowhere", "event_type": "cart.add", "data": { "user_id": "u" } },
        event(json!({ "session_id": "s" })),
        { "event_type": "page.view", "data": { "user_id": "u" } },
        "no object",
        event(json!({ "user_id": "u", "event_id": "a" })),
        event(json!({ "user_id": "u", "event_id": "b", "timestamp": "2030-01-01T00:00:00Z" })),
    ] });
    insta::assert_json_snapshot!(sdk.post(MANY, &batch).await.expect(202));
    let page = ada.get("/api/v1/projects/shop/events").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    let refused = ada.get("/api/v1/projects/shop/refused").await.expect(200);
    assert_eq!(
        refused["items"].as_array().unwrap().len(),
        5,
        "what was refused is kept"
    );

    let all_bad = sdk.post(MANY, &json!({ "events": [{}] })).await.expect(202);
    assert_eq!(
        (all_bad["success"].as_bool(), all_bad["failed"].as_i64()),
        (Some(false), Some(1))
    );

    let many = |n: usize| json!({ "events": vec![event(json!({ "user_id": "u" })); n] });
    assert_eq!(sdk.post(MANY, &many(100)).await.expect(202)["successful"], 100);
    for (body, kind) in [
        (many(101), "too_long"),
        (many(0), "too_short"),
        (json!({}), "missing"),
        (json!({ "events": null }), "missing"),
        (json!({ "events": { "0": 1 } }), "list_type"),
        (json!([]), "dict_type"),
    ] {
        let answer = sdk.post(MANY, &body).await.expect(422);
        assert_eq!(answer["detail"][0]["type"], kind, "{answer}");
    }
}

#[tokio::test]
async fn a_project_that_refuses_repeats() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    ada.with("content-type", "application/json")
        .send(
            Method::PATCH,
            "/api/v1/projects/shop/settings",
            r#"{"duplicates":"conflict"}"#,
        )
        .await
        .expect(200);
    let repeated = event(json!({ "user_id": "u", "event_id": "a" }));
    sdk.post(ONE, &repeated).await.expect(202);
    assert_eq!(
        sdk.post(ONE, &repeated).await.expect(409),
        json!({ "detail": "Event already exists" })
    );
    let mixed = sdk
        .post(MANY, &json!({ "events": [repeated, event(json!({ "user_id": "u" }))] }))
        .await
        .expect(202);
    assert_eq!(
        (mixed["successful"].as_i64(), mixed["results"][0]["error"].as_str()),
        (Some(1), Some("Event already exists"))
    );
}

#[tokio::test]
async fn data_of_every_kind_survives() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let odd = "NUL \u{0} quote \" emoji 🦀 支払い \u{202e}";
    let large = "x".repeat(5 << 20);
    let sent = event(json!({
        "user_id": odd, "event_id": "odd", "product_name": odd, "page_url": "y".repeat(5_000), "large": large,
        "session_id": { "not": "a text" }, "timestamp": [1]
    }));
    sdk.post(ONE, &sent).await.expect(202);
    let stored = ada.get("/api/v1/projects/shop/events/odd").await.expect(200);
    assert_eq!(stored["attributes"], sent["data"], "to the letter");
    assert_eq!(
        (&stored["endpoint"], &stored["session_id"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(stored["time"], crate::app::NOON);

    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let body = format!(
        r#"{{"topic":"custom_events","event_type":"deep","data":{{"user_id":"u","event_id":"deep","d":{deep}}}}}"#
    );
    sdk.send(Method::POST, ONE, body).await.expect(202);
    let stored = ada.get("/api/v1/projects/shop/events/deep").await;
    assert_eq!(stored.status, 200);
    assert!(String::from_utf8(stored.body).unwrap().contains(&deep));
}

#[tokio::test]
async fn topics_are_for_anyone() {
    let app = TestApp::new().await;
    insta::assert_json_snapshot!(app.anonymous().get("/api/v1/events/topics").await.expect(200));
}
