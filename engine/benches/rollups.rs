//! What rollups cost and give, on one database: the way in (µs an event), a
//! fold, and the questions of the overview, services and geography pages for
//! 24 hours, 7 and 30 days. `cargo bench -p eventglass-engine --bench rollups
//! -- [events]`; on the database of `EVENTGLASS_DATABASE_URL`, when that is set.

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
use eventglass_engine::query::MetricsReader;
use eventglass_engine::rollups::{DeltaBuilder, Facts, RollupSettings, keep};
use eventglass_engine::store::{FoldPass, Room, SharedStore};
use eventglass_model::{
    CostSource, Door, MetricsQuery, ServicesQuery, Severity, TimeBound, Timestamp, Tokens, decode_pairs,
};

const DAY: i64 = 86_400_000_000;
const BATCH: usize = 500;
const GROUP: usize = 4_000;
const RUNS: usize = 15;

const QUESTIONS: [(&str, &str); 8] = [
    (
        "overview: all",
        "measure=count,errors,error_rate,p50,p95,p99,cost,tokens,users&compare=previous",
    ),
    (
        "overview: one environment",
        "measure=count,errors,error_rate,p50,p95,p99,cost,tokens,users&compare=previous&environment=production",
    ),
    ("top services", "measure=count,errors,p95&group=service&interval=none"),
    (
        "top endpoints",
        "measure=count,errors,p95&group=service,endpoint&interval=none",
    ),
    ("latency by service", "measure=p50,p95&group=service"),
    ("models", "measure=cost,tokens,count,p95&group=provider,model"),
    (
        "users of models",
        "measure=cost,tokens,count&group=user_id&model=*&interval=none&limit=50",
    ),
    (
        "places",
        "measure=count,errors,users&group=country,city&interval=none&limit=200",
    ),
];

fn main() {
    let events = std::env::args()
        .skip(1)
        .find_map(|arg| arg.parse::<usize>().ok())
        .unwrap_or(200_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run(events));
}

async fn run(events: usize) {
    way_in();
    let folder = tempfile::tempdir_in(".").expect("a folder");
    let url = std::env::var("EVENTGLASS_DATABASE_URL").unwrap_or_default();
    let store: SharedStore = eventglass_engine::store::open(&url, &folder.path().join("bench.db"), Room::default())
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
    let settings = RollupSettings::default();
    let keeper = keep(Arc::clone(&store), Arc::clone(&clock), settings.clone());
    fill(&store, &clock, project, events, now).await;
    keeper.abort();
    let started = Instant::now();
    while store.fold_rollups(&settings, now).await.expect("a fold") == FoldPass::More {}
    println!("last fold: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    let size = store.size_bytes().await.unwrap_or(0);
    println!("{} bytes an event in the database\n", size / events.max(1) as u64);

    let reader = MetricsReader::new(Arc::clone(&store), settings);
    println!("| question | 24 h | 7 d | 30 d |\n|---|--:|--:|--:|");
    for (name, text) in QUESTIONS {
        let mut cells = Vec::new();
        for span in ["-24h", "-7d", "-30d"] {
            let query = MetricsQuery::from_pairs(decode_pairs(&format!("{text}&from={span}"))).expect("a question");
            cells.push(timed(async || drop(reader.read(project, &query, now).await.expect("an answer"))).await);
        }
        println!("| {name} | {} |", cells.join(" | "));
    }
    let mut cells = Vec::new();
    for days in [1, 7, 30] {
        let query = ServicesQuery {
            from: Some(TimeBound::Ago(days * 86_400)),
            ..ServicesQuery::default()
        };
        cells.push(timed(async || drop(reader.services(project, &query, now).await.expect("an answer"))).await);
    }
    println!("| services, whole page | {} |", cells.join(" | "));
    let query = MetricsQuery::from_pairs(decode_pairs("group=severity&from=-24h&interval=none")).expect("a question");
    let started = Instant::now();
    let found = reader.read(project, &query, now).await.expect("an answer");
    println!(
        "\nby severity, from the events of 24 h: {:.0} ms, partial: {}",
        ms(started.elapsed()),
        found.partial
    );
    store.close().await;
}

/// The median and the longest of some runs, in milliseconds.
async fn timed(mut work: impl AsyncFnMut()) -> String {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        work().await;
        times.push(ms(started.elapsed()));
    }
    times.sort_by(f64::total_cmp);
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    format!("{:.1} ({:.0})", at(RUNS / 2), at(RUNS - 1))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// What adding up costs the writer.
fn way_in() {
    let now = SystemClock.now();
    let events: Vec<NewEvent> = (0..GROUP).map(|n| event(n, now.plus_micros(n as i64 * 20))).collect();
    let started = Instant::now();
    let mut bytes = 0;
    for _ in 0..50 {
        let mut delta = DeltaBuilder::default();
        for event in &events {
            delta.add(1, &Facts::from(event));
        }
        bytes += delta.finish().iter().map(|(_, blob)| blob.len()).sum::<usize>();
    }
    let all = (50 * GROUP) as f64;
    println!(
        "adding up a commit of {GROUP}: {:.2} µs an event, {:.1} bytes an event",
        started.elapsed().as_secs_f64() * 1e6 / all,
        bytes as f64 / all
    );
}

async fn fill(store: &SharedStore, clock: &SharedClock, project: i64, events: usize, now: Timestamp) {
    let key = Sender {
        project_id: project,
        key_id: 1,
        door: Door::Native,
        sdk: String::new(),
    };
    let (ingest, writer) = Ingest::start(
        Arc::clone(store),
        Arc::clone(clock),
        Limits::default(),
        Plans::default(),
    );
    let started = Instant::now();
    let step = 30 * DAY / events.max(1) as i64;
    let senders = 8;
    let tasks: Vec<_> = (0..senders)
        .map(|sender| {
            let (ingest, key) = (ingest.clone(), key.clone());
            tokio::spawn(async move {
                let mut batch = sender * BATCH;
                while batch < events {
                    let at = |n: usize| now.plus_micros(-30 * DAY + n as i64 * step);
                    let items = (batch..(batch + BATCH).min(events))
                        .map(|n| Ok(event(n, at(n))))
                        .collect();
                    ingest.submit(&key, items).await.expect("stored");
                    batch += senders * BATCH;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a sender");
    }
    let rate = events as f64 / started.elapsed().as_secs_f64();
    drop(ingest);
    writer.await.expect("the writer");
    println!("{events} events over 30 days, folded meanwhile: {rate:.0} events/s");
}

/// 400 series: 8 services with 20 endpoints, environments and models.
fn event(n: usize, time: Timestamp) -> NewEvent {
    let random = (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let pick = |count: usize, shift: u32| (random >> shift) % count;
    let service = pick(8, 0);
    let mut event = NewEvent::new(format!("e{n}"), time, "api_call".to_owned());
    event.name = Some("Call".to_owned());
    event.message = Some("answered 200".to_owned());
    event.service = Some(format!("service-{service}"));
    event.environment = Some(if pick(10, 5) == 0 { "staging" } else { "production" }.to_owned());
    event.version = Some(format!("1.{}", pick(3, 9)));
    event.user_id = Some(format!("user_{}", pick(50_000, 11)));
    event.country = Some(format!("C{}", pick(40, 7)));
    event.city = Some(format!("City {}", pick(200, 7)));
    event.severity = if pick(50, 3) == 0 {
        Severity::Error
    } else {
        Severity::Info
    };
    event.duration_us = Some(2_000 + (pick(1_000, 13) * pick(1_000, 4)) as i64);
    if service < 2 {
        event.kind = "llm".to_owned();
        event.provider = Some(format!("provider-{service}"));
        event.model = Some(format!("model-{}", pick(6, 17)));
        event.tokens = Some(Tokens {
            input_total: pick(3_000, 2) as i64,
            output_total: pick(800, 6) as i64,
            ..Tokens::default()
        });
        event.cost_nano_usd = Some(pick(9_000_000, 3) as i64);
        event.cost_source = Some(CostSource::Computed);
    } else {
        event.endpoint = Some(format!("/api/v1/resource/{}", pick(20, 21)));
    }
    event
}
