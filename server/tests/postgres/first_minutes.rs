//! What a person does first.

use std::fs;
use std::time::Duration;

use axum::http::Method;
use eventglass_harness::http::Client;
use eventglass_harness::server::Session;
use serde_json::{Value, json};

use crate::ALONE;
use crate::installation::{Installation, found, headers};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_minutes() {
    let _alone = ALONE.lock().await;
    let installation = Installation::new();
    let server = installation.serve().await;
    let session = Session::register(server.url(), "ada@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Shop").await.unwrap();
    let (project, headers) = (created.project.id, headers(&created));
    let client = Client::new(false, Duration::from_secs(10)).unwrap();
    let uri = server.url().at("/api/v1/events/batch").unwrap();
    let events = json!([
        { "event_id": "one", "kind": "cart.add", "message": "Café: card was declined", "service": "shop" },
        { "event_id": "two", "kind": "cart.add", "message": "支払いが完了しました", "severity": "error" },
        { "event_id": "one", "kind": "cart.add", "message": "again" },
    ]);
    let answer = client
        .send(Method::POST, uri, &headers, events.to_string())
        .await
        .unwrap();
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        (&answer["accepted"], &answer["duplicates"]),
        (&json!(2), &json!(1)),
        "{answer}"
    );

    assert_eq!(found(&session, project, "cafe DECLINED").await, ["one"]);
    assert_eq!(found(&session, project, "\"card was\"").await, ["one"]);
    assert_eq!(found(&session, project, "支払いが完了しました").await, ["two"]);
    let page = session.events(project, &[("severity", "error")]).await.unwrap();
    assert_eq!(page.items[0].event_id, "two");
    assert_eq!(session.project(project).await.unwrap().event_count, 2);
    assert!(
        !installation.folder.path().join("data/eventglass.db").exists(),
        "nothing is in SQLite"
    );

    // Another server on the same database knows the session and the events.
    let other = installation.serve().await;
    let elsewhere = session.moved_to(other.url());
    assert_eq!(found(&elsewhere, project, "declined").await, ["one"]);
    server.kill().unwrap();
    assert_eq!(found(&elsewhere, project, "declined").await, ["one"]);
    let log = fs::read_to_string(installation.log()).unwrap();
    assert!(!log.contains("postgres://"), "the URL is a secret: {log}");
}
