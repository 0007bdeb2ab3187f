//! The scenarios, in order, against one server.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use eventglass_model::Project;

use super::bodies::Bodies;
use super::cli::BenchArgs;
use super::figures::{Figures, LoadFigures, MemoryFigures, ProofFigures};
use super::load::{Outcome, closed, open};
use super::machine::Occasion;
use super::rig::Rig;
use super::settle::settle;
use super::{disk, process, search, stages};

const SINGLE_CONNECTIONS: usize = 16;
const WARM_UP: Duration = Duration::from_secs(1);
const SAMPLE: Duration = Duration::from_millis(200);

/// A server under test and what is known of it so far.
struct Suite<'a, W> {
    rig: Rig,
    loads: Vec<LoadFigures>,
    proof: ProofFigures,
    memory: MemoryFigures,
    log: &'a mut W,
}

/// Runs everything. Server and files are gone when this returns or is dropped.
pub(super) async fn run(args: &BenchArgs, program: &Path, log: &mut impl Write) -> anyhow::Result<Figures> {
    let duration = args.scenario();
    let rig = Rig::start(args, program, log).await?;
    writeln!(log, "Disk: fdatasync of 8 kB...")?;
    let disk = disk::measure(rig.folder(), duration.min(Duration::from_secs(1)))?;
    let mut suite = Suite {
        rig,
        loads: Vec::new(),
        proof: ProofFigures::default(),
        memory: MemoryFigures::default(),
        log,
    };

    let batch = usize::from(args.batch);
    let now = crate::now();
    let (batches, singles) = (Arc::new(Bodies::new(batch, 0, now)), Arc::new(Bodies::new(1, 1, now)));
    let warm_up = closed(&suite.rig.target, &batches, 4, WARM_UP.min(duration)).await?;
    suite.account(&warm_up);

    for connections in args.senders() {
        let name = format!("closed, {batch} a request, {connections} connections");
        suite
            .load(
                name,
                &batches,
                None,
                closed(&suite.rig.target.clone(), &batches, connections, duration),
            )
            .await?;
    }
    let ceiling = suite.loads.iter().map(|load| load.events_per_sec).fold(0.0, f64::max);
    let name = format!("closed, single, {SINGLE_CONNECTIONS} connections");
    suite
        .load(
            name,
            &singles,
            None,
            closed(&suite.rig.target.clone(), &singles, SINGLE_CONNECTIONS, duration),
        )
        .await?;
    let spans = Arc::new(Bodies::spans(batch, 2, now));
    for connections in args.senders() {
        let name = format!("OTLP, {batch} spans a request, {connections} connections");
        suite
            .load(
                name,
                &spans,
                None,
                closed(&suite.rig.target.clone(), &spans, connections, duration),
            )
            .await?;
    }
    for share in args.shares() {
        suite.fixed_rate(&batches, ceiling * share, *share, duration).await?;
    }

    let ask = || search::measure(&suite.rig.session, suite.rig.project.id, duration);
    writeln!(suite.log, "Searches: idle...")?;
    let searches_idle = ask().await?;
    writeln!(suite.log, "Searches: under half of the ceiling...")?;
    let rate = (ceiling / 2.0 / batch as f64).max(1.0);
    let (searches_loaded, background) = tokio::try_join!(ask(), open(&suite.rig.target, &batches, rate, duration))?;
    writeln!(suite.log, "Searches: at rest, waiting for it...")?;
    let settle_sec = settle(&suite.rig, args.settle()).await;
    let searches_at_rest = ask().await?;
    suite.account(&background);

    suite.memory.peak_resident_mb = process::memory_mb(suite.rig.server.pid(), "VmHWM");
    let database_mb = suite.rig.store.size_mb();
    let (loads, memory, proof) = suite.prove(program).await?;
    Ok(Figures {
        occasion: Occasion::of(args.store, now),
        disk,
        loads,
        searches_idle,
        searches_loaded,
        settle_sec,
        searches_at_rest,
        memory,
        database_mb,
        proof,
    })
}

impl<W: Write> Suite<'_, W> {
    fn account(&mut self, outcome: &Outcome) {
        self.proof.acknowledged += outcome.acknowledged;
        self.proof.uncertain += outcome.uncertain;
    }

    async fn fixed_rate(
        &mut self,
        bodies: &Arc<Bodies>,
        events: f64,
        share: f64,
        duration: Duration,
    ) -> anyhow::Result<()> {
        let rate = (events / bodies.batch() as f64).max(1.0);
        let name = format!("open, {:.0} % of the ceiling", share * 100.0);
        let target = self.rig.target.clone();
        self.load(name, bodies, Some(events), open(&target, bodies, rate, duration))
            .await
    }

    /// Runs one scenario and measures both processes meanwhile.
    async fn load(
        &mut self,
        name: String,
        bodies: &Bodies,
        offered: Option<f64>,
        load: impl Future<Output = anyhow::Result<Outcome>>,
    ) -> anyhow::Result<()> {
        writeln!(self.log, "Load: {name}...")?;
        let pid = self.rig.server.pid();
        let store = &self.rig.store;
        let cpu = || {
            let server = process::cpu_seconds(&pid.to_string());
            (server, process::cpu_seconds("self"), store.cpu_seconds())
        };
        let counters = stages::scrape(self.rig.server.url()).await?;
        let before = cpu();
        let mut anonymous = self.memory.peak_anonymous_mb;
        let outcome = tokio::select! {
            outcome = load => outcome?,
            never = sample(pid, &mut anonymous) => match never {},
        };
        let after = cpu();
        self.memory.peak_anonymous_mb = anonymous;
        let later = stages::scrape(self.rig.server.url()).await?;
        self.account(&outcome);
        let mut figures = LoadFigures::new(name, bodies, &outcome);
        figures.offered_events_per_sec = offered;
        figures.server_cpu_sec = after.0 - before.0;
        figures.client_cpu_sec = after.1 - before.1;
        figures.database_cpu_sec = after.2 - before.2;
        figures.stages = later.since(&counters, outcome.acknowledged);
        figures.events_per_commit = later.group_since(&counters);
        self.loads.push(figures);
        Ok(())
    }

    /// Counts what is stored, cuts the power, and counts again.
    async fn prove(mut self, program: &Path) -> anyhow::Result<(Vec<LoadFigures>, MemoryFigures, ProofFigures)> {
        writeln!(self.log, "Proof: counting, kill -9, counting again...")?;
        let id = self.rig.project.id;
        self.proof.stored = count(&self.rig.session.project(id).await?);
        let rig = self.rig.restart(program).await?;
        self.proof.stored_after_kill = count(&rig.session.project(id).await?);
        Ok((self.loads, self.memory, self.proof))
    }
}

fn count(project: &Project) -> u64 {
    u64::try_from(project.event_count).unwrap_or(0)
}

/// Keeps the highest `RssAnon`; never returns.
async fn sample(pid: u32, peak: &mut f64) -> std::convert::Infallible {
    loop {
        *peak = peak.max(process::memory_mb(pid, "RssAnon"));
        tokio::time::sleep(SAMPLE).await;
    }
}
