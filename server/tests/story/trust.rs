//! Duplicates, repeats of requests, limits, quotas, and what is refused.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::app::{Answer, Caller, TestApp, event_ids};

fn event(id: &str) -> Value {
    json!({ "event_id": id, "kind": "api_call", "name": "pay", "service": "shop", "endpoint": "/pay" })
}

/// PulseStream's event, which its duplicates are known for.
fn pulse(id: &str, endpoint: &str) -> Value {
    json!({
        "event_id": id, "event_type": "api_call", "title": "pay",
        "source": { "service": "shop", "endpoint": endpoint, "method": "POST" },
    })
}

async fn set(user: &Caller, project: &Value, settings: Value) -> Value {
    let path = format!("/api/v1/projects/{}/settings", project["slug"].as_str().unwrap());
    user.with("content-type", "application/json")
        .send(Method::PATCH, &path, settings.to_string())
        .await
        .expect(200)
}

async fn stored(user: &Caller, project: &Value) -> usize {
    let path = format!(
        "/api/v1/projects/{}/events?limit=500",
        project["slug"].as_str().unwrap()
    );
    event_ids(&user.get(&path).await.expect(200)).len()
}

#[tokio::test]
async fn repeats_are_marked_and_stored_once() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("repeats").await;
    sdk.post("/api/v1/events", &event("a")).await.expect(202);
    let again = sdk.post("/api/v1/events", &event("a")).await.expect(202);
    assert_eq!(again["items"][0]["status"], "duplicate");
    let again = sdk
        .post("/api/v1/ingestion/events", &pulse("a", "/pay"))
        .await
        .expect(200);
    assert_eq!(again["success"], true);
    assert_eq!(stored(&user, &project).await, 1);
}

#[tokio::test]
async fn a_project_may_refuse_repeats() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("strict").await;
    assert_eq!(
        set(&user, &project, json!({ "duplicates": "conflict" })).await["duplicates"],
        "conflict"
    );

    sdk.post("/api/v1/ingestion/events", &pulse("a", "/pay"))
        .await
        .expect(200);
    let refused = sdk
        .post("/api/v1/ingestion/events", &pulse("a", "/pay"))
        .await
        .expect(409);
    assert_eq!(refused["event_id"], "a");
    let refused = sdk.post("/api/v1/events", &event("a")).await.expect(409);
    assert_eq!(refused["items"][0]["status"], "conflict");

    // Of a batch, what is new is stored all the same, and only nothing but repeats is a conflict.
    let mixed = sdk
        .post("/api/v1/events/batch", &json!([event("a"), event("b")]))
        .await
        .expect(202);
    assert_eq!(
        (mixed["accepted"].as_i64(), mixed["duplicates"].as_i64()),
        (Some(1), Some(1))
    );
    sdk.post("/api/v1/events/batch", &json!([event("a"), event("b")]))
        .await
        .expect(409);
    assert_eq!(stored(&user, &project).await, 2);

    // What was acknowledged stays so after a restart.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let again = app.restarted().await;
    let key = sdk.header_value("x-api-key");
    again
        .anonymous()
        .with("x-api-key", &key)
        .post("/api/v1/events", &event("a"))
        .await
        .expect(409);
}

/// Sends a request and hangs up before the answer is read.
async fn send_and_hang_up(sdk: &Caller, path: &str, body: &Value) {
    let response = sdk
        .router()
        .oneshot(
            Request::post(path)
                .header("x-api-key", sdk.header_value("x-api-key"))
                .header("content-type", "application/json")
                .body(Body::from(body.to_string()))
                .unwrap(),
        )
        .await
        .unwrap();
    assert!(response.status().is_success());
    drop(response);
}

#[tokio::test]
async fn a_retry_is_no_conflict() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("retry").await;
    set(&user, &project, json!({ "duplicates": "conflict" })).await;
    send_and_hang_up(&sdk, "/api/v1/ingestion/events", &pulse("a", "/pay")).await;
    // Also when the server was restarted in between.
    let again = app.restarted().await;
    let sdk = again.anonymous().with("x-api-key", &sdk.header_value("x-api-key"));
    sdk.post("/api/v1/ingestion/events", &pulse("a", "/pay"))
        .await
        .expect(200);
    sdk.post("/api/v1/ingestion/events", &pulse("a", "/pay"))
        .await
        .expect(409);
    assert_eq!(stored(&user, &project).await, 1);
}

#[tokio::test]
async fn a_key_of_idempotency_gives_the_first_answer_again() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("idempotent").await;
    let once = sdk.with("idempotency-key", "order-17");
    // Without ids of the client's: two requests would be two events.
    let body = json!({ "kind": "api_call", "name": "pay" });
    let first = once.post("/api/v1/events", &body).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (202, ""));
    let second = once.post("/api/v1/events", &body).await;
    assert_eq!(
        (second.status.as_u16(), second.header("idempotency-replayed")),
        (202, "true")
    );
    assert_eq!(first.body, second.body);
    assert_eq!(stored(&user, &project).await, 1);

    let other = once
        .post("/api/v1/events", &json!({ "kind": "other" }))
        .await
        .expect(422);
    assert_eq!(other["code"], "idempotency_key_reused");
    once.post("/api/v1/ingestion/events", &pulse("p", "/"))
        .await
        .expect(200);
    sdk.with("idempotency-key", &"x".repeat(256))
        .post("/api/v1/events", &body)
        .await
        .expect(422);

    // The key is of the project.
    let (_, _, stranger) = app.project("other").await;
    let theirs = stranger
        .with("idempotency-key", "order-17")
        .post("/api/v1/events", &body)
        .await;
    assert_ne!(theirs.body, first.body);

    app.clock.advance_micros(25 * 3_600_000_000);
    let third = once.post("/api/v1/events", &json!({ "kind": "other" })).await;
    assert_eq!(third.status, 202, "a day later the key is free");
    assert_eq!(third.header("idempotency-replayed"), "");
}

#[tokio::test]
async fn a_repeat_after_a_crash_before_the_answer_was_kept_makes_no_second_event() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("crash").await;
    let once = sdk.with("idempotency-key", "k");
    let batch = json!([{ "kind": "a" }, { "kind": "b" }]);
    let first = once.post("/api/v1/events/batch", &batch).await.expect(202);
    // As if the answer had never been kept.
    app.forget_answers().await;
    let second = once.post("/api/v1/events/batch", &batch).await.expect(202);
    assert_eq!(first["event_ids"], second["event_ids"]);
    assert_eq!(second["duplicates"], 2);
    assert_eq!(stored(&user, &project).await, 2);
}

#[tokio::test]
async fn two_at_once_with_one_key_are_one() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("twins").await;
    let once = sdk.with("idempotency-key", "k");
    let body = json!({ "kind": "a" });
    let (a, b) = tokio::join!(once.post("/api/v1/events", &body), once.post("/api/v1/events", &body));
    assert_eq!(a.body, b.body);
    assert_eq!(stored(&user, &project).await, 1);
}

#[tokio::test]
async fn a_key_may_send_so_many_requests_a_minute() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("limits").await;
    let first = sdk.post("/api/v1/events", &event("0")).await;
    assert_eq!(first.header("ratelimit-limit"), "10000");
    assert_eq!(first.header("ratelimit-remaining"), "9999");
    assert_eq!(first.header("ratelimit-policy"), "10000;w=60");

    set(&user, &project, json!({ "limits": { "key_requests_per_minute": 3 } })).await;
    for id in ["1", "2"] {
        sdk.post("/api/v1/events", &event(id)).await.expect(202);
    }
    let limited = sdk.post("/api/v1/events", &event("3")).await;
    assert_eq!(limited.status, 429);
    assert_eq!(
        (limited.header("retry-after"), limited.header("x-ratelimit-remaining")),
        ("60", "0")
    );
    assert_eq!(limited.json()["code"], "rate_limited");
    let pulse_says = sdk.post("/api/v1/ingestion/events", &pulse("3", "/")).await.expect(429);
    assert_eq!(pulse_says["error"], "HTTP_ERROR");

    app.clock.advance_micros(60_000_000);
    sdk.post("/api/v1/events", &event("3")).await.expect(202);
    assert_eq!(stored(&user, &project).await, 4);
}

#[tokio::test]
async fn one_noisy_caller_does_not_use_up_the_project() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("noisy").await;
    set(&user, &project, json!({ "limits": { "source_events_per_minute": 5 } })).await;
    for n in 0..5 {
        sdk.post("/api/v1/ingestion/events", &pulse(&format!("r{n}"), "/rate"))
            .await
            .expect(200);
    }
    let limited = sdk.post("/api/v1/ingestion/events", &pulse("r5", "/rate")).await;
    assert_eq!(limited.status, 429);
    assert!(!limited.header("retry-after").is_empty());
    for n in 0..20 {
        sdk.post("/api/v1/ingestion/events", &pulse(&format!("o{n}"), &format!("/{n}")))
            .await
            .expect(200);
    }
    assert_eq!(stored(&user, &project).await, 25);
}

#[tokio::test]
async fn settings_are_checked_and_for_admins() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("settings").await;
    let path = format!("/api/v1/projects/{}/settings", project["id"]);
    let patch = |caller: Caller, body: Value| {
        let path = path.clone();
        async move {
            caller
                .with("content-type", "application/json")
                .send(Method::PATCH, &path, body.to_string())
                .await
        }
    };
    let wrong = patch(user.clone(), json!({ "limits": { "events_per_minute": 0 } }))
        .await
        .expect(422);
    assert_eq!(
        wrong["errors"][0]["loc"],
        json!(["body", "limits", "events_per_minute"])
    );
    patch(user.clone(), json!({ "limits": { "events_per_hour": 1 } }))
        .await
        .expect(422);
    patch(user.clone(), json!({ "plan": "gold" })).await.expect(422);
    patch(app.user("stranger").await, json!({ "duplicates": "conflict" }))
        .await
        .expect(403);
    patch(sdk, json!({ "duplicates": "conflict" })).await.expect(401);

    let changed = patch(
        user.clone(),
        json!({ "limits": { "events_per_minute": 7, "key_requests_per_minute": null } }),
    )
    .await
    .expect(200);
    assert_eq!(changed["limits"]["events_per_minute"], 7);
    assert_eq!(changed["limits"]["key_requests_per_minute"], Value::Null);
    let changed = patch(user.clone(), json!({ "plan": "free" })).await.expect(200);
    assert_eq!(
        (
            changed["plan"].as_str(),
            changed["limits"]["events_per_minute"].as_i64()
        ),
        (Some("free"), Some(7))
    );

    let guarded = TestApp::with(&[("admin_token", "operator-only")]).await;
    let (user, project, _) = guarded.project("guarded").await;
    let path = format!("/api/v1/projects/{}/settings", project["id"]);
    let user = user.with("content-type", "application/json");
    let body = json!({ "plan": "pro" }).to_string();
    user.send(Method::PATCH, &path, body.clone()).await.expect(403);
    user.with("x-admin-token", "guess")
        .send(Method::PATCH, &path, body.clone())
        .await
        .expect(403);
    user.with("x-admin-token", "operator-only")
        .send(Method::PATCH, &path, body)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_plan_allows_so_many_projects() {
    let plans = "default_plan = \"tiny\"\n[plans.tiny]\nprojects = 2\n[plans.big]\nprojects = 3\n";
    let app = TestApp::with_file(plans).await;
    let (user, project, _) = app.project("first").await;
    let make = async |name: &str| user.post("/api/v1/projects", &json!({ "name": name })).await;
    make("second").await.expect(201);
    let over = make("third").await.expect(403);
    assert_eq!(
        (over["code"].as_str(), over["detail"].as_str()),
        (
            Some("quota_reached"),
            Some("the tiny plan allows 2 projects, and you own 2")
        )
    );
    // The older route has no way around it, and others are not concerned.
    user.post("/api/projects", &json!({ "name": "third" }))
        .await
        .expect(403);
    app.project("stranger").await;

    set(&user, &project, json!({ "plan": "big" })).await;
    make("third").await.expect(201);
    assert!(
        make("fourth").await.expect(403)["detail"]
            .as_str()
            .unwrap()
            .contains("big")
    );
}

#[tokio::test]
async fn a_plan_ends_at_its_last_event_and_begins_again_with_the_month() {
    let app = TestApp::with_file("default_plan = \"tiny\"\n[plans.tiny]\nevents_per_month = 5\n").await;
    let (user, project, sdk) = app.project("tiny").await;
    let batch: Vec<Value> = (0..4).map(|n| event(&format!("e{n}"))).collect();
    sdk.post("/api/v1/events/batch", &json!(batch)).await.expect(202);
    // Repeats are not counted again.
    sdk.post("/api/v1/events/batch", &json!([event("e0")]))
        .await
        .expect(202);
    let over = sdk.post("/api/v1/events/batch", &json!([event("x"), event("y")])).await;
    assert_eq!(over.status, 429);
    assert!(
        over.json()["detail"].as_str().unwrap().contains("tiny"),
        "{:?}",
        over.json()
    );
    assert_eq!(over.json()["code"], "quota_reached");
    sdk.post("/api/v1/events", &event("last")).await.expect(202);
    sdk.post("/api/v1/events", &event("one more")).await.expect(429);

    let usage = user
        .get(&format!("/api/v1/projects/{}/usage", project["id"]))
        .await
        .expect(200);
    insta::assert_json_snapshot!(usage);
    assert_eq!(stored(&user, &project).await, 5);

    app.clock.advance_micros(10 * 86_400_000_000);
    sdk.post("/api/v1/events", &json!({ "kind": "december" }))
        .await
        .expect(202);
}

#[tokio::test]
async fn a_quota_holds_when_all_come_at_once() {
    let app = TestApp::with_file("default_plan = \"tiny\"\n[plans.tiny]\nevents_per_month = 50\n").await;
    let (user, project, sdk) = app.project("rush").await;
    let posts = (0..100).map(|n| {
        let sdk = sdk.clone();
        async move {
            sdk.post("/api/v1/events", &event(&format!("e{n}")))
                .await
                .status
                .as_u16()
        }
    });
    let statuses = futures::future::join_all(posts).await;
    assert_eq!(statuses.iter().filter(|s| **s == 202).count(), 50);
    assert_eq!(statuses.iter().filter(|s| **s == 429).count(), 50);
    assert_eq!(stored(&user, &project).await, 50);
}

/// Sends requests whose callers go away after a moment, some before the events
/// are stored, some while they are, some after.
async fn impatient(sdk: &Caller, requests: u64) {
    for n in 0..requests {
        let body = json!([event(&format!("hasty{n}"))]);
        let patience = std::time::Duration::from_micros(n * 37 % 4_000);
        let _ = tokio::time::timeout(patience, sdk.post("/api/v1/events/batch", &body)).await;
    }
    // What was read is stored meanwhile.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
}

#[tokio::test]
async fn what_is_stored_is_counted_also_when_the_caller_has_gone() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("hasty").await;
    impatient(&sdk, 120).await;
    let health = user
        .get(&format!("/api/v1/projects/{}/ingest", project["id"]))
        .await
        .expect(200);
    let counted: u64 = health["minutes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|minute| minute["accepted"].as_u64().unwrap())
        .sum();
    let stored = stored(&user, &project).await as u64;
    assert_eq!(counted, stored);
    assert!(
        stored > 10,
        "{stored} of 120 were stored: most callers were too hasty to show anything"
    );
}

#[tokio::test]
async fn callers_who_go_away_do_not_widen_a_plan() {
    let app = TestApp::with_file("default_plan = \"tiny\"\n[plans.tiny]\nevents_per_month = 20\n").await;
    let (user, project, sdk) = app.project("hasty").await;
    impatient(&sdk, 120).await;
    for n in 0..20 {
        sdk.post("/api/v1/events", &event(&format!("patient{n}"))).await;
    }
    assert_eq!(stored(&user, &project).await, 20);
}

#[tokio::test]
async fn a_repeat_needs_no_room_in_the_plan() {
    let app = TestApp::with_file("default_plan = \"tiny\"\n[plans.tiny]\nevents_per_month = 5\n").await;
    let (user, project, sdk) = app.project("full").await;
    let batch = |from: usize, to: usize| -> Value { (from..to).map(|n| event(&format!("e{n}"))).collect() };
    sdk.post("/api/v1/events/batch", &batch(0, 4)).await.expect(202);
    // Its acknowledgement was lost: the same again, though four more would be too many.
    let again = sdk.post("/api/v1/events/batch", &batch(0, 4)).await.expect(202);
    assert_eq!(again["duplicates"], 4);
    let mixed = sdk.post("/api/v1/events/batch", &batch(0, 5)).await.expect(202);
    assert_eq!(
        (mixed["accepted"].as_i64(), mixed["duplicates"].as_i64()),
        (Some(1), Some(4))
    );
    let over = sdk.post("/api/v1/events/batch", &batch(0, 6)).await;
    assert_eq!((over.status.as_u16(), over.header("ratelimit-limit")), (429, "5"));
    assert_eq!(over.header("ratelimit-remaining"), "0");
    assert_eq!(over.header("ratelimit-reset"), over.header("retry-after"));
    assert_eq!(stored(&user, &project).await, 5);
}

#[tokio::test]
async fn answers_say_which_limit_is_the_tightest() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("standing").await;
    let headers = |answer: &Answer| {
        [
            "ratelimit-limit",
            "ratelimit-remaining",
            "ratelimit-reset",
            "ratelimit-policy",
        ]
        .map(|name| answer.header(name).to_owned())
    };
    let only_project = json!({ "limits": { "key_requests_per_minute": null, "requests_per_minute": 3 } });
    set(&user, &project, only_project).await;
    let first = sdk.post("/api/v1/events", &event("1")).await;
    assert_eq!(headers(&first), ["3", "2", "60", "3;w=60"]);

    // The flood guard's own, not those of the requests that are left.
    set(
        &user,
        &project,
        json!({ "limits": { "requests_per_minute": null, "source_events_per_minute": 1 } }),
    )
    .await;
    let flooded = sdk.post("/api/v1/events", &event("2")).await;
    sdk.post("/api/v1/events", &event("3")).await.expect(429);
    assert_eq!(flooded.status, 202);
    let flooded = sdk.post("/api/v1/events", &event("4")).await;
    assert_eq!(headers(&flooded), ["1", "0", flooded.header("retry-after"), "1;w=60"]);
    let reset = flooded.header("x-ratelimit-reset").parse::<i64>().unwrap();
    let wait = flooded.header("retry-after").parse::<i64>().unwrap();
    assert_eq!(reset - wait, 1_795_262_400, "noon, when the clock stands still");

    let burst = json!({ "limits": { "source_events_per_minute": null, "requests_per_second": 1 } });
    set(&user, &project, burst).await;
    app.clock.advance_micros(1_000_000);
    sdk.post("/api/v1/events", &event("5")).await.expect(202);
    let burst = sdk.post("/api/v1/events", &event("6")).await;
    assert_eq!(
        (burst.status.as_u16(), headers(&burst)),
        (429, ["1", "0", "1", "1;w=1"].map(str::to_owned))
    );
}

#[tokio::test]
async fn a_flood_of_parts_is_guarded_by_what_they_are_of() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("parts").await;
    set(&user, &project, json!({ "limits": { "source_events_per_minute": 2 } })).await;
    let trace = |name: &str, n: usize| {
        json!({ "batch": [{
            "id": format!("{name}-{n}"), "type": "trace-create", "timestamp": "2026-11-21T12:00:00Z",
            "body": { "id": format!("trace-{name}-{n}"), "name": name, "timestamp": "2026-11-21T12:00:00Z" },
        }] })
    };
    for n in 0..2 {
        sdk.post("/api/public/ingestion", &trace("loop", n)).await.expect(207);
    }
    sdk.post("/api/public/ingestion", &trace("loop", 2)).await.expect(429);
    sdk.post("/api/public/ingestion", &trace("quiet", 0)).await.expect(207);
}

#[tokio::test]
async fn a_refusal_is_an_answer_that_is_given_again() {
    let app = TestApp::new().await;
    let (_, _, sdk) = app.project("refusals").await;
    let once = sdk.with("idempotency-key", "k1");
    let first = once
        .post("/api/v1/ingestion/events/batch", &json!({ "events": 7 }))
        .await;
    assert_eq!(first.status, 422);
    let again = once
        .post("/api/v1/ingestion/events/batch", &json!({ "events": 7 }))
        .await;
    assert_eq!(
        (again.status.as_u16(), again.header("idempotency-replayed")),
        (422, "true")
    );
    assert_eq!(again.body, first.body);
    let other = once
        .post(
            "/api/v1/ingestion/events/batch",
            &json!({ "events": [pulse("a", "/")] }),
        )
        .await;
    assert_eq!(other.status, 422, "{}", String::from_utf8_lossy(&other.body));
    assert_eq!(other.header("idempotency-replayed"), "");
    assert_eq!(other.json()["detail"][0]["loc"], json!(["header", "Idempotency-Key"]));
}

#[tokio::test]
async fn a_request_that_is_refused_whole_is_kept_too() {
    let app = TestApp::with(&[("batch_events", "3")]).await;
    let (user, project, sdk) = app.project("whole").await;
    let many: Value = (0..4).map(|n| event(&format!("e{n}"))).collect();
    sdk.post("/api/v1/events/batch", &many).await.expect(422);
    sdk.post("/api/v1/ingestion/events/batch", &json!({ "events": 7 }))
        .await
        .expect(422);
    sdk.with("content-type", "application/x-protobuf")
        .send(Method::POST, "/v1/traces", vec![0x0a, 0xff, 0xff, 0x01])
        .await;
    // For who sends it, or how often, is no fault of what was sent.
    app.anonymous()
        .with("x-api-key", "proj_wrong_wrong")
        .post("/api/v1/events/batch", &many)
        .await
        .expect(401);

    let base = format!("/api/v1/projects/{}", project["id"]);
    let list = user.get(&format!("{base}/refused")).await.expect(200);
    let kept: Vec<(&str, &str, &Value)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["door"].as_str().unwrap(),
                item["reason"].as_str().unwrap(),
                &item["payload"],
            )
        })
        .collect();
    assert_eq!(kept.len(), 3, "{list}");
    let of = |door: &str| *kept.iter().find(|(of, ..)| *of == door).unwrap();
    assert!(of("native").1.contains("at most 3 events"), "{kept:?}");
    assert_eq!(of("native").2, &many);
    assert_eq!(of("pulsestream").2, &json!({ "events": 7 }));
    assert_eq!(of("otlp").2, &Value::Null, "bytes are nothing to read");
    let health = user.get(&format!("{base}/ingest")).await.expect(200);
    let refused: u64 = health["minutes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|minute| minute["refused"].as_u64().unwrap())
        .sum();
    assert_eq!(refused, 3);
}

#[tokio::test]
async fn what_is_in_flight_is_bounded() {
    let app = TestApp::with(&[("body_limit_bytes", "100000"), ("in_flight_bytes", "100000")]).await;
    let (_, _, sdk) = app.project("bounded").await;
    // A body that is being sent holds its room.
    let (feed, slow) = futures::channel::mpsc::unbounded::<Result<Vec<u8>, std::io::Error>>();
    feed.unbounded_send(Ok(vec![b' '; 90_000])).unwrap();
    let stuck = {
        let sdk = sdk.clone();
        tokio::spawn(async move { sdk.send(Method::POST, "/api/v1/events", Body::from_stream(slow)).await })
    };
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let busy = sdk
        .post("/api/v1/events", &json!({ "kind": "k", "message": "x".repeat(20_000) }))
        .await;
    assert_eq!((busy.status.as_u16(), busy.header("retry-after")), (503, "1"));
    feed.unbounded_send(Ok(event("slow").to_string().into_bytes())).unwrap();
    drop(feed);
    let done: Answer = stuck.await.unwrap();
    assert_eq!(done.status, 202);
    sdk.post("/api/v1/events", &json!({ "kind": "k", "message": "x".repeat(20_000) }))
        .await
        .expect(202);
}

#[tokio::test]
async fn a_client_that_stops_in_the_middle_is_cut_off() {
    let app = TestApp::with(&[("body_idle_secs", "1")]).await;
    let (_, _, sdk) = app.project("stuck").await;
    let (feed, slow) = futures::channel::mpsc::unbounded::<Result<Vec<u8>, std::io::Error>>();
    feed.unbounded_send(Ok(b"{".to_vec())).unwrap();
    let answer = sdk.send(Method::POST, "/api/v1/events", Body::from_stream(slow)).await;
    assert_eq!(answer.status, 408);
}

#[tokio::test]
async fn what_is_refused_is_kept_and_can_be_sent_again() {
    let app = TestApp::new().await;
    let (user, project, sdk) = app.project("refused").await;
    let base = format!("/api/v1/projects/{}", project["id"]);
    let soon =
        json!({ "event_id": "soon", "kind": "k", "time": "2026-11-21T12:10:00Z", "big": 12345678901234567890u64 });
    let batch = json!([event("good"), { "event_id": "bad", "severity": "loud" }, soon]);
    sdk.with("user-agent", "shop-sdk/1.2 python")
        .post("/api/v1/events/batch", &batch)
        .await
        .expect(202);
    sdk.post(
        "/api/v1/ingestion/events",
        &json!({ "event_id": "p", "title": "no type" }),
    )
    .await
    .expect(422);

    let list = user.get(&format!("{base}/refused")).await.expect(200);
    insta::assert_json_snapshot!(list, { ".items[].key" => insta::dynamic_redaction(|value, _| {
        assert!(value.as_str().unwrap().starts_with("first key (proj_"), "{value:?}");
        "first key (proj_…)"
    }) });

    let health = user.get(&format!("{base}/ingest")).await.expect(200);
    let counts: Vec<(&str, u64, u64)> = health["minutes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| {
            (
                m["door"].as_str().unwrap(),
                m["accepted"].as_u64().unwrap(),
                m["refused"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(counts, [("native", 1, 2), ("pulsestream", 0, 1)]);
    assert!(
        health["senders"]
            .as_array()
            .unwrap()
            .iter()
            .any(|s| s["sdk"] == "shop-sdk/1.2"),
        "{health}"
    );
    assert_eq!(health["reasons"].as_array().unwrap().len(), 3);
    assert_eq!(health["halted"], Value::Null);

    // What was in the future is not any more; what was wrong still is.
    app.clock.advance_micros(600_000_000);
    let reason = "time: must not be more than 300 seconds in the future";
    let done = user
        .post(&format!("{base}/refused/replay"), &json!({ "reason": reason }))
        .await
        .expect(200);
    assert_eq!(done, json!({ "accepted": 1, "duplicates": 0, "rejected": 0 }));
    let found = user.get(&format!("{base}/events/soon")).await;
    assert!(
        String::from_utf8_lossy(&found.body).contains("12345678901234567890"),
        "kept as it was written"
    );
    let bad = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["event_id"] == "bad")
        .unwrap()["id"]
        .clone();
    let done = user
        .post(&format!("{base}/refused/replay"), &json!({ "ids": [bad] }))
        .await
        .expect(200);
    assert_eq!(done["rejected"], 1);

    user.delete(&format!("{base}/refused/{bad}")).await.expect(200);
    user.get(&format!("{base}/refused/{bad}")).await.expect(404);
    user.delete(&format!("{base}/refused")).await.expect(422);
    let word = user.delete(&format!("{base}/refused?all=yes")).await.expect(422);
    assert_eq!(word["errors"][0]["msg"], "must be `true` or `false`");
    assert_eq!(
        user.delete(&format!("{base}/refused?all=true")).await.expect(200)["removed"],
        1
    );
    app.user("stranger")
        .await
        .get(&format!("{base}/refused"))
        .await
        .expect(403);
    app.anonymous().get(&format!("{base}/ingest")).await.expect(401);
}
