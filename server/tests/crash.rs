//! An acknowledgement is a promise: ten times the server is killed in the
//! middle of its work (SIGKILL), and afterwards every event that it ever
//! acknowledged is there, exactly once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, Uri};
use eventglass_harness::http::{BaseUrl, Client};
use eventglass_harness::server::{ServerProcess, Session};
use eventglass_model::{BatchOutcome, ItemStatus};
use tokio::task::JoinSet;

const PROGRAM: &str = env!("CARGO_BIN_EXE_eventglass");
const KILLS: u32 = 10;
const BATCH_SENDERS: usize = 4;
const SINGLE_SENDERS: usize = 4;
const BATCH: usize = 25;

/// Sends events with ids of its own until the server is gone.
struct Sender {
    client: Client,
    headers: [(HeaderName, HeaderValue); 2],
    single: Uri,
    batch: Uri,
    ids: Arc<AtomicU64>,
    acknowledged: Vec<String>,
}

impl Sender {
    fn new(url: &BaseUrl, api_key: &str, ids: &Arc<AtomicU64>) -> Self {
        Self {
            client: Client::new(false, Duration::from_secs(10)).unwrap(),
            headers: [
                (HeaderName::from_static("x-api-key"), api_key.parse().unwrap()),
                (
                    HeaderName::from_static("content-type"),
                    HeaderValue::from_static("application/json"),
                ),
            ],
            single: url.at("/api/v1/events").unwrap(),
            batch: url.at("/api/v1/events/batch").unwrap(),
            ids: Arc::clone(ids),
            acknowledged: Vec::new(),
        }
    }

    /// Posts so many new events; one goes alone. `None` when there was no answer.
    async fn post_new(&self, count: usize) -> Option<Vec<(String, ItemStatus)>> {
        let numbers: Vec<u64> = (0..count).map(|_| self.ids.fetch_add(1, Ordering::Relaxed)).collect();
        // Scattered, as real ids are.
        let ids: Vec<String> = numbers
            .iter()
            .map(|n| format!("e{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
            .collect();
        self.post(&ids).await
    }

    async fn post(&self, ids: &[String]) -> Option<Vec<(String, ItemStatus)>> {
        let event =
            |id: &String| format!(r#"{{"event_id":"{id}","kind":"crash.test","name":"Under load","service":"crash"}}"#);
        let (uri, body) = match ids {
            [id] => (&self.single, event(id)),
            ids => (
                &self.batch,
                format!("[{}]", ids.iter().map(event).collect::<Vec<_>>().join(",")),
            ),
        };
        let answer = self
            .client
            .send(Method::POST, uri.clone(), &self.headers, body)
            .await
            .ok()?;
        // A full queue is an honest answer; the events in it were not acknowledged.
        if answer.status == 503 {
            return Some(Vec::new());
        }
        assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
        let outcome: BatchOutcome = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(outcome.items.len(), ids.len());
        Some(
            outcome
                .items
                .into_iter()
                .map(|item| (item.event_id.unwrap(), item.status))
                .collect(),
        )
    }

    async fn work(mut self, count: usize) -> Vec<String> {
        while let Some(outcomes) = self.post_new(count).await {
            for (id, status) in outcomes {
                assert_eq!(status, ItemStatus::Accepted, "{id} was never sent before");
                self.acknowledged.push(id);
            }
        }
        self.acknowledged
    }
}

/// Loads the server for a while, kills it, and gives the ids it acknowledged.
async fn load_and_kill(server: ServerProcess, api_key: &str, ids: &Arc<AtomicU64>, load: Duration) -> Vec<String> {
    let mut senders = JoinSet::new();
    for n in 0..BATCH_SENDERS + SINGLE_SENDERS {
        let sender = Sender::new(server.url(), api_key, ids);
        senders.spawn(sender.work(if n < BATCH_SENDERS { BATCH } else { 1 }));
    }
    tokio::time::sleep(load).await;
    server.kill().unwrap();
    senders.join_all().await.concat()
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
async fn what_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("server.log"));
    let start = async || ServerProcess::start(Path::new(PROGRAM), &data, &log).await.unwrap();

    let mut server = start().await;
    let session = Session::register(server.url(), "crash@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Crash").await.unwrap();
    let ids = Arc::new(AtomicU64::new(1));
    let mut acknowledged = Vec::new();
    for round in 0..KILLS {
        // Not always at the same moment after the start.
        let load = Duration::from_millis(u64::from(200 + 61 * round % 300));
        let ids = load_and_kill(server, &created.api_key, &ids, load).await;
        assert!(!ids.is_empty(), "round {round} was no load");
        acknowledged.extend(ids);
        server = start().await;
    }

    let session = session.moved_to(server.url());
    let stored = stored(&session, created.project.id).await;
    let lost: Vec<_> = acknowledged.iter().filter(|id| !stored.contains_key(*id)).collect();
    assert!(
        lost.is_empty(),
        "{} of {} lost, such as {:?}",
        lost.len(),
        acknowledged.len(),
        lost.first()
    );
    let twice: Vec<_> = stored.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "stored more than once: {twice:?}");
    let counted = session.project(created.project.id).await.unwrap().event_count;
    assert_eq!(usize::try_from(counted), Ok(stored.len()));

    let sender = Sender::new(server.url(), &created.api_key, &ids);
    let again: Vec<String> = acknowledged
        .iter()
        .step_by(acknowledged.len() / 50 + 1)
        .cloned()
        .collect();
    for (id, status) in sender.post(&again).await.unwrap() {
        assert_eq!(status, ItemStatus::Duplicate, "{id}");
    }
    assert_eq!(
        sender.post(&acknowledged[..1]).await.unwrap()[0].1,
        ItemStatus::Duplicate
    );
    println!(
        "{} acknowledged, {} stored, {KILLS} kills",
        acknowledged.len(),
        stored.len()
    );
}
