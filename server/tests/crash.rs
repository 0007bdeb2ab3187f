//! An acknowledgement is a promise, at every door: ten times the server is
//! killed in the middle of its work (SIGKILL), and afterwards every event that
//! it ever acknowledged is there, exactly once.

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
use eventglass_model::{CreatedProject, EventSummary};
use prost::Message as _;
use serde_json::{Value, json};
use tokio::task::JoinSet;

#[allow(dead_code, reason = "the messages of another test, of which this one needs some")]
#[path = "story/otlp/proto.rs"]
mod proto;

const PROGRAM: &str = env!("CARGO_BIN_EXE_eventglass");
/// So many at least, and until every door has acknowledged [`ENOUGH`] events.
const KILLS: u32 = 10;
const ENOUGH: usize = 20;
const BATCH: usize = 25;

const JSON: &str = "application/json";
const PROTO: &str = "application/x-protobuf";
/// 2025-11-21T12:00:00Z.
const SECOND: u64 = 1_763_726_400_000_000_000;

/// How a door takes events, and what it answers when it has them.
struct Door {
    path: &'static str,
    status: u16,
    batch: usize,
    /// The body for some ids.
    body: fn(&[String], project: i64) -> Body,
    /// What an event is known by when it is stored: see [`known_by`].
    stored_as: fn(&str) -> String,
    /// Whether the answer says that all were taken. An answer without a body is `null`.
    all_taken: fn(&Value) -> bool,
}

/// What is sent.
struct Body {
    kind: &'static str,
    bytes: Vec<u8>,
}

impl From<Value> for Body {
    fn from(json: Value) -> Self {
        Self {
            kind: JSON,
            bytes: json.to_string().into_bytes(),
        }
    }
}

/// A log record has no id that its sender knows. It is known by what it says.
fn known_by(event: EventSummary) -> String {
    let says = event.message.filter(|message| message.starts_with("log of "));
    says.unwrap_or(event.event_id)
}

const DOORS: &[Door] = &[
    Door {
        path: "/api/v1/events/batch",
        status: 202,
        batch: BATCH,
        body: |ids, _| json!(ids.iter().map(|id| native(id)).collect::<Vec<_>>()).into(),
        stored_as: str::to_owned,
        all_taken: |answer| answer["accepted"] == answer["count"] && answer["rejected"] == 0,
    },
    Door {
        path: "/api/v1/events",
        status: 202,
        batch: 1,
        body: |ids, _| native(&ids[0]).into(),
        stored_as: str::to_owned,
        all_taken: |answer| answer["accepted"] == 1,
    },
    Door {
        path: "/api/v1/ingestion/events/batch",
        status: 200,
        batch: BATCH,
        body: |ids, _| json!({ "events": ids.iter().map(|id| pulse(id)).collect::<Vec<_>>() }).into(),
        stored_as: str::to_owned,
        all_taken: |answer| answer["failed_count"] == 0 && answer["duplicate_count"] == 0,
    },
    Door {
        path: "/sdk/v1/projects/{project}/events/batch",
        status: 201,
        batch: BATCH,
        body: |ids, project| {
            let event = |id: &String| {
                json!({ "id": id, "project_id": project, "trace_id": format!("t-{id}"), "span_id": format!("s-{id}"),
                        "operation_type": "llm_call", "status": "success", "input": {}, "output": {}, "metadata": {} })
            };
            json!({ "events": ids.iter().map(event).collect::<Vec<_>>() }).into()
        },
        stored_as: str::to_owned,
        all_taken: |answer| answer["events_count"] == BATCH,
    },
    Door {
        path: "/api/v1/events/ingest/batch",
        status: 202,
        batch: BATCH,
        body: |ids, _| json!({ "events": ids.iter().map(|id| cart(id)).collect::<Vec<_>>() }).into(),
        stored_as: str::to_owned,
        all_taken: |answer| answer["failed"] == 0,
    },
    Door {
        path: "/v1/traces",
        status: 200,
        batch: BATCH,
        body: |ids, _| {
            let span = |id: &String| {
                json!({ "traceId": format!("{:0>32}", &id[1..]), "spanId": &id[1..], "name": "Under load",
                        "startTimeUnixNano": "1763726400000000000", "endTimeUnixNano": "1763726400001000000" })
            };
            let spans: Vec<Value> = ids.iter().map(span).collect();
            json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).into()
        },
        stored_as: |id| format!("{:0>32}:{}", &id[1..], &id[1..]),
        all_taken: |answer| answer.get("partialSuccess").is_none(),
    },
    Door {
        path: "/api/public/ingestion",
        status: 207,
        batch: BATCH,
        body: |ids, _| {
            let event = |id: &String| {
                json!({ "id": format!("envelope-{id}"), "type": "span-create", "timestamp": "2026-01-01T12:00:00Z",
                        "body": { "id": id, "traceId": "t", "name": "Under load" } })
            };
            json!({ "batch": ids.iter().map(event).collect::<Vec<_>>() }).into()
        },
        stored_as: str::to_owned,
        all_taken: |answer| answer["errors"] == json!([]) && answer["successes"].as_array().unwrap().len() == BATCH,
    },
    Door {
        path: "/api/v1/events/batch?of=watchllm",
        status: 202,
        batch: BATCH,
        body: |ids, _| json!(ids.iter().map(|id| envelope(id)).collect::<Vec<_>>()).into(),
        stored_as: str::to_owned,
        all_taken: |answer| answer["accepted"] == answer["count"] && answer["rejected"] == 0,
    },
    Door {
        path: "/api/v1/events?of=watchllm",
        status: 202,
        batch: 1,
        body: |ids, _| envelope(&ids[0]).into(),
        stored_as: str::to_owned,
        all_taken: |answer| answer["accepted"] == 1 && answer["status"] == "queued",
    },
    Door {
        path: "/api/v1/ingestion/events",
        status: 200,
        batch: 1,
        body: |ids, _| pulse(&ids[0]).into(),
        stored_as: str::to_owned,
        all_taken: |answer| answer["success"] == true && answer["message"] == "Event ingested successfully",
    },
    Door {
        path: "/api/events",
        status: 201,
        batch: BATCH,
        body: |ids, _| {
            let event = |id: &String| json!({ "id": id, "operation_type": "llm_call", "status": "success" });
            json!({ "events": ids.iter().map(event).collect::<Vec<_>>() }).into()
        },
        stored_as: str::to_owned,
        all_taken: |answer| answer["events_count"] == BATCH,
    },
    Door {
        path: "/api/projects/{project}/events",
        status: 201,
        batch: 1,
        body: |ids, _| {
            let metrics = json!({ "latency_ms": 5, "tokens_used": 7, "cost": 0.001 });
            json!({ "id": ids[0], "type": "llm_call", "name": "Under load", "metrics": metrics }).into()
        },
        stored_as: str::to_owned,
        all_taken: |answer| answer["events_count"] == 1,
    },
    Door {
        path: "/api/v1/events/ingest",
        status: 202,
        batch: 1,
        body: |ids, _| cart(&ids[0]).into(),
        stored_as: str::to_owned,
        all_taken: |answer| answer["success"] == true,
    },
    Door {
        path: "/v1/traces?as=protobuf",
        status: 200,
        batch: BATCH,
        body: |ids, _| {
            let span = |id: &String| {
                let number = u64::from_str_radix(&id[1..], 16).unwrap();
                let span = proto::Span {
                    trace_id: u128::from(number).to_be_bytes().to_vec(),
                    span_id: number.to_be_bytes().to_vec(),
                    name: "Under load".to_owned(),
                    start: SECOND,
                    end: SECOND + 1_000_000,
                    ..proto::Span::default()
                };
                span.encode_to_vec()
            };
            let request = proto::Request {
                resources: vec![proto::Resources {
                    resource: None,
                    scopes: vec![proto::Scopes {
                        items: ids.iter().map(span).collect(),
                    }],
                }],
            };
            Body {
                kind: PROTO,
                bytes: request.encode_to_vec(),
            }
        },
        stored_as: |id| format!("{:0>32}:{}", &id[1..], &id[1..]),
        all_taken: Value::is_null,
    },
    Door {
        path: "/v1/logs",
        status: 200,
        batch: BATCH,
        body: |ids, _| {
            let record = |id: &String| {
                json!({ "timeUnixNano": SECOND.to_string(), "severityNumber": 9,
                        "body": { "stringValue": format!("log of {id}") } })
            };
            let records: Vec<Value> = ids.iter().map(record).collect();
            json!({ "resourceLogs": [{ "scopeLogs": [{ "logRecords": records }] }] }).into()
        },
        stored_as: |id| format!("log of {id}"),
        all_taken: |answer| answer.get("partialSuccess").is_none(),
    },
    Door {
        path: "/api/public/scores",
        status: 200,
        batch: 1,
        body: |ids, _| score(&ids[0]).into(),
        stored_as: |id| format!("score:{id}"),
        all_taken: |answer| answer["id"].is_string(),
    },
    Door {
        path: "/api/public/scores?many",
        status: 202,
        batch: BATCH,
        body: |ids, _| json!(ids.iter().map(|id| score(id)).collect::<Vec<_>>()).into(),
        stored_as: |id| format!("score:{id}"),
        all_taken: |answer| answer["message"] == "Accepted",
    },
];

/// As WatchLLM's clients send it.
fn envelope(id: &str) -> Value {
    json!({ "eventId": id, "projectId": "crash", "type": "log", "timestamp": "2026-01-01T12:00:00.123456",
            "sdk": { "name": "watchllm", "version": "0.1.0" }, "body": { "message": "Under load" } })
}

fn score(id: &str) -> Value {
    json!({ "id": id, "traceId": "t", "name": "helpful", "value": 1 })
}

fn pulse(id: &str) -> Value {
    json!({ "event_id": id, "event_type": "api_call", "title": "Under load",
            "source": { "service": "crash", "endpoint": "/", "method": "GET" } })
}

fn cart(id: &str) -> Value {
    json!({ "topic": "cart_events", "event_type": "cart.add", "data": { "user_id": "u", "event_id": id } })
}

fn native(id: &str) -> Value {
    json!({ "event_id": id, "kind": "crash.test", "name": "Under load", "service": "crash" })
}

/// Sends events with ids of its own until the server is gone.
struct Sender {
    client: Client,
    key: HeaderValue,
    door: &'static Door,
    uri: Uri,
    project: i64,
    ids: Arc<AtomicU64>,
}

impl Sender {
    fn new(url: &BaseUrl, created: &CreatedProject, door: &'static Door, ids: &Arc<AtomicU64>) -> Self {
        let project = created.project.id;
        Self {
            client: Client::new(false, Duration::from_secs(10)).unwrap(),
            key: created.api_key.parse().unwrap(),
            uri: url.at(&door.path.replace("{project}", &project.to_string())).unwrap(),
            door,
            project,
            ids: Arc::clone(ids),
        }
    }

    /// Posts until the server is gone; gives the ids, as they are stored, that
    /// it acknowledged.
    async fn work(self) -> Vec<String> {
        let mut acknowledged = Vec::new();
        loop {
            let numbers: Vec<u64> = (0..self.door.batch)
                .map(|_| self.ids.fetch_add(1, Ordering::Relaxed))
                .collect();
            // Scattered, as real ids are.
            let ids: Vec<String> = numbers
                .iter()
                .map(|n| format!("e{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
                .collect();
            let body = (self.door.body)(&ids, self.project);
            let headers = [
                (HeaderName::from_static("x-api-key"), self.key.clone()),
                (
                    HeaderName::from_static("content-type"),
                    HeaderValue::from_static(body.kind),
                ),
            ];
            let sent = self
                .client
                .send(Method::POST, self.uri.clone(), &headers, body.bytes)
                .await;
            let Ok(answer) = sent else { return acknowledged };
            // No room is an honest answer; what it is about was not acknowledged.
            if answer.status == 503 {
                continue;
            }
            let text = String::from_utf8_lossy(&answer.body);
            assert_eq!(answer.status, self.door.status, "{}: {text}", self.door.path);
            let json: Value = if answer.body.is_empty() {
                Value::Null
            } else {
                serde_json::from_slice(&answer.body).unwrap()
            };
            assert!((self.door.all_taken)(&json), "{}: {text}", self.door.path);
            acknowledged.extend(ids.iter().map(|id| (self.door.stored_as)(id)));
        }
    }
}

/// Loads every door of the server for a while, kills it, and gives the ids it acknowledged.
async fn load_and_kill(
    server: ServerProcess,
    created: &CreatedProject,
    ids: &Arc<AtomicU64>,
    load: Duration,
) -> Vec<Vec<String>> {
    let mut senders = JoinSet::new();
    for (n, door) in DOORS.iter().enumerate() {
        let sender = Sender::new(server.url(), created, door, ids);
        senders.spawn(async move { (n, sender.work().await) });
    }
    tokio::time::sleep(load).await;
    server.kill().unwrap();
    let mut by_door = vec![Vec::new(); DOORS.len()];
    for (n, acknowledged) in senders.join_all().await {
        by_door[n] = acknowledged;
    }
    by_door
}

/// How often each event is stored, by paging through everything.
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
            *seen.entry(known_by(event)).or_default() += 1;
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
    let mut by_door: Vec<Vec<String>> = vec![Vec::new(); DOORS.len()];
    // A machine that has much else to do acknowledges little between two kills.
    let mut round = 0;
    while round < KILLS || by_door.iter().any(|acknowledged| acknowledged.len() < ENOUGH) {
        assert!(
            round < KILLS * 10,
            "hardly anything was taken: {:?}",
            by_door.iter().map(Vec::len).collect::<Vec<_>>()
        );
        // Not always at the same moment after the start.
        let load = Duration::from_millis(u64::from(200 + 61 * round % 300));
        for (all, some) in by_door
            .iter_mut()
            .zip(load_and_kill(server, &created, &ids, load).await)
        {
            all.extend(some);
        }
        server = start().await;
        round += 1;
    }
    let acknowledged = by_door.concat();

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

    println!(
        "{} acknowledged, {} stored, {KILLS} kills",
        acknowledged.len(),
        stored.len()
    );
}
