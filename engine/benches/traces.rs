//! What it takes to keep the list of traces, and to open a large one.
//! `cargo bench -p eventglass-engine --bench traces -- [events] [spans]`; on
//! the database of `EVENTGLASS_DATABASE_URL`, when that is set.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a bench prints, and has nobody to report an error to"
)]

use std::sync::Arc;
use std::time::Instant;

use eventglass_engine::clock::{Clock, SharedClock, SystemClock};
use eventglass_engine::guard::Plans;
use eventglass_engine::ingest::{Ingest, Limits, NewEvent, Sender};
use eventglass_engine::store::{GroupBy, Room, SharedStore};
use eventglass_engine::traces::{TraceLimits, Traces};
use eventglass_model::{Door, GroupQuery, Timestamp, Tokens, TraceQuery, decode_pairs};

const BATCH: usize = 500;
/// Spans of an ordinary trace.
const SPANS: usize = 10;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse::<usize>().ok());
    let events = numbers.next().unwrap_or(200_000);
    let spans = numbers.next().unwrap_or(50_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run(events, spans));
}

async fn run(events: usize, spans: usize) {
    let folder = tempfile::tempdir_in(".").expect("a folder");
    let (url, file) = (
        std::env::var("EVENTGLASS_DATABASE_URL").unwrap_or_default(),
        folder.path().join("bench.db"),
    );
    let store: SharedStore = eventglass_engine::store::open(&url, &file, Room::default())
        .await
        .expect("a store");
    let now = SystemClock.now();
    let user = format!("bench{}@example.com", now.micros());
    let owner = store.add_user(&user, "", now).await.expect("a user");
    let project = store
        .add_project(owner, "bench", "bench", "", now)
        .await
        .expect("a project")
        .id;
    let clock: SharedClock = Arc::new(SystemClock);
    let key = Sender {
        project_id: project,
        key_id: 1,
        door: Door::Native,
        sdk: String::new(),
    };
    let (ingest, writer) = Ingest::start(
        Arc::clone(&store),
        Arc::clone(&clock),
        Limits::default(),
        Plans::default(),
    );
    // Ordinary traces, and the spans of the large one among them.
    let every = events / spans.max(1);
    let started = Instant::now();
    let mut batch = Vec::with_capacity(BATCH);
    let mut large = 0;
    for n in 0..events {
        batch.push(Ok(span(&format!("{:032x}", mixed(n / SPANS)), n % SPANS, n, now)));
        if n % every.max(1) == 0 && large < spans {
            batch.push(Ok(span("large", large, n, now)));
            large += 1;
        }
        if batch.len() >= BATCH || n + 1 == events {
            ingest.submit(&key, std::mem::take(&mut batch)).await.expect("stored");
        }
    }
    drop(ingest);
    writer.await.expect("the writer");
    println!(
        "{} spans stored in {:.1} s",
        events + large,
        started.elapsed().as_secs_f64()
    );

    let traces = Traces::new(Arc::clone(&store), clock, TraceLimits::default());
    let list = |query: &'static str| TraceQuery::from_pairs(decode_pairs(query)).expect("a query");
    let started = Instant::now();
    while traces
        .list(project, list("limit=1"), None)
        .await
        .expect("a list")
        .behind
    {}
    let wall = started.elapsed().as_secs_f64();
    println!(
        "list made in {wall:.1} s: {:.1} µs a span",
        wall * 1e6 / count(events + large)
    );

    for query in [
        "",
        "user=user-7",
        "errors=true",
        "model=none",
        "min_cost_usd=0.5",
        "q=tracking",
        "name=step",
    ] {
        let query_text = if query.is_empty() { "(newest)" } else { query };
        let events = traces.events_of(&list(query)).expect("a query");
        let times =
            timed(async || drop(traces.list(project, list(query), events.clone()).await.expect("a list"))).await;
        println!("list {query_text}: {times}");
    }
    let times = timed(async || drop(traces.groups(project, GroupBy::User, GroupQuery::default()).await)).await;
    println!("users: {times}");
    let times = timed(async || drop(store.trace_rows(project, "large", 100_000, None).await.expect("rows"))).await;
    println!("rows of {large} spans: {times}");
    let times = timed(async || drop(traces.open(project, "large").await.expect("a trace"))).await;
    let trace = traces.open(project, "large").await.expect("a trace").expect("there");
    let json = serde_json::to_vec(&trace).expect("JSON");
    println!(
        "skeleton of {} spans, {} bytes of JSON: {times}",
        trace.spans.len(),
        json.len()
    );
    let times = timed(async || drop(traces.span(project, "large", "7").await.expect("a span"))).await;
    println!("payload of one of its spans: {times}");
    let times = timed(async || drop(traces.compare(project, "large", "large").await.expect("two traces"))).await;
    println!("compared with itself: {times}");
    let small = format!("{:032x}", mixed(17));
    let times = timed(async || drop(traces.open(project, &small).await.expect("a trace"))).await;
    println!("trace of {SPANS} spans: {times}");
    store.close().await;
}

/// The median and the worst of nine, in milliseconds.
async fn timed(work: impl AsyncFn()) -> String {
    let mut times = Vec::new();
    for _ in 0..9 {
        let started = Instant::now();
        work().await;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let at = |n: usize| times.get(n).copied().unwrap_or_default();
    format!("{:.1} ms, at worst {:.1}", at(4), at(8))
}

fn mixed(n: usize) -> usize {
    n.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// A span of about a kilobyte, in a tree that has eight children to each.
fn span(trace: &str, n: usize, place: usize, now: Timestamp) -> NewEvent {
    let micros = i64::try_from(place).unwrap_or(0) * 200;
    let call = n % 3 == 1;
    let mut event = NewEvent::new(
        format!("{trace}:{n}"),
        now.plus_micros(micros - 3_600_000_000),
        if call { "llm" } else { "tool_call" }.to_owned(),
    );
    event.name = Some(format!("step {}", n % 40));
    event.trace_id = Some(trace.to_owned());
    event.span_id = Some(n.to_string());
    event.parent_span_id = (n > 0).then(|| ((n - 1) / 8).to_string());
    event.duration_us = Some(1_500 + micros % 977);
    event.service = Some("agent".to_owned());
    event.environment = Some("production".to_owned());
    event.user_id = Some(format!("user-{}", mixed(place / SPANS) % 5_000));
    event.session_id = Some(format!("session-{}", mixed(place / SPANS) % 20_000));
    if call {
        event.model = Some("gpt-4o".to_owned());
        event.provider = Some("openai".to_owned());
        event.cost_nano_usd = Some(1_250_000);
        event.tokens = Some(Tokens {
            input_total: 800,
            output_total: 90,
            ..Tokens::default()
        });
    }
    event.input = Some(format!(
        "[{{\"role\":\"user\",\"content\":\"parcel {n} {}\"}}]",
        "where is it ".repeat(30)
    ));
    event.output = Some(format!(
        "[{{\"role\":\"assistant\",\"content\":\"{}\"}}]",
        "on its way ".repeat(20)
    ));
    event
}
