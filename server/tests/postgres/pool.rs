//! Every connection that searches is taken.

use std::time::{Duration, Instant};

use axum::http::Method;
use eventglass_harness::http::Client;
use eventglass_harness::server::Session;
use serde_json::json;
use tokio::task::JoinSet;

use crate::away::unavailable;
use crate::installation::{Installation, found, headers};
use crate::{ALONE, cluster};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_pool_refuses_in_time_and_lets_events_in() {
    let _alone = ALONE.lock().await;
    let installation = Installation::new();
    let server = installation.serve().await;
    let session = Session::register(server.url(), "pool@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Pool").await.unwrap();
    session.lift_limits(created.project.id).await.unwrap();

    // Whoever asks for what was refused waits.
    let url = installation.url.clone();
    let hang = "BEGIN; LOCK TABLE refused IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(9); COMMIT";
    let hold = tokio::task::spawn_blocking(move || cluster::shared().execute(&url, hang).unwrap());
    tokio::time::sleep(Duration::from_millis(500)).await;
    let started = Instant::now();
    let mut asking = JoinSet::new();
    for _ in 0..8 {
        let session = session.clone();
        asking.spawn(async move { session.look("/api/v1/projects/pool/refused").await.unwrap() });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut searching = JoinSet::new();
    for _ in 0..20 {
        let session = session.clone();
        searching.spawn(async move { session.look("/api/v1/projects/pool/events").await.unwrap() });
    }

    // Events have connections of their own, and so have keys and sessions.
    let client = Client::new(false, Duration::from_secs(10)).unwrap();
    let uri = server.url().at("/api/v1/events").unwrap();
    while !searching.is_empty() {
        let sent = Instant::now();
        let event = json!({ "kind": "k", "message": "meanwhile" }).to_string();
        let answer = client
            .send(Method::POST, uri.clone(), &headers(&created), event)
            .await
            .unwrap();
        assert_eq!(answer.status, 202);
        assert_eq!(session.look("/api/v1/projects/pool").await.unwrap().status, 200);
        assert!(sent.elapsed() < Duration::from_secs(2), "{:?}", sent.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
        while let Some(answer) = searching.try_join_next() {
            unavailable(&answer.unwrap());
            let waited = started.elapsed();
            assert!(
                waited > Duration::from_secs(4) && waited < Duration::from_secs(8),
                "{waited:?}"
            );
        }
    }

    hold.await.unwrap();
    for answer in asking.join_all().await {
        assert_eq!(answer.status, 200, "who had a connection waited for the lock");
    }
    assert!(!found(&session, created.project.id, "meanwhile").await.is_empty());
}
