//! The command line of `eventglass load`.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use super::config::Config;
use super::count::Tally;
use super::door::Door;
use super::log::{Level, Log};
use super::pace::{IN_FLIGHT, Schedule, pace};
use super::plan::Plan;
use super::progress::Progress;
use super::report;
use super::results::Results;
use super::run::Run;
use crate::http::BaseUrl;
use crate::shop::{Shop, Traffic};

/// As a shell reports a program that SIGINT ended.
const INTERRUPTED: u8 = 130;

/// Arguments of `eventglass load`. A flag beats the scenario, which beats the file.
#[derive(Args, Clone, Debug, Default)]
pub struct LoadArgs {
    /// The configuration [default: ./config.yaml, if there is one].
    #[arg(long, short, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// quick_test, medium_load, heavy_load, stress_test, or one of the file.
    #[arg(long, short, value_name = "NAME")]
    pub scenario: Option<String>,

    /// How many visitors.
    #[arg(long, short, value_name = "N")]
    pub users: Option<u32>,

    /// How long, in minutes; 0.5 is half a minute.
    #[arg(long, short, value_name = "MINUTES")]
    pub duration: Option<f64>,

    /// Events a second.
    #[arg(long, short, value_name = "N")]
    pub rate: Option<u32>,

    /// Events a request, up to 100.
    #[arg(long, short, value_name = "N")]
    pub batch_size: Option<u32>,

    /// Each event in a request of its own.
    #[arg(long)]
    pub single_events: bool,

    /// The project's key.
    #[arg(
        long,
        short = 'k',
        env = "EVENTGLASS_API_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    pub api_key: Option<String>,

    /// Where the server is.
    #[arg(long, env = "EVENTGLASS_URL", value_name = "URL")]
    pub base_url: Option<BaseUrl>,

    /// Makes the same events again.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// Sends the load; progress goes to standard error, the table to standard output.
///
/// The code is 0 when every event was acknowledged, 1 when one was not, 130
/// after Ctrl-C. Must not be called from within an async runtime.
///
/// # Errors
/// When the configuration is missing or wrong, the scenario unknown, or there is no key.
pub fn run(args: &LoadArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(args.config.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(load(args, &config, &mut io::stdout(), &mut io::stderr()))
}

pub(super) async fn load(
    args: &LoadArgs,
    config: &Config,
    out: &mut impl Write,
    say: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let plan = Plan::new(args, config)?;
    let door = Arc::new(Door::new(&plan).context("cannot use this API key")?);
    let log = Log::open(&config.output.log_file, config.output.log_level)?;
    announce(&plan, config, &log, say)?;

    let mut rng = args.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
    let shop = Shop::new(&config.products, &config.pages.types, &mut rng);
    let crowd = config.crowd((1..=plan.size.users).map(|number| config.user_id(number)).collect());
    let traffic = Traffic::new(crowd, shop, config.events.weights, crate::now(), rng);
    let progress = Progress::new(plan.size.events(), io::stderr().is_terminal());
    let schedule = Schedule {
        started: progress.started(),
        step: f64::from(plan.batch()) / f64::from(plan.size.events_per_second),
        count: plan.batches(),
    };
    let mut run = Run {
        door,
        traffic,
        schedule,
        batch: plan.batch(),
        single: plan.single,
        left: plan.size.events(),
        tally: Tally::new()?,
        progress: &progress,
        log: &log,
        nobody: Some(0),
        fault: None,
    };
    let every = Duration::from_secs_f64(config.output.stats_interval_seconds);
    let interrupted = tokio::select! {
        ended = to_the_end(schedule, plan.size.lasts(), &mut run) => { ended?; false }
        () = progress.tell(every, &log) => false,
        _ = tokio::signal::ctrl_c() => true,
    };
    let took = progress.elapsed();
    progress.finish();
    let Run { tally, fault, left, .. } = run;

    report::write(&tally, took, out)?;
    log.write(
        Level::Info,
        format_args!("ended: {} of {} events stored", tally.successful, tally.events),
    );
    if config.output.save_results {
        let path = &config.output.results_file;
        let results = serde_json::to_string_pretty(&Results::new(plan.size, &tally, took, crate::now()))?;
        std::fs::write(path, results + "\n").with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(say, "Results: {}", path.display())?;
    }
    if interrupted {
        writeln!(say, "Interrupted: {left} events were not sent")?;
        return Ok(ExitCode::from(INTERRUPTED));
    }
    if let Some(fault) = fault {
        writeln!(say, "Stopped early: {fault}")?;
        return Ok(ExitCode::FAILURE);
    }
    let complete = left == 0 && tally.failed == 0 && tally.unfinished() == 0;
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Sends everything, and lasts as long as was asked for: the last batch is due one step before.
async fn to_the_end(schedule: Schedule, lasts: Duration, run: &mut Run<'_>) -> anyhow::Result<()> {
    pace(schedule, IN_FLIGHT, run).await?;
    if run.fault.is_none() {
        tokio::time::sleep_until(schedule.started + lasts).await;
    }
    Ok(())
}

fn announce(plan: &Plan, config: &Config, log: &Log, say: &mut impl Write) -> anyhow::Result<()> {
    if !config.unknown.is_empty() {
        writeln!(say, "Ignored in the configuration: {}", config.unknown.join(", "))?;
    }
    let size = &plan.size;
    let each = if plan.single {
        "one by one".to_owned()
    } else {
        format!("{} a batch", size.batch_size)
    };
    let text = format!(
        "{} events to {}: {} a second for {} min, {each}, by {} visitors",
        size.events(),
        plan.base_url,
        size.events_per_second,
        size.duration_minutes,
        size.users
    );
    log.write(Level::Info, &text);
    writeln!(say, "{text}")?;
    Ok(())
}
