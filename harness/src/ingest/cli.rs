//! The command line of `eventglass ingest`.

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::deliver::{Delivery, Settings};
use super::progress::{Goal, Progress};
use super::report;
use super::source::Reader;
use crate::http::BaseUrl;

/// As a shell reports a program that SIGINT ended.
const INTERRUPTED: u8 = 130;

/// Arguments of `eventglass ingest`.
#[derive(Args, Clone, Debug)]
pub struct IngestArgs {
    /// The events: one JSON object a line, an array, or {"events": [...]}; `-` is standard input.
    pub file: String,

    /// Where the server is.
    #[arg(long, env = "EVENTGLASS_URL", default_value = "http://localhost:8000")]
    pub url: BaseUrl,

    /// The project's key.
    #[arg(long, env = "EVENTGLASS_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub api_key: String,

    /// Several requests at a time, or one after the other.
    #[arg(long, value_enum, default_value_t = Mode::Concurrent)]
    pub mode: Mode,

    /// How many requests at a time.
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub concurrency: u16,

    /// How many events a request; 1 posts each alone.
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub batch: u16,

    /// Pause after each request (of each sender), in milliseconds.
    #[arg(long, default_value_t = 0, value_name = "MS")]
    pub delay: u64,

    /// Stop after so many events.
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,

    /// How often a request is sent, waiting longer each time, while the server is busy or away.
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub tries: u32,

    /// Limit of one request, in seconds.
    #[arg(long, default_value_t = 30, value_name = "S", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub timeout: u64,
}

/// Several requests at a time, or one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// As many as `--concurrency` says.
    Concurrent,
    /// In the order of the file.
    Sequential,
}

/// Sends the events and prints the statistics on standard error.
///
/// The code is 0 when every event was acknowledged, 1 when one was not, 130
/// after Ctrl-C. Must not be called from within an async runtime.
///
/// # Errors
/// When the file cannot be opened. Once sending has begun, faults are printed with the statistics.
pub fn run(args: &IngestArgs) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(ingest(args, &mut io::stderr()))
}

pub(super) async fn ingest(args: &IngestArgs, log: &mut impl Write) -> anyhow::Result<ExitCode> {
    let senders = match args.mode {
        Mode::Concurrent => args.concurrency,
        Mode::Sequential => 1,
    };
    let (to, chunks) = mpsc::channel(usize::from(senders) * 2);
    let reader = Reader::new(usize::from(args.batch), args.limit, to);
    let goal = open(args, reader)?;
    writeln!(
        log,
        "📁 Loading {}",
        if args.file == "-" { "standard input" } else { &args.file }
    )?;
    writeln!(log, "🎯 Target: {}", args.url)?;
    writeln!(
        log,
        "⚙️ Mode: {}",
        if senders == 1 { "sequential" } else { "concurrent" }
    )?;
    writeln!(log, "🔀 Concurrency: {senders}, {} events a request", args.batch)?;
    writeln!(log, "🚀 Starting ingestion...")?;

    let settings = Settings {
        url: args.url.clone(),
        api_key: args.api_key.clone(),
        batch: usize::from(args.batch),
        tries: args.tries,
        delay: Duration::from_millis(args.delay),
        timeout: Duration::from_secs(args.timeout),
    };
    let progress = Progress::new(goal, io::stderr().is_terminal());
    let delivery = Arc::new(Delivery::new(&settings, chunks, progress).context("cannot use this API key")?);
    let mut workers = JoinSet::new();
    for _ in 0..senders {
        let delivery = Arc::clone(&delivery);
        workers.spawn(async move { delivery.work().await });
    }
    let interrupted = tokio::select! {
        () = async { while workers.join_next().await.is_some() {} } => false,
        () = delivery.progress.tell() => false,
        _ = tokio::signal::ctrl_c() => true,
    };
    workers.shutdown().await;
    delivery.progress.finish();
    report::write(&delivery.stats(), delivery.progress.elapsed(), log)?;
    if interrupted {
        writeln!(log, "\nInterrupted: the rest of the file was not sent")?;
        return Ok(ExitCode::from(INTERRUPTED));
    }
    if let Some(fault) = delivery.take_fault() {
        writeln!(log, "\nStopped early: {fault:#}")?;
        return Ok(ExitCode::FAILURE);
    }
    let lost = delivery.stats().lost();
    Ok(if lost == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Opens the file and reads it on a thread of its own, which may block: it is
/// not waited for, so that a silent pipe cannot keep the program from ending.
fn open(args: &IngestArgs, reader: Reader) -> anyhow::Result<Goal> {
    let (name, limit) = (args.file.as_str(), args.limit.map(Goal::Events));
    if name == "-" {
        std::thread::spawn(move || reader.run(BufReader::new(io::stdin())));
        return Ok(limit.unwrap_or(Goal::Unknown));
    }
    let file = File::open(name).with_context(|| format!("cannot open {name}"))?;
    let about = file.metadata().with_context(|| format!("cannot open {name}"))?;
    anyhow::ensure!(!about.is_dir(), "cannot open {name}: it is a folder");
    let bytes = if about.is_file() {
        Goal::Bytes(about.len())
    } else {
        Goal::Unknown
    };
    std::thread::spawn(move || reader.run(BufReader::with_capacity(256 * 1_024, file)));
    Ok(limit.unwrap_or(bytes))
}
