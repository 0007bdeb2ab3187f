//! Whole runs against a door of our own that can misbehave.

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::cli::{LoadArgs, load};
use super::config::Config;

/// What the door has seen, and how it shall misbehave.
#[derive(Default)]
struct Door {
    events: Vec<Value>,
    batches: Vec<usize>,
    singles: usize,
    /// The next requests are answered with this status and `Retry-After: 1`.
    busy: Option<(u16, usize)>,
    /// Every event of this type is refused.
    refuses: Option<&'static str>,
    /// Before each answer.
    delay: Duration,
}

type Shared = Arc<Mutex<Door>>;

async fn handle(State(shared): State<Shared>, uri: Uri, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let delay = shared.lock().unwrap().delay;
    tokio::time::sleep(delay).await;
    let mut door = shared.lock().unwrap();
    if headers["x-api-key"] != "proj_1_key" {
        return (StatusCode::UNAUTHORIZED, Json(json!({"detail": "Invalid API key"}))).into_response();
    }
    if let Some((status, left)) = door.busy.take() {
        door.busy = (left > 1).then_some((status, left - 1));
        let status = StatusCode::from_u16(status).unwrap();
        return (status, [("retry-after", "1")], Json(json!({"detail": "busy"}))).into_response();
    }
    let mut accept = |event: &Value| {
        assert!(event["topic"].is_string() && event["data"]["user_id"].is_string());
        let refused = door.refuses.is_some_and(|kind| event["event_type"] == kind);
        if refused {
            return json!({"event_type": event["event_type"], "success": false, "error": "not today"});
        }
        door.events.push(event.clone());
        json!({"event_type": event["event_type"], "success": true, "event_id": "x"})
    };
    if !uri.path().ends_with("/batch") {
        let answer = accept(&body);
        door.singles += 1;
        let good = answer["success"] == true;
        let status = if good {
            StatusCode::ACCEPTED
        } else {
            StatusCode::BAD_REQUEST
        };
        return (status, Json(answer)).into_response();
    }
    let events = body["events"].as_array().unwrap();
    let results: Vec<Value> = events.iter().map(accept).collect();
    door.batches.push(results.len());
    let good = results.iter().filter(|item| item["success"] == true).count();
    let bad = results.len() - good;
    let answer =
        json!({"success": true, "total": results.len(), "successful": good, "failed": bad, "results": results});
    (StatusCode::ACCEPTED, Json(answer)).into_response()
}

async fn serve(door: Door) -> (Shared, String) {
    let shared = Shared::new(Mutex::new(door));
    let router = Router::new()
        .route("/api/v1/events/ingest", post(handle))
        .route("/api/v1/events/ingest/batch", post(handle))
        .with_state(Arc::clone(&shared));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (shared, url)
}

/// 230 events at 1,000 a second, by flags.
fn args(url: &str) -> LoadArgs {
    LoadArgs {
        users: Some(20),
        duration: Some(0.23 / 60.0),
        rate: Some(1_000),
        api_key: Some("proj_1_key".into()),
        base_url: Some(url.parse().unwrap()),
        seed: Some(1),
        ..LoadArgs::default()
    }
}

fn config(folder: &TempDir, more: &str) -> Config {
    let mut config = Config::parse(more).unwrap();
    config.output.log_file = folder.path().join("load_test.log");
    config.output.results_file = folder.path().join("results.json");
    config
}

struct Ran {
    code: ExitCode,
    table: String,
    said: String,
    results: Value,
    log: String,
}

async fn run(args: &LoadArgs, more: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder, more);
    let (mut table, mut said) = (Vec::new(), Vec::new());
    let code = load(args, &config, &mut table, &mut said).await.unwrap();
    let results = std::fs::read(&config.output.results_file).unwrap();
    Ran {
        code,
        table: String::from_utf8(table).unwrap(),
        said: String::from_utf8(said).unwrap(),
        results: serde_json::from_slice(&results).unwrap(),
        log: std::fs::read_to_string(&config.output.log_file).unwrap(),
    }
}

fn has_row(table: &str, name: &str, value: &str) -> bool {
    let mut rows = table.lines().filter_map(|line| line.trim().strip_prefix(name));
    rows.any(|rest| rest.trim() == value)
}

#[tokio::test]
async fn every_event_arrives_in_its_time() {
    let (door, url) = serve(Door::default()).await;
    let started = Instant::now();
    let ran = run(&args(&url), "").await;
    assert_eq!(ran.code, ExitCode::SUCCESS, "{}", ran.table);
    // The last of five batches is due after 0.2 s, but the rate is that of the whole time.
    assert!(started.elapsed() >= Duration::from_millis(230));
    let rate = ran.results["stats"]["events_per_second"].as_f64().unwrap();
    assert!((500.0..=1_000.0).contains(&rate), "{rate}");
    assert_eq!(door.lock().unwrap().events.len(), 230);
    let mut batches = door.lock().unwrap().batches.clone();
    batches.sort_unstable();
    assert_eq!(batches, [30, 50, 50, 50, 50]);
    assert!(has_row(&ran.table, "Total Events", "230") && has_row(&ran.table, "Success Rate", "100.00%"));
    assert_eq!(ran.results["stats"]["successful_batches"], 5);
    assert_eq!(ran.results["config"]["users"], 20);
    assert!(
        ran.log.contains("INFO - ended: 230 of 230 events stored"),
        "{}",
        ran.log
    );
}

#[tokio::test]
async fn one_by_one() {
    let (door, url) = serve(Door::default()).await;
    let single = LoadArgs {
        single_events: true,
        duration: Some(0.05 / 60.0),
        ..args(&url)
    };
    let ran = run(&single, "").await;
    assert_eq!(ran.code, ExitCode::SUCCESS, "{}", ran.table);
    assert_eq!(door.lock().unwrap().singles, 50);
    assert!(has_row(&ran.table, "Total Batches", "50"));
}

#[tokio::test]
async fn a_partly_failed_batch_counts_event_by_event() {
    let (door, url) = serve(Door {
        refuses: Some("page.view"),
        ..Door::default()
    })
    .await;
    let ran = run(&args(&url), "").await;
    assert_eq!(ran.code, ExitCode::FAILURE);
    let stats = &ran.results["stats"];
    let stored = door.lock().unwrap().events.len() as u64;
    assert_eq!(stats["successful_events"], stored);
    assert_eq!(stats["failed_events"], 230 - stored);
    assert_eq!(
        (&stats["successful_batches"], &stats["failed_batches"]),
        (&json!(0), &json!(0))
    );
    assert!(ran.table.contains("events refused: not today"), "{}", ran.table);
    assert!(ran.log.contains("WARNING - "), "{}", ran.log);
}

#[tokio::test]
async fn busy_is_retried_only_when_the_configuration_says_so() {
    for status in [429, 503] {
        let busy = || Door {
            busy: Some((status, 1)),
            ..Door::default()
        };
        let (door, url) = serve(busy()).await;
        let started = Instant::now();
        let ran = run(&args(&url), "api: {retry_attempts: 1}").await;
        assert_eq!(ran.code, ExitCode::SUCCESS, "{}", ran.table);
        assert!(started.elapsed() >= Duration::from_secs(1), "as the answer asked");
        assert_eq!(door.lock().unwrap().events.len(), 230);
        let latency = &ran.results["stats"]["latency_ms"]["max"];
        assert!(latency.as_f64() >= Some(1_000.0), "the wait counts: {latency}");

        let (_, url) = serve(busy()).await;
        let ran = run(&args(&url), "api: {retry_attempts: 0}").await;
        assert_eq!(ran.code, ExitCode::FAILURE);
        let stats = &ran.results["stats"];
        assert_eq!(
            (&stats["failed_events"], &stats["failed_batches"]),
            (&json!(50), &json!(1))
        );
        let name = if status == 429 { "rate_limited" } else { "unavailable" };
        assert_eq!(stats[name], 1);
    }
}

#[tokio::test]
async fn a_slow_server_is_not_waited_for() {
    let (door, url) = serve(Door {
        delay: Duration::from_millis(1_000),
        ..Door::default()
    })
    .await;
    let started = Instant::now();
    let ran = run(&args(&url), "").await;
    // One after the other they would take 5 s.
    assert!(started.elapsed() < Duration::from_secs(4));
    assert_eq!(door.lock().unwrap().events.len(), 230);
    assert!(ran.results["stats"]["latency_ms"]["p50"].as_f64() >= Some(1_000.0));
    assert!(ran.results["stats"]["service_ms"]["p50"].as_f64() >= Some(1_000.0));
}

#[tokio::test]
async fn hopeless_runs_end_early() {
    let (_, url) = serve(Door::default()).await;
    let wrong = LoadArgs {
        api_key: Some("proj_1_other".into()),
        duration: Some(10.0),
        ..args(&url)
    };
    let ran = run(&wrong, "").await;
    assert_eq!(ran.code, ExitCode::FAILURE);
    assert!(
        ran.said.contains("does not accept the API key: 401 Invalid API key"),
        "{}",
        ran.said
    );

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let nobody = LoadArgs {
        duration: Some(10.0),
        ..args(&url)
    };
    let ran = run(&nobody, "").await;
    assert_eq!(ran.code, ExitCode::FAILURE);
    assert!(ran.said.contains("nobody answers: cannot connect"), "{}", ran.said);
}
