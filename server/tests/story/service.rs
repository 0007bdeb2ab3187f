//! The server as its operators meet it.

use axum::http::Method;
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn it_lives_and_is_ready() {
    let app = TestApp::new().await;
    assert_eq!(app.anonymous().get("/healthz").await.expect(200)["status"], "ok");
    assert_eq!(app.anonymous().get("/readyz").await.expect(200)["status"], "ready");
}

#[tokio::test]
async fn unknown_routes_and_methods_answer_in_json() {
    let app = TestApp::new().await;
    assert_eq!(
        app.anonymous().get("/api/v1/nowhere").await.expect(404)["code"],
        "not_found"
    );
    assert_eq!(
        app.anonymous()
            .send(Method::PUT, "/api/auth/login", "")
            .await
            .expect(405)["code"],
        "method_not_allowed"
    );
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let app = TestApp::new().await;
    let (ada, _, _) = app.project("shop").await;
    for path in ["/api/auth/me", "/healthz", "/login", "/nowhere", "/favicon.svg"] {
        let answer = ada.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("'unsafe-inline'"),
            "{path}: {policy}"
        );
    }
}

#[tokio::test]
async fn metrics_can_ask_for_a_token() {
    let app = TestApp::with(&[("metrics_token", "hush")]).await;
    app.anonymous().get("/metrics").await.expect(401);
    app.anonymous()
        .with("authorization", "Bearer wrong")
        .get("/metrics")
        .await
        .expect(401);
    // Test servers have no recorder: behind the token there is nothing to see.
    app.anonymous()
        .with("authorization", "Bearer hush")
        .get("/metrics")
        .await
        .expect(404);
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_back() {
    let app = TestApp::with(&[("queue_bytes", "1048576")]).await;
    let (ada, _, sdk) = app.project("shop").await;
    let big = json!({ "kind": "log", "attributes": { "data": "x".repeat(900_000) } });
    let many = (0..12).map(|_| {
        let (sdk, big) = (sdk.clone(), big.clone());
        tokio::spawn(async move { sdk.post("/api/v1/events", &big).await })
    });
    let answers = futures::future::join_all(many).await;
    let mut stored = 0;
    for answer in answers.into_iter().map(Result::unwrap) {
        if answer.status == 503 {
            assert_eq!(answer.header("retry-after"), "1");
        } else {
            answer.expect(202);
            stored += 1;
        }
    }
    assert!(stored >= 1);
    assert_eq!(
        ada.get("/api/v1/projects/shop").await.expect(200)["event_count"],
        stored,
        "acknowledged means stored"
    );
}
