//! Each check against a server that does well, and against one that does not.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::check::{Checked, check};
use super::cli::{VerifyArgs, verify};
use super::probe::Probe;
use super::report::Verdict;

/// How the server misbehaves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Fault {
    #[default]
    None,
    /// Answers 500 to endpoints that begin so.
    Fails(&'static str),
    /// Answers 500 to every fourth of them.
    FailsSometimes(&'static str),
    TakesDuplicates,
    /// A new `event_id` in each answer.
    InventsIds,
    NoGuard,
    /// A conflict, even when the first answer was never heard.
    Strict,
    WholeBatch,
    /// 400 for 422.
    BadRequest,
    /// The search answers with ids of its own.
    OtherIds,
    SearchFails,
    ForgetsAll,
}

#[derive(Default)]
struct Server {
    fault: Fault,
    /// Whether the answer was heard, by event id.
    heard: HashMap<String, bool>,
    sources: HashMap<String, u32>,
    stored: Vec<(String, String)>,
    requests: u32,
}

type Shared = Arc<Mutex<Server>>;

fn status(code: StatusCode, body: Value) -> Response {
    (code, Json(body)).into_response()
}

/// What one event is answered, before it is stored.
fn refuse(server: &mut Server, event: &Value) -> Option<Response> {
    let kind = event["event_type"].as_str();
    if kind != Some("api_call") || !event["source"].is_object() {
        let code = match server.fault {
            Fault::BadRequest => StatusCode::BAD_REQUEST,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        return Some(status(
            code,
            json!({"detail": [{"loc": ["body", "event_type"], "msg": "Field required"}]}),
        ));
    }
    let endpoint = event["source"]["endpoint"].as_str().unwrap();
    server.requests += 1;
    let fails = match server.fault {
        Fault::Fails(prefix) => endpoint.starts_with(prefix),
        Fault::FailsSometimes(prefix) => endpoint.starts_with(prefix) && server.requests.is_multiple_of(4),
        _ => false,
    };
    if fails {
        return Some(status(StatusCode::INTERNAL_SERVER_ERROR, json!({"message": "broken"})));
    }
    let source = server.sources.entry(event["source"].to_string()).or_default();
    *source += 1;
    if *source > 100 && server.fault != Fault::NoGuard {
        let answer = (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "60")], Json(json!({})));
        return Some(answer.into_response());
    }
    let id = event["event_id"].as_str().unwrap();
    let conflict = match server.heard.get(id) {
        None => false,
        Some(heard) => (*heard || server.fault == Fault::Strict) && server.fault != Fault::TakesDuplicates,
    };
    conflict.then(|| status(StatusCode::CONFLICT, json!({"event_id": id, "message": "duplicate"})))
}

async fn one(State(shared): State<Shared>, headers: HeaderMap, Json(event): Json<Value>) -> Response {
    let id = event["event_id"].as_str().unwrap_or("unknown").to_owned();
    if headers["x-api-key"] != "proj_1_key" {
        return status(StatusCode::UNAUTHORIZED, json!({"message": "Invalid API key"}));
    }
    let invents = {
        let mut server = shared.lock().unwrap();
        let invents = server.fault == Fault::InventsIds;
        let refused = refuse(&mut server, &event);
        if let Some(refused) = refused.filter(|_| !invents) {
            return refused;
        }
        server.heard.insert(id.clone(), false);
        let service = event["source"]["service"].as_str().unwrap().to_owned();
        server.stored.push((id.clone(), service));
        invents
    };
    if event["source"]["endpoint"] == "/api/retry" {
        // Longer than anybody in a hurry waits; who has gone ends this here.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    shared.lock().unwrap().heard.insert(id.clone(), true);
    let id = if invents {
        format!("new-{}", fastrand::u64(..))
    } else {
        id
    };
    Json(json!({"success": true, "event_id": id})).into_response()
}

async fn many(State(shared): State<Shared>, Json(body): Json<Value>) -> Response {
    let mut server = shared.lock().unwrap();
    let events = body["events"].as_array().unwrap();
    let good = events
        .iter()
        .filter(|event| refuse(&mut server, event).is_none())
        .count();
    let bad = events.len() - good;
    if bad > 0 && server.fault == Fault::WholeBatch {
        return status(StatusCode::UNPROCESSABLE_ENTITY, json!({"detail": "one is wrong"}));
    }
    Json(json!({"successful_count": good, "failed_count": bad})).into_response()
}

async fn search(State(shared): State<Shared>, Query(query): Query<HashMap<String, String>>) -> Response {
    let server = shared.lock().unwrap();
    let found = server
        .stored
        .iter()
        .rev()
        .filter(|(_, service)| *service == query["service"]);
    let events: Vec<Value> = match server.fault {
        Fault::SearchFails => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Fault::ForgetsAll => Vec::new(),
        Fault::OtherIds => found.map(|_| json!({"id": "7"})).collect(),
        _ => found.map(|(id, _)| json!({"id": id})).collect(),
    };
    Json(json!({ "events": events })).into_response()
}

async fn serve(fault: Fault) -> VerifyArgs {
    let shared = Shared::new(Mutex::new(Server {
        fault,
        ..Server::default()
    }));
    let router = Router::new()
        .route("/api/v1/ingestion/events", post(one))
        .route("/api/v1/ingestion/events/batch", post(many))
        .route("/api/v1/ingestion/events/search", get(search))
        .layer(DefaultBodyLimit::disable())
        .with_state(shared);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    VerifyArgs {
        url: url.parse().unwrap(),
        api_key: "proj_1_key".into(),
        json: false,
    }
}

async fn checked(fault: Fault, number: usize) -> Checked {
    let probe = Probe::new(&serve(fault).await).unwrap();
    check(&probe, number).await
}

async fn verified(args: &VerifyArgs) -> (ExitCode, String) {
    let mut out = Vec::new();
    let code = verify(args, &mut out).await.unwrap();
    (code, String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn a_good_server_passes_all_and_passes_again() {
    let mut args = serve(Fault::None).await;
    for _ in 0..2 {
        let (code, out) = verified(&args).await;
        assert_eq!(code, ExitCode::SUCCESS, "{out}");
        assert_eq!(out.matches("  PASS  100  ").count(), 12, "{out}");
        assert!(out.ends_with("12 of 12 passed, score 100 of 100: READY\n"), "{out}");
    }
    args.json = true;
    let (code, out) = verified(&args).await;
    assert_eq!(code, ExitCode::SUCCESS);
    let summary: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&summary["verdict"], &summary["passed"]), (&json!("READY"), &json!(12)));
    assert_eq!(summary["checks"][4]["name"], "Rate Limiting");
    assert_eq!(summary["checks"][4]["passed"], true);
}

#[tokio::test]
async fn each_check_can_fail() {
    for (number, fault, score, seen) in [
        (1, Fault::Fails("/api/basic"), 0, "500 (broken)"),
        (2, Fault::TakesDuplicates, 0, "CRITICAL"),
        (2, Fault::Fails("/api/duplicate"), 0, "500 (broken), then 500"),
        (3, Fault::InventsIds, 0, "not the same event_id"),
        (3, Fault::Fails("/api/idem"), 0, "not the same event_id"),
        (
            4,
            Fault::FailsSometimes("/api/concurrent"),
            76,
            "38 of 50 answered 200, else 500",
        ),
        (5, Fault::NoGuard, 0, "none of 150 was answered 429"),
        (5, Fault::Fails("/api/rate"), 0, "event 1: 500"),
        (6, Fault::Fails("/api/large"), 0, "5 MB: 500"),
        (7, Fault::Strict, 0, "the same again: 409"),
        (8, Fault::WholeBatch, 0, "422"),
        (8, Fault::Fails("/api/batch"), 33, "successful_count 0, failed_count 10"),
        (9, Fault::Fails("/api/atomic"), 0, "500"),
        (
            10,
            Fault::FailsSometimes("/api/throughput"),
            75,
            "75 of 100 answered 200",
        ),
        (11, Fault::BadRequest, 0, "no event_type: 400"),
        (12, Fault::OtherIds, 66, "the first is 7"),
        (12, Fault::SearchFails, 33, "search 500"),
        (12, Fault::ForgetsAll, 66, "search 200: 0 events"),
    ] {
        let checked = checked(fault, number).await;
        assert!(!checked.passed, "{fault:?}: {checked:?}");
        assert_eq!(checked.score, score, "{fault:?}: {checked:?}");
        assert!(checked.seen.contains(seen), "{fault:?}: {checked:?}");
    }
}

#[tokio::test]
async fn a_few_failures_among_many_are_allowed() {
    let probe = Probe::new(&serve(Fault::Fails("/api/concurrent/4")).await).unwrap();
    let checked = check(&probe, 4).await;
    // Numbers 4 and 40 to 49: eleven.
    assert!(!checked.passed && checked.score == 78, "{checked:?}");
    let probe = Probe::new(&serve(Fault::Fails("/api/concurrent/49")).await).unwrap();
    let checked = check(&probe, 4).await;
    assert!(checked.passed && checked.score == 98, "{checked:?}");
    let probe = Probe::new(&serve(Fault::Fails("/api/throughput/9")).await).unwrap();
    let checked = check(&probe, 10).await;
    assert!(!checked.passed && checked.score == 89, "{checked:?}");
}

#[tokio::test]
async fn nobody_there_and_a_wrong_key_are_not_ready() {
    let mut args = serve(Fault::None).await;
    args.api_key = "proj_1_other".into();
    let (code, out) = verified(&args).await;
    assert_eq!(code, ExitCode::from(2), "{out}");
    assert!(out.contains("401 (Invalid API key)"), "{out}");

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    args.url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let (code, out) = verified(&args).await;
    assert_eq!(code, ExitCode::from(2), "{out}");
    assert!(out.contains("cannot connect"), "{out}");
    assert!(out.ends_with("0 of 12 passed, score 0 of 100: NOT READY\n"), "{out}");
}

#[test]
fn the_verdict_follows_from_the_number_that_passed() {
    let codes: Vec<u8> = [12, 11, 10, 8, 7, 0].map(|passed| Verdict::of(passed).code()).to_vec();
    assert_eq!(codes, [0, 0, 1, 1, 2, 2]);
}
