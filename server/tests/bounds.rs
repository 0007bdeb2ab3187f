//! What somebody sends who means no good, or reads who never does, to the real
//! program: a few kilobytes that are millions of items, bodies that take long,
//! sockets that nobody reads. It answers soon, in little memory, and others get on.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue, Method};
use eventglass_harness::http::{Answer, Client};
use eventglass_harness::server::{ServerProcess, Session};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

const PROGRAM: &str = env!("CARGO_BIN_EXE_eventglass");
/// Just below `body_limit_bytes`.
const BODY: usize = (10 << 20) - 1_000;
/// The most memory that a refusal takes: what the documentation says.
const MOST_MEMORY: usize = 16 * (10 << 20);
/// The longest that it takes, of a program that is not optimised.
const MOST_TIME: Duration = Duration::from_secs(15);
const JSON: &str = "application/json";
const PROTO: &str = "application/x-protobuf";

/// A server with a project and its key.
struct Site {
    server: ServerProcess,
    client: Client,
    key: String,
    project: i64,
    _folder: TempDir,
}

impl Site {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (data, log) = (folder.path().join("data"), folder.path().join("server.log"));
        let server = ServerProcess::start_with(Path::new(PROGRAM), &data, &log, settings)
            .await
            .unwrap();
        let session = Session::register(server.url(), "bounds@example.com", "correct horse")
            .await
            .unwrap();
        let created = session.create_project("Bounds").await.unwrap();
        Self {
            server,
            client: Client::new(false, Duration::from_secs(60)).unwrap(),
            key: created.api_key,
            project: created.project.id,
            _folder: folder,
        }
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&'static str, &str)], body: Vec<u8>) -> Answer {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect();
        let uri = self.server.url().at(path).unwrap();
        self.client.send(method, uri, &headers, body).await.unwrap()
    }

    async fn post(&self, path: &str, content_type: &str, body: Vec<u8>) -> Answer {
        let headers = [("x-api-key", self.key.as_str()), ("content-type", content_type)];
        self.send(Method::POST, path, &headers, body).await
    }

    /// Sends a body compressed, which makes kilobytes of megabytes.
    async fn post_bomb(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(body).unwrap();
        let bomb = gzip.finish().unwrap();
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        let headers = [
            ("x-api-key", self.key.as_str()),
            ("content-type", content_type),
            ("content-encoding", "gzip"),
        ];
        self.send(Method::POST, path, &headers, bomb).await
    }

    /// A figure of `/proc/<pid>/status`, in bytes.
    fn memory(&self, name: &str) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib << 10
    }

    /// A connection of one's own, with something sent.
    async fn connection(&self, sent: &str) -> TcpStream {
        let uri = self.server.url().at("/").unwrap();
        let addr = uri.authority().unwrap().as_str().parse().unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 << 10).unwrap();
        let mut stream = socket.connect(addr).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        stream
    }
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// So much of a list of bad items, between two texts.
fn list(before: &str, item: &str, after: &str) -> Vec<u8> {
    let items = (BODY - before.len() - after.len()) / (item.len() + 1);
    let mut items = format!("{item},").repeat(items);
    items.pop();
    format!("{before}{items}{after}").into_bytes()
}

/// A message in a message, by the tags of the fields that hold it.
fn nested(tags: &[u8], message: Vec<u8>) -> Vec<u8> {
    tags.iter().rev().fold(message, |inner, tag| {
        let mut outer = vec![tag << 3 | 2];
        prost::encoding::encode_varint(inner.len() as u64, &mut outer);
        outer.extend(inner);
        outer
    })
}

/// As many empty messages of a field as there is room for.
fn empty(tag: u8) -> Vec<u8> {
    [tag << 3 | 2, 0].repeat(BODY / 2 - 50)
}

/// What is sent where, and what the answer is to say.
fn bombs(project: i64) -> Vec<(String, &'static str, Vec<u8>, u16, &'static str)> {
    let many = "at most 10000 events";
    let mut bombs = Vec::new();
    let mut json = |path: &str, before: &str, after: &str, status, says| {
        for item in ["1", "{}"] {
            bombs.push((path.to_owned(), JSON, list(before, item, after), status, says));
        }
    };
    json("/api/v1/events/batch", "[", "]", 422, many);
    json("/api/v1/events/batch", "{\"events\":[", "]}", 422, many);
    json("/api/v1/ingestion/events/batch", "{\"events\":[", "]}", 422, many);
    let sdk = format!("/sdk/v1/projects/{project}/events/batch");
    json(&sdk, "{\"events\":[", "]}", 400, many);
    json("/api/events", "{\"events\":[", "]}", 400, many);
    json(
        &format!("/api/projects/{project}/events"),
        "{\"events\":[",
        "]}",
        400,
        many,
    );
    json(
        "/api/v1/events/ingest/batch",
        "{\"events\":[",
        "]}",
        422,
        "at most 100 items",
    );
    json("/api/public/ingestion", "{\"batch\":[", "]}", 400, many);
    json("/api/public/scores", "[", "]", 400, many);
    let spans = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[";
    json("/v1/traces", spans, "]}]}]}", 413, many);
    json(
        "/v1/logs",
        "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[",
        "]}]}]}",
        413,
        many,
    );
    // One item, and all that it holds.
    let one = "{\"batch\":[{\"id\":\"e\",\"type\":\"span-create\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"body\":{\"input\":[";
    bombs.push((
        "/api/public/ingestion".to_owned(),
        JSON,
        list(one, "{\"\":1}", "]}}]}"),
        207,
        "holds too many values",
    ));
    let attributes = format!("{spans}{{\"attributes\":[");
    for before in [attributes.as_str(), "{\"resourceSpans\":["] {
        let after = if before == attributes { "]}]}]}]}" } else { "]}" };
        let body = list(before, "{}", after);
        bombs.push(("/v1/traces".to_owned(), JSON, body, 413, "too many values"));
    }
    let points = "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"gauge\":{\"dataPoints\":[";
    let body = list(points, "1", "]}}]}]}]}");
    bombs.push(("/v1/metrics".to_owned(), JSON, body, 200, "metrics are not stored"));
    let lines = "{}\n".repeat(BODY / 3);
    bombs.push(("/api/v1/events/batch".to_owned(), JSON, lines.into_bytes(), 422, many));
    for (path, body, status, says) in [
        ("/v1/traces", nested(&[1, 2], empty(2)), 413, many),
        ("/v1/logs", nested(&[1, 2], empty(2)), 413, many),
        (
            "/v1/metrics",
            nested(&[1, 2, 2, 5], empty(1)),
            200,
            "metrics are not stored",
        ),
        ("/v1/traces", empty(1), 413, "too many values"),
        ("/v1/traces", nested(&[1, 2, 2], empty(9)), 413, "too many values"),
        ("/v1/logs", nested(&[1, 2, 2, 5, 5], empty(1)), 413, "too many values"),
    ] {
        bombs.push((path.to_owned(), PROTO, body, status, says));
    }
    bombs
}

#[tokio::test]
async fn millions_of_bad_items_take_little_time_and_memory() {
    let site = Site::start(&[]).await;
    // What is there once is not what a request takes.
    site.post("/api/v1/events/batch", JSON, b"[{\"kind\": \"first\"}]".to_vec())
        .await;
    let before = site.memory("VmRSS");
    for (n, (path, content_type, body, status, says)) in bombs(site.project).into_iter().enumerate() {
        assert!(body.len() <= BODY && body.len() > BODY - 1_000, "{}", body.len());
        let what = format!(
            "{n}: {path} {content_type} {}…",
            String::from_utf8_lossy(&body[..60]).escape_debug()
        );
        let started = Instant::now();
        let answer = site.post_bomb(&path, content_type, &body).await;
        let took = started.elapsed();
        assert_eq!(answer.status, status, "{what}: {}", text(&answer));
        assert!(text(&answer).contains(says), "{what}: {}", text(&answer));
        assert!(took < MOST_TIME, "{what} took {took:?}");
        let grown = site.memory("VmHWM").saturating_sub(before);
        assert!(grown < MOST_MEMORY, "{what}: {} MB more", grown >> 20);
    }
}

#[tokio::test]
async fn data_points_are_counted_to_the_last() {
    let site = Site::start(&[]).await;
    let points = b"{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"sum\":{\"dataPoints\":[".to_vec();
    let body = [points, b"1,".repeat(999_999), b"1]}}]}]}]}".to_vec()].concat();
    let answer = site.post_bomb("/v1/metrics", JSON, &body).await;
    let said: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(said["partialSuccess"]["rejectedDataPoints"], "1000000", "{said}");
}

/// The server has one thread for connections, and all ask it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_behind_a_large_body() {
    let site = Arc::new(Site::start(&[("TOKIO_WORKER_THREADS", "1")]).await);
    let item = json!({ "event_id": 7.5, "nothing": vec!["a"; 200] }).to_string();
    let body = format!("[{}]", vec![item; 9_900].join(",")).into_bytes();
    assert!(body.len() > 6 << 20 && body.len() < BODY, "{}", body.len());
    let over = Arc::new(AtomicBool::new(false));
    let prober = tokio::spawn({
        let (site, over) = (Arc::clone(&site), Arc::clone(&over));
        async move {
            let mut longest = Duration::ZERO;
            while !over.load(Ordering::SeqCst) {
                let started = Instant::now();
                let answer = site.send(Method::GET, "/healthz", &[], Vec::new()).await;
                assert_eq!(answer.status, 200);
                longest = longest.max(started.elapsed());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            longest
        }
    });
    // Compressed, so that it is not the sending that takes the time.
    let started = Instant::now();
    let answer = site.post_bomb("/api/v1/events/batch", JSON, &body).await;
    let took = started.elapsed();
    over.store(true, Ordering::SeqCst);
    let longest = prober.await.unwrap();
    assert_eq!(answer.status, 422, "{:.300}", text(&answer));
    assert!(
        longest < took / 2,
        "the probe waited {longest:?} while the body took {took:?}"
    );
}

#[tokio::test]
async fn readers_that_never_read_give_their_room_back() {
    let settings = [
        ("EVENTGLASS_EXPORTS", "2"),
        ("EVENTGLASS_ANSWER_IDLE_SECS", "2"),
        ("EVENTGLASS_REQUEST_TIMEOUT_SECS", "10"),
    ];
    let site = Site::start(&settings).await;
    // 27 MB: more than the machine keeps for a reader.
    for batch in 0..3 {
        let event =
            |n: i32| json!({ "event_id": format!("{batch}-{n}"), "kind": "k", "message": "wide ".repeat(18_000) });
        let events: Vec<Value> = (0..100).map(event).collect();
        let answer = site
            .post("/api/v1/events/batch", JSON, json!(events).to_string().into_bytes())
            .await;
        assert_eq!(answer.status, 202, "{:.300}", text(&answer));
    }
    let credentials = json!({ "email": "bounds@example.com", "password": "correct horse" }).to_string();
    let answer = site
        .send(
            Method::POST,
            "/api/auth/login",
            &[("content-type", JSON)],
            credentials.into_bytes(),
        )
        .await;
    let session: Value = serde_json::from_slice(&answer.body).unwrap();
    let export = format!(
        "GET /api/v1/projects/{}/export HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
        site.project,
        session["token"].as_str().unwrap()
    );
    let status = async || {
        let mut stream = site.connection(&export).await;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.unwrap();
        (String::from_utf8(head.to_vec()).unwrap(), stream)
    };
    let mut stuck = Vec::new();
    for _ in 0..2 {
        let (head, stream) = status().await;
        assert_eq!(head, "HTTP/1.1 200");
        stuck.push(stream);
    }
    assert_eq!(status().await.0, "HTTP/1.1 503", "there is room for two");
    let started = Instant::now();
    while status().await.0 != "HTTP/1.1 200" {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "the room is not given back"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(stuck);
}

#[tokio::test]
async fn what_is_refused_at_the_edge_is_counted() {
    let site = Site::start(&[("EVENTGLASS_REQUEST_TIMEOUT_SECS", "1")]).await;
    let key = site.key.as_str();
    let wrong = [("x-api-key", key), ("content-type", PROTO), ("content-encoding", "lz4")];
    assert_eq!(
        site.send(Method::POST, "/v1/traces", &wrong, Vec::new()).await.status,
        415
    );
    assert_eq!(site.send(Method::GET, "/v1/traces", &[], Vec::new()).await.status, 405);
    let trickle = format!(
        "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {key}\r\nContent-Type: {JSON}\r\nContent-Length: 100\r\n\r\n{{"
    );
    let mut stream = site.connection(&trickle).await;
    let mut answer = vec![0; 4_096];
    let n = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..n]).to_lowercase();
    assert!(
        answer.starts_with("http/1.1 503") && answer.contains("retry-after: 1"),
        "{answer}"
    );
    let metrics = text(&site.send(Method::GET, "/metrics", &[], Vec::new()).await);
    for status in ["405", "415", "503"] {
        let mut lines = metrics
            .lines()
            .filter(|line| line.starts_with("eventglass_ingest_requests_total{"));
        assert!(
            lines.any(|line| line.contains("door=\"otlp\"") && line.contains(status) && line.ends_with(" 1")),
            "no {status} in {metrics}"
        );
    }
}
