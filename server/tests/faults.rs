//! What fails is the disk, not the promise: under each fault the server
//! refuses with 503, says why, recovers by itself, and has kept every event
//! that it acknowledged, once.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue, Method};
use eventglass_harness::http::{Answer, Client};
use eventglass_harness::server::{ServerProcess, Session};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_eventglass");
/// Size of the disk of its own, in MiB.
const DISK: usize = 24;

/// A server, a project in it, and what it has acknowledged.
struct Patient {
    server: ServerProcess,
    session: Session,
    project: i64,
    client: Client,
    headers: [(HeaderName, HeaderValue); 2],
    sent: usize,
    acknowledged: HashSet<String>,
    data: PathBuf,
    _folder: TempDir,
}

impl Patient {
    async fn start(program: &Path, folder: TempDir) -> Self {
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        let server = ServerProcess::start(program, &data, &folder.path().join("server.log"))
            .await
            .unwrap();
        let session = Session::register(server.url(), "fault@example.com", "correct horse")
            .await
            .unwrap();
        let created = session.create_project("Faults").await.unwrap();
        Self {
            headers: [
                (HeaderName::from_static("x-api-key"), created.api_key.parse().unwrap()),
                (
                    HeaderName::from_static("content-type"),
                    HeaderValue::from_static("application/json"),
                ),
            ],
            client: Client::new(false, Duration::from_secs(30)).unwrap(),
            project: created.project.id,
            server,
            session,
            sent: 0,
            acknowledged: HashSet::new(),
            data,
            _folder: folder,
        }
    }

    /// Posts one event of about a kilobyte.
    async fn post(&mut self) -> Answer {
        self.sent += 1;
        let id = format!("e{}", self.sent);
        let body = format!(
            r#"{{"event_id":"{id}","kind":"k","message":"{}"}}"#,
            "lorem ipsum ".repeat(80)
        );
        let uri = self.server.url().at("/api/v1/events").unwrap();
        let answer = self.client.send(Method::POST, uri, &self.headers, body).await.unwrap();
        match answer.status {
            202 => drop(self.acknowledged.insert(id)),
            503 => {}
            other => panic!("{other}: {}", String::from_utf8_lossy(&answer.body)),
        }
        answer
    }

    async fn post_until(&mut self, status: u16, within: Duration) -> Answer {
        let started = Instant::now();
        loop {
            let answer = self.post().await;
            if answer.status == status {
                return answer;
            }
            assert!(started.elapsed() < within, "no {status} within {within:?}");
        }
    }

    async fn readiness(&self) -> Answer {
        let uri = self.server.url().at("/readyz").unwrap();
        self.client.send(Method::GET, uri, &[], "").await.unwrap()
    }

    /// The fault is there: refusals at once, and the reason for whoever asks.
    async fn assert_refusing(&mut self, reason: &str) {
        let refusal = self.post_until(503, Duration::from_secs(30)).await;
        assert!(refusal.headers.contains_key("retry-after"));
        let started = Instant::now();
        assert_eq!(self.post().await.status, 503);
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "refused at once, not after trying"
        );
        let readiness = self.readiness().await;
        let text = String::from_utf8_lossy(&readiness.body).to_lowercase();
        assert_eq!(readiness.status, 503, "{text}");
        assert!(text.contains(reason), "{text}");
        // What is stored can still be read.
        let page = self.session.events(self.project, &[("limit", "1")]).await.unwrap();
        assert_eq!(page.items.len(), 1);
    }

    /// The fault is gone: all is well again, by itself, and nothing is lost.
    async fn assert_recovers(mut self) {
        self.post_until(202, Duration::from_secs(15)).await;
        assert_eq!(self.readiness().await.status, 200);
        self.assert_measured().await;
        for _ in 0..20 {
            assert_eq!(self.post().await.status, 202);
        }
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let mut query = vec![("limit", "1000")];
            if !cursor.is_empty() {
                query.push(("cursor", &cursor));
            }
            let page = self.session.events(self.project, &query).await.unwrap();
            seen.extend(page.items.into_iter().map(|event| event.event_id));
            match page.next_cursor {
                Some(next) => cursor = next,
                None => break,
            }
        }
        let unique: HashSet<String> = seen.iter().cloned().collect();
        assert_eq!(unique.len(), seen.len(), "stored once");
        let lost: Vec<_> = self.acknowledged.difference(&unique).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    }
}

impl Patient {
    /// The metrics tell the story, and the dashboard asks for no others.
    async fn assert_measured(&self) {
        let uri = self.server.url().at("/metrics").unwrap();
        let answer = self.client.send(Method::GET, uri, &[], "").await.unwrap();
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        let value = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
                .unwrap_or_else(|| panic!("{name} is not in {text}"))
        };
        assert!(value("eventglass_breaker_open") < 0.5);
        assert!(value("eventglass_commit_failures_total") >= 1.0);
        assert!(value("eventglass_commit_retries_total") >= 1.0);
        assert!(value("eventglass_database_bytes") > 100_000.0);
        // Of those, a refusal of too many and a failed job may not have come up.
        let rare = ["eventglass_ingest_limited_total"];
        let dashboard = include_str!("../../docs/grafana/eventglass.json");
        let names = dashboard.match_indices("eventglass_").map(|(at, _)| {
            let rest = &dashboard[at..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap();
            &rest[..end]
        });
        for name in names.filter(|name| !rare.contains(name)) {
            assert!(text.contains(name), "the dashboard asks for {name}");
        }
    }
}

/// A program that runs the server in a mount namespace of its own, where its
/// data folder is a small disk. It needs no rights on most systems.
fn on_a_small_disk(folder: &Path, before_start: &str) -> PathBuf {
    let script = folder.join("eventglass-on-a-small-disk");
    let data = folder.join("data");
    let text = format!(
        "#!/bin/sh\nexec unshare --map-root-user --mount sh -c 'mount -t tmpfs -o size={DISK}m tmpfs \"{data}\" && \
         {before_start} exec {PROGRAM} \"$@\"' sh \"$@\"\n",
        data = data.display(),
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script
}

/// A program that runs the server so that a write beyond its limit fails, as it
/// does on a file that became read-only, instead of ending it.
fn told_of_limits(folder: &Path) -> PathBuf {
    let script = folder.join("eventglass-told-of-limits");
    std::fs::write(&script, format!("#!/bin/sh\ntrap '' XFSZ\nexec {PROGRAM} \"$@\"\n")).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script
}

/// Says how far a running program may write into any file, in bytes.
fn limit_files(pid: u32, bytes: &str) {
    let status = Command::new("prlimit")
        .args(["--pid", &pid.to_string(), &format!("--fsize={bytes}:")])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Whoever runs this may be root, whom no permission keeps from writing, and a
/// disk with files that are open cannot be made read-only. A limit on the size of
/// files is kept for everybody: of 4 KiB, not one page gets into the log.
#[tokio::test]
async fn files_that_take_no_more_writes_while_it_serves() {
    let folder = tempfile::tempdir().unwrap();
    let program = told_of_limits(folder.path());
    let mut patient = Patient::start(&program, folder).await;
    for _ in 0..20 {
        patient.post().await;
    }
    limit_files(patient.server.pid(), "4096");
    patient.assert_refusing("i/o error").await;
    limit_files(patient.server.pid(), "unlimited");
    patient.assert_recovers().await;
}

#[tokio::test]
async fn a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let program = on_a_small_disk(folder.path(), "");
    let mut patient = Patient::start(&program, folder).await;
    for _ in 0..50 {
        patient.post().await;
    }
    // The disk as the server sees it.
    let seen = PathBuf::from(format!("/proc/{}/root", patient.server.pid()));
    let filler = seen.join(patient.data.strip_prefix("/").unwrap()).join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    let block = vec![7; 64 << 10];
    while std::io::Write::write_all(&mut file, &block).is_ok() {}
    drop(file);
    patient.assert_refusing("full").await;
    std::fs::remove_file(&filler).unwrap();
    patient.assert_recovers().await;
}

#[tokio::test]
async fn a_database_that_another_program_holds() {
    let folder = tempfile::tempdir().unwrap();
    let mut patient = Patient::start(Path::new(PROGRAM), folder).await;
    for _ in 0..20 {
        patient.post().await;
    }
    let other = rusqlite::Connection::open(patient.data.join("eventglass.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    patient.assert_refusing("locked").await;
    other.execute_batch("ROLLBACK").unwrap();
    patient.assert_recovers().await;
}

#[tokio::test]
async fn a_database_that_is_gone_for_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let mut patient = Patient::start(Path::new(PROGRAM), folder).await;
    for _ in 0..20 {
        patient.post().await;
    }
    let (there, elsewhere) = (patient.data.join("eventglass.db"), patient.data.join("elsewhere.db"));
    std::fs::rename(&there, &elsewhere).unwrap();
    patient.assert_refusing("no such file").await;
    std::fs::rename(&elsewhere, &there).unwrap();
    patient.assert_recovers().await;
}

#[test]
fn a_read_only_file_stops_the_start_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let remount = format!("mount -o remount,ro \"{}\" &&", data.display());
    let program = on_a_small_disk(folder.path(), &remount);
    let Output { status, stderr, .. } = Command::new(program)
        .args(["serve", "--addr", "127.0.0.1:0", "--data"])
        .arg(&data)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&stderr);
    assert!(!status.success(), "{text}");
    assert!(text.contains("eventglass.db"), "{text}");
}
