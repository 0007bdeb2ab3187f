//! How long searches, histograms and facets take on a large database.
//! `make bench-query`, or `cargo bench -p eventglass-harness --bench query --
//! [events] [rounds]`; on the database of `EVENTGLASS_DATABASE_URL`, when that is set.
//!
//! The events are those of `eventglass generate`, of the last 30 days, written
//! through the pipeline. Nothing goes over HTTP: what is measured is the store.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a bench prints, and has nobody to report an error to"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use eventglass_engine::clock::{Clock, SharedClock, SystemClock};
use eventglass_engine::guard::Plans;
use eventglass_engine::ingest::{Ingest, Limits, NewEvent, Sender};
use eventglass_engine::query::{self, EventSearch};
use eventglass_engine::store::SharedStore;
use eventglass_harness::generate::{Generator, Plan};
use eventglass_model::search::Column;
use eventglass_model::{Door, EventQuery, Severity, Status, Timestamp, decode_pairs};
use serde::Deserialize;
use serde_json::value::RawValue;

const BATCH: usize = 500;
const BUDGET: Duration = Duration::from_secs(2);

/// What is asked: a name for the table, and the query string.
const PAGES: &[(&str, &str)] = &[
    ("newest", ""),
    ("common word", "q=succeeded"),
    ("medium word", "q=timeout"),
    ("rare word", "q=deadlock"),
    ("no such word", "q=zyzzyva"),
    ("two words", "q=payment declined"),
    ("prefix", "q=declin*"),
    ("phrase", "q=\"payment declined\""),
    ("word excluded", "q=failed -timeout"),
    ("severity", "q=severity:critical"),
    ("service", "q=service:payment-service"),
    ("service and word", "q=service:auth-service locked"),
    ("one user", "q=user:user_4711"),
    ("one session", "q=session:sess_0123456789abcdef"),
    ("status class", "q=status:5xx"),
    ("slow in a service", "q=service:payment-service latency:>2s"),
    ("slow and failed", "q=latency:>5s status:>=500"),
    (
        "attribute",
        "q=service:payment-service attributes.context.tags.device:mobile",
    ),
    ("last hour", "q=failed&time=last 1h"),
    ("a day in the past", "q=failed&time=-10d..-9d"),
    ("part of a word", "q=*eadloc* severity:error"),
];
const OTHERS: &[(&str, &str)] = &[
    ("histogram, all, 30 d", "time=last 30d"),
    ("histogram, all, 24 h", "time=last 1d"),
    ("histogram, common word", "q=succeeded"),
    ("histogram, rare word", "q=deadlock"),
    ("histogram, service", "q=service:payment-service"),
    ("facets, all", ""),
    ("facets, word", "q=failed"),
];

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse::<u64>().ok());
    let events = numbers.next().unwrap_or(5_000_000);
    let rounds = numbers.next().unwrap_or(40);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run(events, rounds));
}

async fn run(events: u64, rounds: u64) {
    let folder = tempfile::tempdir_in(".").expect("a folder");
    let url = std::env::var("EVENTGLASS_DATABASE_URL").unwrap_or_default();
    let store = eventglass_engine::store::open(&url, &folder.path().join("bench.db"))
        .await
        .expect("a store");
    let user = format!("bench{}@example.com", SystemClock.now().micros());
    let owner = store.add_user(&user, "", SystemClock.now()).await.expect("a user");
    let now = SystemClock.now();
    let project = store
        .add_project(owner, "bench", "bench", "", now)
        .await
        .expect("a project")
        .id;
    fill(&store, project, events).await;
    let size = store.size_bytes().await.unwrap_or(0);
    println!(
        "Database: {} MB, {} bytes an event\n",
        size / 1_000_000,
        size / events.max(1)
    );

    println!("| question | found | p50 ms | p95 ms | max ms |\n|---|--:|--:|--:|--:|");
    for (name, text) in PAGES {
        let mut found = String::new();
        let times = measure(rounds, async || {
            let page = query::events(&*store, project, &search(text), BUDGET)
                .await
                .expect("a page");
            let more = if page.next_cursor.is_some() { "+" } else { "" };
            found = format!(
                "{}{more}{}",
                page.items.len(),
                if page.partial { " partial" } else { "" }
            );
        });
        row(name, &mut times.await, || found.clone());
    }
    for (name, text) in OTHERS {
        let mut found = String::new();
        let times = measure((rounds / 4).max(3), async || {
            if name.starts_with("facets") {
                let fields = [Column::Severity, Column::Kind, Column::Service, Column::Environment];
                let facets = query::facets(&*store, project, &search(text), &fields, 10_000, BUDGET).await;
                let facets = facets.expect("facets");
                found = format!(
                    "{} fields{}",
                    facets.facets.len(),
                    if facets.partial { " partial" } else { "" }
                );
            } else {
                let bars = query::histogram(&*store, project, &search(text), 60, BUDGET)
                    .await
                    .expect("bars");
                let count: i64 = bars.buckets.iter().map(|bar| bar.count).sum();
                found = format!("{count}{}", if bars.partial { " partial" } else { "" });
            }
        });
        row(name, &mut times.await, || found.clone());
    }
    println!(
        "\nMemory: {} resident, {} of it anonymous",
        memory("VmHWM"),
        memory("RssAnon")
    );
    store.close().await;
}

fn search(text: &str) -> EventSearch {
    let query = EventQuery::from_pairs(decode_pairs(text)).expect("a query");
    EventSearch::new(query, SystemClock.now()).expect("a search")
}

async fn measure(rounds: u64, mut ask: impl AsyncFnMut()) -> Vec<Duration> {
    ask().await;
    let mut times = Vec::new();
    for _ in 0..rounds {
        let asked = Instant::now();
        ask().await;
        times.push(asked.elapsed());
    }
    times
}

fn row(name: &str, times: &mut [Duration], found: impl Fn() -> String) {
    times.sort();
    let at = |share: usize| {
        times
            .get((times.len() * share / 100).min(times.len() - 1))
            .copied()
            .unwrap_or_default()
    };
    let millis = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
    println!(
        "| {name} | {} | {} | {} | {} |",
        found(),
        millis(at(50)),
        millis(at(95)),
        millis(at(100))
    );
}

fn memory(name: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_default().trim().to_owned()
}

async fn fill(store: &SharedStore, project: i64, events: u64) {
    let clock: SharedClock = Arc::new(SystemClock);
    let (ingest, writer) = Ingest::start(Arc::clone(store), clock, Limits::default(), Plans::default());
    let key = Sender {
        project_id: project,
        key_id: 1,
        door: Door::Native,
        sdk: String::new(),
    };
    let started = Instant::now();
    let mut generator = Generator::new(&Plan {
        count: events,
        hours: 720,
        end: SystemClock.now(),
        seed: Some(1),
    });
    let mut senders = tokio::task::JoinSet::new();
    loop {
        let lines: Vec<String> = generator.by_ref().take(BATCH).collect();
        if lines.is_empty() {
            break;
        }
        if senders.len() >= 16 {
            senders.join_next().await;
        }
        let (ingest, key) = (ingest.clone(), key.clone());
        senders.spawn(async move {
            let items = lines.iter().map(|line| Ok(event(line))).collect();
            ingest.submit(&key, items).await.expect("stored");
        });
    }
    senders.join_all().await;
    drop(ingest);
    writer.await.expect("the writer");
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{events} events written in {seconds:.0} s, {:.0} a second",
        events as f64 / seconds
    );
}

/// An event as the generator writes it.
#[derive(Deserialize)]
struct Line<'a> {
    event_id: String,
    event_type: String,
    timestamp: String,
    title: String,
    message: String,
    severity: String,
    #[serde(borrow)]
    source: Source<'a>,
    #[serde(borrow)]
    context: &'a RawValue,
    #[serde(borrow)]
    metrics: &'a RawValue,
    #[serde(borrow)]
    payload: &'a RawValue,
}

#[derive(Deserialize)]
struct Source<'a> {
    service: &'a str,
    endpoint: &'a str,
    method: &'a str,
    version: &'a str,
    environment: &'a str,
}

#[derive(Deserialize)]
struct Context {
    user_id: Option<String>,
    session_id: Option<String>,
    request_id: Option<String>,
}

#[derive(Deserialize)]
struct Metrics {
    response_time_ms: Option<f64>,
    status_code: Option<i64>,
}

#[derive(Deserialize)]
struct Payload {
    trace_id: Option<String>,
}

/// As PulseStream's door maps it, without its checks.
fn event(line: &str) -> NewEvent {
    let line: Line<'_> = serde_json::from_str(line).expect("an event");
    let context: Context = serde_json::from_str(line.context.get()).expect("a context");
    let metrics: Metrics = serde_json::from_str(line.metrics.get()).expect("metrics");
    let payload: Payload = serde_json::from_str(line.payload.get()).expect("a payload");
    let code = metrics.status_code;
    #[expect(clippy::cast_possible_truncation, reason = "a few seconds")]
    let micros = |millis: f64| (millis * 1_000.0) as i64;
    NewEvent {
        name: Some(line.title),
        message: Some(line.message),
        severity: Severity::parse(&line.severity).expect("a severity"),
        status: code.map_or(
            Status::Unset,
            |code| if code >= 400 { Status::Error } else { Status::Ok },
        ),
        service: Some(line.source.service.to_owned()),
        endpoint: Some(line.source.endpoint.to_owned()),
        method: Some(line.source.method.to_owned()),
        version: Some(line.source.version.to_owned()),
        environment: Some(line.source.environment.to_owned()),
        user_id: context.user_id,
        session_id: context.session_id,
        request_id: context.request_id,
        trace_id: payload.trace_id,
        duration_us: metrics.response_time_ms.map(micros),
        status_code: code,
        attributes: Some(format!(
            r#"{{"context":{},"metrics":{},"payload":{}}}"#,
            line.context.get(),
            line.metrics.get(),
            line.payload.get()
        )),
        ..NewEvent::new(
            line.event_id,
            Timestamp::parse(&line.timestamp).expect("a time"),
            line.event_type,
        )
    }
}
