//! Against a server of our own that speaks the PulseStream routes and can misbehave.

use std::collections::HashSet;
use std::io::Write;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::cli::{IngestArgs, Mode, ingest};
use crate::generate::{Generator, Plan};

/// What the mock has seen, and how it shall misbehave.
#[derive(Default)]
struct Mock {
    stored: HashSet<String>,
    requests: usize,
    singles: usize,
    at_once: usize,
    most_at_once: usize,
    /// Nobody is answered before so many have come at once.
    gather: usize,
    /// The next requests are answered with this status and `Retry-After: 1`.
    busy: usize,
    busy_status: u16,
    /// Batches larger than this get 413.
    largest: usize,
    wrong_key: bool,
}

type Shared = Arc<Mutex<Mock>>;

fn store(mock: &mut Mock, event: &Value) -> Value {
    let id = event["event_id"].as_str().unwrap_or("unknown").to_owned();
    if event["event_type"].is_null() {
        let errors = json!([{"loc": ["body", "event_type"], "msg": "Field required"}]);
        return json!({"success": false, "event_id": id, "processing_status": "failed", "errors": errors});
    }
    let message = if mock.stored.insert(id.clone()) {
        "Event ingested successfully"
    } else {
        "Event already exists (idempotent)"
    };
    json!({"success": true, "event_id": id, "processing_status": "queued", "message": message, "errors": null})
}

async fn handle(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    {
        let mut mock = shared.lock().unwrap();
        mock.requests += 1;
        mock.at_once += 1;
        mock.most_at_once = mock.most_at_once.max(mock.at_once);
    }
    // A fixed pause would be a race: a busy machine may take longer to send the next one.
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let mock = shared.lock().unwrap();
        if mock.most_at_once >= mock.gather || Instant::now() > patience {
            break;
        }
    }
    let mut mock = shared.lock().unwrap();
    mock.at_once -= 1;
    if mock.wrong_key || headers["x-api-key"] != "proj_1_key" {
        let body = json!({"error": "HTTP_ERROR", "message": "Invalid API key", "status_code": 401});
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    if mock.busy > 0 {
        mock.busy -= 1;
        let status = StatusCode::from_u16(mock.busy_status).unwrap();
        return (status, [("retry-after", "1")], "busy").into_response();
    }
    let body: Value = serde_json::from_slice(&body).unwrap();
    let Some(events) = body["events"].as_array() else {
        mock.singles += 1;
        let answer = store(&mut mock, &body);
        let status = if answer["success"] == true {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        return (status, Json(answer)).into_response();
    };
    if events.len() > mock.largest {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let results: Vec<_> = events.iter().map(|event| store(&mut mock, event)).collect();
    let ok = results.iter().filter(|result| result["success"] == true).count();
    Json(json!({"successful_count": ok, "failed_count": results.len() - ok, "results": results})).into_response()
}

/// The product's own door: refuses what is called `bad`.
async fn handle_native(State(shared): State<Shared>, body: Bytes) -> Json<Value> {
    let sent: Value = serde_json::from_slice(&body).unwrap();
    let mut mock = shared.lock().unwrap();
    let items: Vec<Value> = sent["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let id = event["event_id"].as_str().unwrap().to_owned();
            let status = if event["name"] == "bad" {
                "rejected"
            } else if mock.stored.insert(id.clone()) {
                "accepted"
            } else {
                "duplicate"
            };
            json!({"event_id": id, "status": status, "errors": []})
        })
        .collect();
    Json(json!({"accepted": 0, "duplicates": 0, "rejected": 0, "items": items}))
}

async fn serve(mock: Mock) -> (Shared, String) {
    let shared = Shared::new(Mutex::new(mock));
    let router = Router::new()
        .route("/api/v1/ingestion/events", post(handle))
        .route("/api/v1/ingestion/events/batch", post(handle))
        .route("/api/v1/events/batch", post(handle_native))
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::clone(&shared));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (shared, url)
}

fn well() -> Mock {
    Mock {
        largest: 1_000,
        ..Mock::default()
    }
}

fn file(lines: impl IntoIterator<Item = String>) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    for line in lines {
        writeln!(file, "{line}").unwrap();
    }
    file
}

fn generated(count: u64) -> Generator {
    Generator::new(&Plan {
        count,
        hours: 1,
        end: crate::now(),
        seed: Some(1),
    })
}

fn args(file: &NamedTempFile, url: &str) -> IngestArgs {
    IngestArgs {
        file: file.path().to_str().unwrap().to_owned(),
        url: url.parse().unwrap(),
        api_key: "proj_1_key".into(),
        mode: Mode::Concurrent,
        concurrency: 4,
        batch: 100,
        delay: 0,
        limit: None,
        tries: 3,
        timeout: 5,
    }
}

async fn pour(args: &IngestArgs) -> (ExitCode, String) {
    let mut log = Vec::new();
    let code = ingest(args, &mut log).await.unwrap();
    (code, String::from_utf8(log).unwrap())
}

#[tokio::test]
async fn every_event_arrives_and_a_second_time_is_a_duplicate() {
    let (mock, url) = serve(Mock { gather: 4, ..well() }).await;
    let file = file(generated(1_050));
    let (code, log) = pour(&args(&file, &url)).await;
    assert_eq!(code, ExitCode::SUCCESS, "{log}");
    assert!(log.contains("Successful: 1050 (100.0%)"), "{log}");
    assert!(log.contains("p99"), "{log}");
    {
        let mock = mock.lock().unwrap();
        assert_eq!((mock.stored.len(), mock.requests, mock.most_at_once), (1_050, 11, 4));
    }
    let (code, log) = pour(&args(&file, &url)).await;
    assert_eq!(code, ExitCode::SUCCESS, "{log}");
    assert!(log.contains("Duplicates: 1050"), "{log}");
}

#[tokio::test]
async fn one_by_one_in_order_and_no_more_than_the_limit() {
    let (mock, url) = serve(well()).await;
    let file = file(generated(50));
    let mut args = args(&file, &url);
    (args.batch, args.limit, args.mode) = (1, Some(20), Mode::Sequential);
    let (code, log) = pour(&args).await;
    assert_eq!(code, ExitCode::SUCCESS, "{log}");
    let mock = mock.lock().unwrap();
    assert_eq!((mock.stored.len(), mock.singles, mock.most_at_once), (20, 20, 1));
}

#[tokio::test]
async fn waits_as_long_as_the_server_asks() {
    for status in [429, 503] {
        let (mock, url) = serve(Mock {
            busy: 1,
            busy_status: status,
            ..well()
        })
        .await;
        let file = file(generated(10));
        let started = Instant::now();
        let (code, log) = pour(&args(&file, &url)).await;
        assert_eq!(code, ExitCode::SUCCESS, "{log}");
        assert!(started.elapsed() >= Duration::from_secs(1));
        assert_eq!(mock.lock().unwrap().requests, 2);
        assert_eq!(log.contains("Rate limited: 1"), status == 429, "{log}");
        assert!(log.contains("Requests: 2 (1 repeated)"), "{log}");
    }
}

#[tokio::test]
async fn gives_up_in_the_end_and_says_so() {
    let (mock, url) = serve(Mock {
        busy: 99,
        busy_status: 503,
        ..well()
    })
    .await;
    let file = file(generated(10));
    let (code, log) = pour(&IngestArgs {
        tries: 2,
        ..args(&file, &url)
    })
    .await;
    assert_eq!(code, ExitCode::FAILURE, "{log}");
    assert!(log.contains("Failed: 10 (100.0%)") && log.contains("503: 10"), "{log}");
    assert_eq!(mock.lock().unwrap().requests, 2);
}

#[tokio::test]
async fn a_partial_failure_is_counted_with_its_reason() {
    let (_, url) = serve(well()).await;
    let bad = [r#"{"event_id":"bad"}"#.to_owned(), "not json".to_owned()];
    let file = file(generated(8).chain(bad));
    let (code, log) = pour(&args(&file, &url)).await;
    assert_eq!(code, ExitCode::FAILURE, "{log}");
    for part in [
        "Total events: 10",
        "Successful: 8",
        "Failed: 2",
        "200: 1",
        "1 x event_type: Field required",
        "1 x line 10: ",
    ] {
        assert!(log.contains(part), "{part} in {log}");
    }
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_split() {
    let (mock, url) = serve(Mock { largest: 30, ..well() }).await;
    let file = file(generated(100));
    let (code, log) = pour(&args(&file, &url)).await;
    assert_eq!(code, ExitCode::SUCCESS, "{log}");
    assert_eq!(mock.lock().unwrap().stored.len(), 100);
}

#[tokio::test]
async fn a_wrong_key_ends_it_at_once() {
    let (mock, url) = serve(Mock {
        wrong_key: true,
        ..well()
    })
    .await;
    let file = file(generated(2_000));
    let (code, log) = pour(&args(&file, &url)).await;
    assert_eq!(code, ExitCode::FAILURE, "{log}");
    assert!(
        log.contains("does not accept the API key: 401 Invalid API key"),
        "{log}"
    );
    assert!(mock.lock().unwrap().requests <= 8);
}

#[tokio::test]
async fn nobody_there() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let file = file(generated(500));
    let (code, log) = pour(&IngestArgs {
        tries: 2,
        ..args(&file, &url)
    })
    .await;
    assert_eq!(code, ExitCode::FAILURE, "{log}");
    assert!(
        log.contains("gave up after 2 tries: cannot connect: Connection refused"),
        "{log}"
    );
    assert!(log.contains("(no answer)"), "{log}");
}

#[tokio::test]
async fn events_of_our_own_shape_go_through_our_own_door() {
    let (shared, url) = serve(well()).await;
    let own = |id: &str, name: &str| json!({"event_id": id, "kind": "span", "name": name}).to_string();
    let lines = [own("a", "x"), own("b", "bad"), own("a", "x")]
        .into_iter()
        .chain(generated(2));
    let (_, log) = pour(&args(&file(lines), &url)).await;
    assert!(log.contains("Failed: 1") && log.contains("Duplicates: 1"), "{log}");
    assert_eq!(shared.lock().unwrap().stored.len(), 3);
}
