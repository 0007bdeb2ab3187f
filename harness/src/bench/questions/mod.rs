//! How long questions take on a large database: `eventglass bench --events N`.

mod ask;
mod fill;
mod list;
mod report;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use serde::Serialize;

use self::ask::{Answers, ask, keep_asking};
use super::bodies::Bodies;
use super::cli::BenchArgs;
use super::figures::Latency;
use super::load::open;
use super::machine::Occasion;
use super::process;
use super::rig::Rig;
use super::settle::settle;

pub(super) use self::report::{met, write};

/// Events a second that come in while it is asked.
const RATE: f64 = 5_000.0;
const FOREVER: Duration = Duration::from_hours(1);

/// What was measured.
#[derive(Debug, Serialize)]
pub(super) struct QuestionFigures {
    #[serde(flatten)]
    occasion: Occasion,
    events: u64,
    fill_sec: f64,
    /// From the last event until all was counted and listed.
    settle_sec: f64,
    database_mb: f64,
    tables: Vec<TableFigures>,
    /// Acknowledgements at [`RATE`], nobody asking.
    alone: Latency,
    /// The same while heavy questions are asked.
    beside_heavy: Latency,
    /// `VmHWM` of the server once the events were in, and at the end.
    memory_filled_mb: f64,
    memory_mb: f64,
}

/// The answers to some questions.
#[derive(Debug, Serialize)]
struct TableFigures {
    title: String,
    wanted_p95_ms: Option<f64>,
    rows: Vec<RowFigures>,
}

/// The answers to one.
#[derive(Debug, Serialize)]
struct RowFigures {
    name: String,
    asked: u64,
    partial: u64,
    p95_ms: f64,
    latency: Latency,
}

impl TableFigures {
    fn new(title: String, wanted_p95_ms: Option<f64>, answers: &[Answers]) -> Self {
        let row = |answers: &Answers| RowFigures {
            name: answers.name.clone(),
            asked: answers.latency.len(),
            partial: answers.partial,
            p95_ms: answers.latency.value_at_quantile(0.95) as f64 / 1_000.0,
            latency: Latency::new(&answers.latency),
        };
        Self {
            title,
            wanted_p95_ms,
            rows: answers.iter().map(row).collect(),
        }
    }
}

/// Runs everything. Server and files are gone when this returns or is dropped.
pub(super) async fn run(
    args: &BenchArgs,
    events: u64,
    program: &Path,
    log: &mut impl Write,
) -> anyhow::Result<QuestionFigures> {
    let rig = Rig::start(args, program, log).await?;
    let (project, session) = (&rig.project, &rig.session);
    let memory = || process::memory_mb(rig.server.pid(), "VmHWM");
    let now = crate::now();
    writeln!(log, "Sending {events} events of the last 30 days...")?;
    let fill_sec = fill::fill(&rig, events, log).await?;
    let memory_filled_mb = memory();
    writeln!(log, "Waiting until they are counted and listed...")?;
    let settle_sec = settle(&rig, args.settle()).await;
    let database_mb = rig.store.size_mb();

    let batch = usize::from(args.batch);
    let bodies = Arc::new(Bodies::new(batch, 3, now));
    let rate = RATE / batch as f64;
    let mut tables = Vec::new();
    for table in list::tables(project.id, &project.slug, args.store) {
        writeln!(log, "{}, idle...", table.title)?;
        let answers = ask(session, &table.questions).await?;
        let title = format!("{}, idle", table.title);
        tables.push(TableFigures::new(title, table.idle_ms, &answers));
        if table.loaded_ms.is_some() {
            writeln!(log, "{}, while events come in...", table.title)?;
            let answers = tokio::select! {
                answers = ask(session, &table.questions) => answers?,
                ended = open(&rig.target, &bodies, rate, FOREVER) => {
                    ended?;
                    bail!("the load ended before the questions");
                }
            };
            let title = format!("{}, while {RATE} events/s come in", table.title);
            tables.push(TableFigures::new(title, table.loaded_ms, &answers));
        }
    }
    let duration = args.scenario();
    writeln!(log, "Acknowledgements, nobody asking...")?;
    let alone = open(&rig.target, &bodies, rate, duration).await?;
    writeln!(log, "Acknowledgements beside heavy questions...")?;
    let heavy = list::heavy(project.id);
    let (beside, ()) = tokio::try_join!(
        open(&rig.target, &bodies, rate, duration),
        keep_asking(session, &heavy, duration),
    )?;
    for outcome in [&alone, &beside] {
        if let Some(error) = &outcome.first_error {
            bail!("{} requests were not acknowledged: {error}", outcome.errors);
        }
    }
    Ok(QuestionFigures {
        occasion: Occasion::of(args.store, now),
        events,
        fill_sec,
        settle_sec,
        database_mb,
        tables,
        alone: Latency::new(&alone.latency),
        beside_heavy: Latency::new(&beside.latency),
        memory_filled_mb,
        memory_mb: memory(),
    })
}
