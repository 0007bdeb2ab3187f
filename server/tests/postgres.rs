//! The program on Postgres, with real processes: a person's first minutes, and
//! three servers on one database which are killed, cut off and left without it
//! under load. What was acknowledged is there, exactly once; the rest was
//! refused with 503; service returns by itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

#[path = "../../engine/src/store/postgres/cluster.rs"]
mod cluster;

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue, Method};
use eventglass_harness::http::{BaseUrl, Client};
use eventglass_harness::server::{ServerProcess, Session};
use eventglass_model::CreatedProject;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;

const PROGRAM: &str = env!("CARGO_BIN_EXE_eventglass");
const BATCH: usize = 25;

/// Faults are of the whole cluster: one test at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A database of its own, and servers on it.
struct Installation {
    folder: TempDir,
    url: String,
    program: PathBuf,
}

impl Installation {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = cluster::shared().database();
        // The server inherits this process' environment, which nobody may change under others.
        let program = folder.path().join("eventglass");
        let script = format!("#!/bin/sh\nEVENTGLASS_DATABASE_URL='{url}' exec '{PROGRAM}' \"$@\"\n");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder, url, program }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    async fn serve(&self) -> ServerProcess {
        let data = self.folder.path().join("data");
        ServerProcess::start(&self.program, &data, &self.log()).await.unwrap()
    }
}

fn headers(created: &CreatedProject) -> [(HeaderName, HeaderValue); 2] {
    [
        (HeaderName::from_static("x-api-key"), created.api_key.parse().unwrap()),
        (
            HeaderName::from_static("content-type"),
            HeaderValue::from_static("application/json"),
        ),
    ]
}

async fn found(session: &Session, project: i64, q: &str) -> Vec<String> {
    let page = session.events(project, &[("q", q)]).await.unwrap();
    page.items.into_iter().map(|event| event.event_id).collect()
}

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

/// What the senders share.
struct Load {
    /// Where the servers are now.
    urls: Mutex<Vec<BaseUrl>>,
    ids: AtomicU64,
    stop: AtomicBool,
    refused: AtomicU64,
}

impl Load {
    fn url(&self, n: usize) -> BaseUrl {
        let urls = self.urls.lock().unwrap();
        urls[n % urls.len()].clone()
    }

    /// Sends batches, each until a server takes it, to one server after the
    /// other. Gives the ids that were acknowledged, the newest last.
    async fn send(&self, created: &CreatedProject, sender: usize) -> Vec<String> {
        let client = Client::new(false, Duration::from_secs(30)).unwrap();
        let (headers, mut turn, mut acknowledged) = (headers(created), sender, Vec::new());
        while !self.stop.load(Ordering::Relaxed) {
            let ids: Vec<String> = (0..BATCH)
                .map(|_| {
                    let n = self.ids.fetch_add(1, Ordering::Relaxed);
                    format!("e{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
                })
                .collect();
            let events: Vec<Value> = ids
                .iter()
                .map(|id| json!({ "event_id": id, "kind": "fault.test", "name": "Under load" }))
                .collect();
            let body = Value::from(events).to_string();
            loop {
                turn += 1;
                let uri = self.url(turn).at("/api/v1/events/batch").unwrap();
                match client.send(Method::POST, uri, &headers, body.clone()).await {
                    Ok(answer) if answer.status == 202 => {
                        let outcome: Value = serde_json::from_slice(&answer.body).unwrap();
                        // A try that broke off may have been stored all the same.
                        let taken = outcome["accepted"].as_u64().unwrap() + outcome["duplicates"].as_u64().unwrap();
                        assert_eq!(taken, BATCH as u64, "{outcome}");
                        acknowledged.extend(ids);
                        break;
                    }
                    Ok(answer) => {
                        let text = String::from_utf8_lossy(&answer.body);
                        assert_eq!(answer.status, 503, "only an honest refusal will do: {text}");
                        self.refused.fetch_add(1, Ordering::Relaxed);
                    }
                    // Killed, or not up again yet.
                    Err(_) => {}
                }
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        }
        acknowledged
    }
}

/// How often each id is stored, by paging through everything.
async fn stored(session: &Session, project: i64) -> HashMap<String, usize> {
    let mut seen = HashMap::new();
    let mut cursor = String::new();
    loop {
        let mut query = vec![("limit", "1000")];
        if !cursor.is_empty() {
            query.push(("cursor", &cursor));
        }
        let page = session.events(project, &query).await.unwrap();
        for event in page.items {
            *seen.entry(event.event_id).or_default() += 1;
        }
        match page.next_cursor {
            Some(next) => cursor = next,
            None => return seen,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_lose_nothing() {
    let _alone = ALONE.lock().await;
    let installation = Installation::new();
    let (first, second, third) = tokio::join!(installation.serve(), installation.serve(), installation.serve());
    let session = Session::register(first.url(), "faults@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Faults").await.unwrap();
    session.lift_limits(created.project.id).await.unwrap();
    let load = Arc::new(Load {
        urls: Mutex::new([&first, &second, &third].map(|server| server.url().clone()).to_vec()),
        ids: AtomicU64::new(1),
        stop: AtomicBool::new(false),
        refused: AtomicU64::new(0),
    });
    let mut senders = JoinSet::new();
    for n in 0..6 {
        let (load, created) = (Arc::clone(&load), created.clone());
        senders.spawn(async move { load.send(&created, n).await });
    }
    let pause = |millis| tokio::time::sleep(Duration::from_millis(millis));

    pause(1_500).await;
    second.kill().unwrap();
    pause(500).await;
    let replaced = installation.serve().await;
    load.urls.lock().unwrap()[1] = replaced.url().clone();
    pause(500).await;
    // Every connection is cut, many of them in mid-commit.
    for _ in 0..10 {
        tokio::task::block_in_place(|| cluster::shared().cut_connections());
        pause(100).await;
    }
    // A server that hangs in mid-commit: commits wait for it, and nothing else does.
    let url = installation.url.clone();
    let hold = tokio::task::spawn_blocking(move || cluster::shared().hold_projects(&url, 3));
    pause(1_000).await;
    let asked = Instant::now();
    session.events(created.project.id, &[("limit", "10")]).await.unwrap();
    assert!(
        asked.elapsed() < Duration::from_secs(1),
        "reading went on: {:?}",
        asked.elapsed()
    );
    hold.await.unwrap();
    pause(1_000).await;
    let refused_before = load.refused.load(Ordering::Relaxed);
    tokio::task::block_in_place(|| cluster::shared().crash_and_restart(Duration::from_millis(1_500)));
    let (refused, ids) = (load.refused.load(Ordering::Relaxed), load.ids.load(Ordering::Relaxed));
    assert!(
        refused > refused_before,
        "without a database there is no acknowledgement"
    );
    // Service returns by itself, within the breaker's longest pause and some.
    pause(8_000).await;
    let more = load.ids.load(Ordering::Relaxed) - ids;
    assert!(more > 500, "after the restart only {more} events were sent");
    load.stop.store(true, Ordering::Relaxed);
    let acknowledged: Vec<String> = senders.join_all().await.concat();

    for server in [&first, &replaced, &third] {
        let session = session.moved_to(server.url());
        let stored = stored(&session, created.project.id).await;
        let lost = acknowledged.iter().filter(|id| !stored.contains_key(*id)).count();
        assert_eq!(lost, 0, "of {}", acknowledged.len());
        let twice = stored.values().filter(|times| **times > 1).count();
        assert_eq!(twice, 0, "stored more than once");
        let counted = session.project(created.project.id).await.unwrap().event_count;
        assert_eq!(usize::try_from(counted), Ok(stored.len()));
    }
    println!("{} acknowledged, {refused} refusals", acknowledged.len());
}
