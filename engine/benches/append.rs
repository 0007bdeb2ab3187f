//! What the pipeline and the store cost without HTTP: CPU and wall time per
//! event. `cargo bench -p eventglass-engine -- [events] [senders] [spans]`; on the
//! database of `EVENTGLASS_DATABASE_URL`, when that is set. With the word
//! `spans` the events are model calls with their messages, else API calls.

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
use eventglass_engine::store::{Room, SharedStore};
use eventglass_model::{Door, Timestamp};

const BATCH: usize = 100;

fn main() {
    let make = if std::env::args().any(|arg| arg == "spans") {
        span
    } else {
        event
    };
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse::<usize>().ok());
    let events = numbers.next().unwrap_or(200_000);
    let senders = numbers.next().unwrap_or(16);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run(events, senders, make));
}

async fn run(events: usize, senders: usize, make: fn(usize, usize, Timestamp) -> NewEvent) {
    let folder = tempfile::tempdir_in(".").expect("a folder");
    let (url, file) = (
        std::env::var("EVENTGLASS_DATABASE_URL").unwrap_or_default(),
        folder.path().join("bench.db"),
    );
    let store: SharedStore = eventglass_engine::store::open(&url, &file, Room::default())
        .await
        .expect("a store");
    let user = format!("bench{}@example.com", SystemClock.now().micros());
    let owner = store.add_user(&user, "", SystemClock.now()).await.expect("a user");
    let project = store
        .add_project(owner, "bench", "bench", "", SystemClock.now())
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
    let (ingest, writer) = Ingest::start(Arc::clone(&store), clock, Limits::default(), Plans::default());

    let cpu_before = cpu_ticks();
    let started = Instant::now();
    let tasks: Vec<_> = (0..senders)
        .map(|sender| {
            let (ingest, key) = (ingest.clone(), key.clone());
            tokio::spawn(async move {
                for batch in 0..events / senders / BATCH {
                    let now = SystemClock.now();
                    let items = (0..BATCH).map(|n| Ok(make(sender, batch * BATCH + n, now))).collect();
                    ingest.submit(&key, items).await.expect("stored");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a sender");
    }
    let wall = started.elapsed();
    drop(ingest);
    writer.await.expect("the writer");
    let stored = store
        .project_by_id(project)
        .await
        .expect("read")
        .expect("there")
        .event_count;
    let per_event = |micros: f64| micros / f64::from(u32::try_from(stored).expect("few"));
    println!(
        "{stored} events: {:.1} µs wall, {:.1} µs CPU an event; {:.0} events/s",
        per_event(wall.as_secs_f64() * 1e6),
        per_event((cpu_ticks() - cpu_before) * 1e4),
        f64::from(u32::try_from(stored).expect("few")) / wall.as_secs_f64()
    );
    let size = store.size_bytes().await.unwrap_or(0);
    println!("{} bytes an event in the database", size / stored.unsigned_abs().max(1));
    store.close().await;
}

/// An event like those of `eventglass generate`.
fn event(sender: usize, n: usize, now: Timestamp) -> NewEvent {
    let random = (sender * 1_000_003 + n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut event = NewEvent::new(
        format!("evt_{n}_{random:016x}_{sender}"),
        now.plus_micros(-(n as i64 % 977)),
        "api_call".to_owned(),
    );
    event.name = Some("Create charge succeeded".to_owned());
    event.message = Some(format!(
        "POST /api/v1/payments/create answered 200 in {} ms",
        random % 900
    ));
    event.service = Some("payment-service".to_owned());
    event.endpoint = Some("/api/v1/payments/create".to_owned());
    event.method = Some("POST".to_owned());
    event.version = Some("1.8.2".to_owned());
    event.environment = Some("production".to_owned());
    event.user_id = Some(format!("user_{}", random % 90_000));
    event.session_id = Some(format!("sess_{random:016x}"));
    event.request_id = Some(format!("req_{random:016x}{random:016x}"));
    event.trace_id = Some(format!("trace_{random:016x}{n:016x}"));
    event.duration_us = Some((random % 900_000) as i64);
    event.status_code = Some(200);
    event.attributes = Some(format!(
        r#"{{"context":{{"ip":"10.0.0.{}","agent":"{}"}}}}"#,
        random % 255,
        "m".repeat(350)
    ));
    event
}

/// A span like those that the bench of the whole program sends by OTLP.
fn span(sender: usize, n: usize, now: Timestamp) -> NewEvent {
    let random = (sender * 1_000_003 + n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let topic = match random % 4 {
        0 => "an invoice",
        1 => "a refund",
        2 => "a parcel",
        _ => "a password",
    };
    let question = format!(
        r#"[{{"role":"system","content":"You answer customers of a shop, briefly and kindly."}},{{"role":"user","content":"I have a question about {topic}, number {}: could you tell me what has become of it since last week?"}}]"#,
        random >> 40
    );
    let answer = format!(
        r#"[{{"role":"assistant","content":"Of course! I have looked up {topic} with the reference {} and all of it is in order; you will hear from us by the end of the day.","finish_reason":"stop"}}]"#,
        random >> 32
    );
    let mut event = NewEvent::new(
        format!("{random:016x}{sender:08x}{n:08x}:{random:016x}"),
        now.plus_micros(-(n as i64 % 977)),
        "llm".to_owned(),
    );
    event.name = Some("chat gpt-4o".to_owned());
    event.service = Some("support-agent".to_owned());
    event.version = Some("4.2.0".to_owned());
    event.environment = Some("production".to_owned());
    event.user_id = Some(format!("user_{}", random % 90_000));
    event.session_id = Some(format!("conversation-{}", random % 5_000));
    event.trace_id = Some(format!("{random:016x}{n:016x}"));
    event.span_id = Some(format!("{random:016x}"));
    event.duration_us = Some((random % 900_000) as i64);
    event.provider = Some("openai".to_owned());
    event.model = Some("gpt-4o".to_owned());
    event.attributes = Some(format!(
        r#"{{"gen_ai.operation.name":"chat","gen_ai.provider.name":"openai","gen_ai.request.model":"gpt-4o","gen_ai.response.id":"chatcmpl-{random:024x}","gen_ai.input.messages":{question:?},"gen_ai.output.messages":{answer:?},"server.address":"api.example.com","resource":{{"service.name":"support-agent","telemetry.sdk.language":"python","telemetry.sdk.name":"opentelemetry"}},"scope":{{"name":"opentelemetry.instrumentation.openai","version":"0.47.0"}}}}"#
    ));
    event.input = Some(question);
    event.output = Some(answer);
    event
}

/// CPU time of this process so far, in hundredths of a second; Linux only.
fn cpu_ticks() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    ticks(11) + ticks(12)
}
