//! Work in the background is done by one server, and by another one within 10 s
//! when that dies.

use std::time::{Duration, Instant};

use axum::http::Method;
use eventglass_harness::http::Client;
use eventglass_harness::server::{ServerProcess, Session};
use eventglass_model::CreatedProject;
use serde_json::json;

use crate::ALONE;
use crate::installation::{Installation, headers};

const HAND_OVER: Duration = Duration::from_secs(10);

/// Which of some servers say that they lead.
async fn leaders(servers: &[ServerProcess]) -> Vec<u32> {
    let client = Client::new(false, Duration::from_secs(5)).unwrap();
    let mut leaders = Vec::new();
    for server in servers {
        let answer = client
            .send(Method::GET, server.url().at("/metrics").unwrap(), &[], "")
            .await
            .unwrap();
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        if text.lines().any(|line| line == "eventglass_leader 1") {
            leaders.push(server.pid());
        }
    }
    leaders
}

async fn leader(servers: &[ServerProcess], since: Instant) -> u32 {
    loop {
        let leaders = leaders(servers).await;
        assert!(leaders.len() <= 1, "two lead");
        if let Some(leader) = leaders.first() {
            return *leader;
        }
        assert!(since.elapsed() < HAND_OVER, "nobody leads");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn send_old(server: &ServerProcess, created: &CreatedProject, id: &str) {
    let client = Client::new(false, Duration::from_secs(10)).unwrap();
    let uri = server.url().at("/api/v1/events/batch").unwrap();
    let events: Vec<_> = (0..50)
        .map(|n| json!({ "event_id": format!("{id}{n}"), "kind": "k", "time": format!("2026-06-{:02}T12:00:00Z", n % 20 + 1) }))
        .collect();
    let answer = client
        .send(Method::POST, uri, &headers(created), json!(events).to_string())
        .await
        .unwrap();
    assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_work_moves_when_the_leader_dies() {
    let _alone = ALONE.lock().await;
    let installation = Installation::with(&[("EVENTGLASS_RETENTION_DAYS", "30")]);
    let started = Instant::now();
    let (one, two, three) = tokio::join!(installation.serve(), installation.serve(), installation.serve());
    let mut servers = vec![one, two, three];
    let session = Session::register(servers[0].url(), "leader@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Leader").await.unwrap();
    let first = leader(&servers, started).await;
    for _ in 0..20 {
        assert_eq!(leaders(&servers).await, [first], "it stays");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    for _ in 0..2 {
        send_old(&servers[0], &created, "old").await;
        let current = leader(&servers, Instant::now()).await;
        let place = servers.iter().position(|server| server.pid() == current).unwrap();
        let died = Instant::now();
        servers.remove(place).kill().unwrap();
        let next = leader(&servers, died).await;
        assert_ne!(next, current);
        // Who takes over does the work: events of June are gone.
        let session = session.moved_to(servers[0].url());
        while session.project(created.project.id).await.unwrap().event_count > 0 {
            assert!(died.elapsed() < HAND_OVER, "the work has not moved");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(session.events(created.project.id, &[]).await.unwrap().items.is_empty());
    }
}
