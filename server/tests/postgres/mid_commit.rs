//! A connection is cut between a commit and its confirmation: the database has
//! it, and the server cannot know.

use std::time::{Duration, Instant};

use axum::http::Method;
use eventglass_harness::http::Client;
use eventglass_harness::server::Session;
use serde_json::{Value, json};

use crate::installation::{Installation, headers, stored};
use crate::{ALONE, cluster};

/// Commits wait for a standby that there is not, after they are on disk here.
const WAIT: &str = "ALTER SYSTEM SET synchronous_standby_names = 'nobody'";
const GO_ON: &str = "ALTER SYSTEM RESET synchronous_standby_names";
/// Cuts whoever waits so; gives a line for each.
const CUT_WAITING: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
     WHERE application_name = 'eventglass' AND wait_event = 'SyncRep'";

fn reload(statement: &str) {
    cluster::shared().execute("postgres", statement).unwrap();
    cluster::shared()
        .execute("postgres", "SELECT pg_reload_conf()")
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_without_confirmation_is_stored_once() {
    let _alone = ALONE.lock().await;
    let installation = Installation::new();
    let server = installation.serve().await;
    let session = Session::register(server.url(), "commit@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Commit").await.unwrap();
    let client = Client::new(false, Duration::from_secs(30)).unwrap();
    let uri = server.url().at("/api/v1/events/batch").unwrap();
    let batch: Vec<Value> = (0..50)
        .map(|n| json!({ "event_id": format!("e{n}"), "kind": "k" }))
        .collect();
    let (headers, body) = (headers(&created), Value::from(batch).to_string());

    tokio::task::block_in_place(|| reload(WAIT));
    let sending = tokio::spawn({
        let (client, uri, headers, body) = (client.clone(), uri.clone(), headers.clone(), body.clone());
        async move { client.send(Method::POST, uri, &headers, body).await.unwrap() }
    });
    let (started, mut cut) = (Instant::now(), 0);
    // The commit, and its first try again.
    while cut < 2 {
        assert!(started.elapsed() < Duration::from_secs(20), "no commit is waiting");
        tokio::time::sleep(Duration::from_millis(20)).await;
        let answer = tokio::task::block_in_place(|| cluster::shared().execute("postgres", CUT_WAITING));
        cut += answer.unwrap().lines().count();
    }
    tokio::task::block_in_place(|| reload(GO_ON));
    // However the server answers, the sender finds out by sending again.
    let answer = sending.await.unwrap();
    assert!(matches!(answer.status, 202 | 503), "{}", answer.status);
    let again = loop {
        let again = client
            .send(Method::POST, uri.clone(), &headers, body.clone())
            .await
            .unwrap();
        if again.status != 503 {
            break again;
        }
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "the service does not return"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let outcome: Value = serde_json::from_slice(&again.body).unwrap();
    assert_eq!(
        (&outcome["accepted"], &outcome["duplicates"]),
        (&json!(0), &json!(50)),
        "{outcome}"
    );
    let stored = stored(&session, created.project.id).await;
    assert_eq!(stored.len(), 50);
    assert!(stored.values().all(|times| *times == 1));
    assert_eq!(session.project(created.project.id).await.unwrap().event_count, 50);
}
