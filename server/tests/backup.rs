//! Backups of a server under load, with real processes: every event that was
//! acknowledged before a backup began is in it, once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method};
use eventglass_harness::http::{BaseUrl, Client};
use eventglass_harness::server::{ServerProcess, Session};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const PROGRAM: &str = env!("CARGO_BIN_EXE_eventglass");
const BATCH: u64 = 40;

fn run(command: &str, file: &Path, data: &Path, more: &[&str]) -> Output {
    Command::new(PROGRAM)
        .arg(command)
        .arg(file)
        .arg("--data")
        .arg(data)
        .args(more)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    let bytes = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[derive(Default)]
struct Load {
    next: AtomicU64,
    acknowledged: Mutex<Vec<u64>>,
    stop: AtomicBool,
}

impl Load {
    async fn send(&self, url: &BaseUrl, key: &str) {
        let client = Client::new(false, Duration::from_secs(30)).unwrap();
        let headers = [
            (HeaderName::from_static("x-api-key"), key.parse().unwrap()),
            (
                HeaderName::from_static("content-type"),
                HeaderValue::from_static("application/json"),
            ),
        ];
        while !self.stop.load(Ordering::Relaxed) {
            let first = self.next.fetch_add(BATCH, Ordering::Relaxed);
            let events: Vec<Value> = (first..first + BATCH)
                .map(|n| json!({ "event_id": format!("e{n}"), "kind": "k", "message": "under load ".repeat(20) }))
                .collect();
            let uri = url.at("/api/v1/events/batch").unwrap();
            let body = Value::from(events).to_string();
            let answer = client.send(Method::POST, uri, &headers, body).await.unwrap();
            assert_eq!(answer.status, 202, "a backup is no reason to refuse");
            self.acknowledged.lock().unwrap().extend(first..first + BATCH);
        }
    }

    fn acknowledged(&self) -> Vec<u64> {
        self.acknowledged.lock().unwrap().clone()
    }
}

/// How often each event is in a database file.
fn events_in(file: &Path) -> HashMap<u64, u64> {
    let database = rusqlite::Connection::open(file).unwrap();
    let mut statement = database
        .prepare("SELECT event_id FROM events WHERE project_id > 0")
        .unwrap();
    let ids = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let mut times = HashMap::new();
    for id in ids {
        *times.entry(id.unwrap()[1..].parse().unwrap()).or_default() += 1;
    }
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_in_the_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("server.log"));
    let server = ServerProcess::start(Path::new(PROGRAM), &data, &log).await.unwrap();
    let session = Session::register(server.url(), "backup@example.com", "correct horse")
        .await
        .unwrap();
    let created = session.create_project("Backup").await.unwrap();
    session.lift_limits(created.project.id).await.unwrap();
    let load = Arc::new(Load::default());
    let mut senders = JoinSet::new();
    for _ in 0..4 {
        let (load, url, key) = (Arc::clone(&load), server.url().clone(), created.api_key.clone());
        senders.spawn(async move { load.send(&url, &key).await });
    }
    let file = |n: usize| folder.path().join(format!("backup{n}.db"));
    let mut taken_meanwhile = 0;
    for n in 0..5 {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let before = load.acknowledged();
        let (file, data) = (file(n), data.clone());
        let output = tokio::task::spawn_blocking({
            let file = file.clone();
            move || run("backup", &file, &data, &[])
        })
        .await
        .unwrap();
        assert!(output.status.success(), "{}", text(&output));
        let sent = load.next.load(Ordering::Relaxed);
        taken_meanwhile += load.acknowledged().len() - before.len();
        let stored = events_in(&file);
        assert!(!before.is_empty());
        let missing = before.iter().filter(|id| stored.get(id) != Some(&1)).count();
        assert_eq!(missing, 0, "of {} that were acknowledged before", before.len());
        assert!(stored.iter().all(|(id, times)| *times == 1 && *id < sent));
        assert!(
            text(&output).contains(&format!("{} events", stored.len())),
            "{}",
            text(&output)
        );
    }
    // Each is done within so few commits that a slow disk may let none through.
    assert!(taken_meanwhile > 0, "no event was taken during five backups");
    load.stop.store(true, Ordering::Relaxed);
    senders.join_all().await;

    let refused = run("backup", &file(4), &data, &[]);
    assert!(
        !refused.status.success() && text(&refused).contains("--replace"),
        "{}",
        text(&refused)
    );
    let refused = run("restore", &file(4), &data, &["--replace"]);
    assert!(
        text(&refused).contains("a server is using the database"),
        "{}",
        text(&refused)
    );
    server.kill().unwrap();
    let refused = run("restore", &file(4), &data, &[]);
    assert!(text(&refused).contains("--replace"), "{}", text(&refused));

    // In the old place, and in a new one.
    let stored = events_in(&file(4));
    for data in [data, folder.path().join("elsewhere/data")] {
        let restored = run("restore", &file(4), &data, &["--replace"]);
        assert!(restored.status.success(), "{}", text(&restored));
        let server = ServerProcess::start(Path::new(PROGRAM), &data, &log).await.unwrap();
        let session = session.moved_to(server.url());
        let project = session.project(created.project.id).await.unwrap();
        assert_eq!(usize::try_from(project.event_count), Ok(stored.len()));
        let found = session
            .events(created.project.id, &[("q", "load"), ("limit", "1000")])
            .await
            .unwrap();
        assert!(
            found
                .items
                .iter()
                .all(|event| stored.contains_key(&event.event_id[1..].parse().unwrap()))
        );
        assert_eq!(found.items.len(), 1_000.min(stored.len()));
        server.kill().unwrap();
        assert_eq!(events_in(&data.join("eventglass.db")), stored);
    }
}

#[test]
fn migrate_says_what_is_pending() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let migrate = |more: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command
            .arg("migrate")
            .arg("--data")
            .arg(&data)
            .args(more)
            .output()
            .unwrap()
    };
    let pending = migrate(&["--check"]);
    assert_eq!(pending.status.code(), Some(1));
    assert!(text(&pending).starts_with("pending 0001 core\n"), "{}", text(&pending));
    assert!(!data.exists(), "a check changes nothing");
    let done = migrate(&[]);
    assert!(
        done.status.success() && text(&done).contains("running 0001 core"),
        "{}",
        text(&done)
    );
    for more in [&["--check"][..], &[]] {
        let current = migrate(more);
        assert!(current.status.success(), "{}", text(&current));
        assert!(
            text(&current).starts_with("The schema is up to date: version "),
            "{}",
            text(&current)
        );
    }

    // As a later program leaves it.
    let database = rusqlite::Connection::open(data.join("eventglass.db")).unwrap();
    let later = "INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, success, checksum, execution_time \
         FROM _sqlx_migrations WHERE version = 1";
    database.execute(later, []).unwrap();
    drop(database);
    let mut serve = Command::new(PROGRAM);
    let serve = serve
        .args(["serve", "--addr", "127.0.0.1:0", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    for newer in [migrate(&["--check"]), migrate(&[]), serve] {
        assert!(!newer.status.success());
        let said = text(&newer);
        assert!(
            said.contains("schema version 9999") && said.contains("newer Eventglass"),
            "{said}"
        );
    }
}
