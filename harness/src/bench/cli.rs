//! The command line of `eventglass bench`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use serde::Serialize;

use super::store::StoreKind;
use super::{questions, report, suite};
use crate::server::this_program;

/// Arguments of `eventglass bench`.
#[derive(Args, Clone, Debug)]
pub struct BenchArgs {
    /// How long each scenario takes, in seconds.
    #[arg(long, default_value_t = 10.0, value_name = "S", value_parser = seconds)]
    pub duration: f64,

    /// A minute's smoke test instead: one second a scenario, fewer of them.
    #[arg(long)]
    pub quick: bool,

    /// Senders of batches to try; the ceiling is the best of them.
    #[arg(long, value_delimiter = ',', default_values_t = [2, 8, 16], value_name = "N,N")]
    pub connections: Vec<usize>,

    /// Events a batch.
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u16).range(2..=1_000))]
    pub batch: u16,

    /// Measure questions on so many events of the last 30 days instead (5 million: about 15 min).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub events: Option<u64>,

    /// Write all figures here as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Folder for the database of the test, on the disk to be measured; some
    /// gigabytes go in and are removed again.
    #[arg(long, default_value = "target", value_name = "DIR")]
    pub dir: PathBuf,

    /// Where the server keeps its data; Postgres has to be installed.
    #[arg(long, value_enum, default_value_t = StoreKind::Sqlite)]
    pub store: StoreKind,

    /// The program to measure instead of this one.
    #[arg(long, value_name = "PROGRAM")]
    pub server: Option<PathBuf>,

    /// Fail when a target is missed.
    #[arg(long)]
    pub check: bool,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.1..=3_600.0).contains(&seconds) => Ok(seconds),
        _ => Err("must be a number of seconds from 0.1 to 3600".to_owned()),
    }
}

impl BenchArgs {
    /// What one scenario takes.
    pub(super) fn scenario(&self) -> Duration {
        Duration::from_secs_f64(if self.quick { 1.0 } else { self.duration })
    }

    /// How long is waited at most until the server is idle.
    pub(super) const fn settle(&self) -> Duration {
        if self.quick {
            Duration::from_secs(1)
        } else {
            Duration::from_mins(30)
        }
    }

    /// Senders to try.
    pub(super) fn senders(&self) -> Vec<usize> {
        let mut list = if self.quick { vec![4] } else { self.connections.clone() };
        list.retain(|n| (1..=1_000).contains(n));
        list
    }

    /// Shares of the ceiling that are sent at a fixed rate.
    pub(super) const fn shares(&self) -> &'static [f64] {
        if self.quick { &[0.5] } else { &[0.25, 0.5, 0.75] }
    }
}

/// Measures and prints the tables on standard output, progress on standard error.
///
/// The code is 1 when a request failed, when what was acknowledged is not
/// what is stored, or, with `--check`, when a target is missed. The server
/// and its files are gone afterwards, whatever happened. Must not be called
/// from within an async runtime.
///
/// # Errors
/// When the server cannot be started or goes away, and after Ctrl-C.
pub fn run(args: &BenchArgs) -> anyhow::Result<ExitCode> {
    // One thread: on a machine of two cores the server needs the other.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let good = runtime.block_on(async {
        tokio::select! {
            good = measure(args) => good,
            () = asked_to_stop() => bail!("interrupted"),
        }
    })?;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether all is well.
async fn measure(args: &BenchArgs) -> anyhow::Result<bool> {
    let program = match &args.server {
        Some(program) => std::path::absolute(program)?,
        None => this_program()?,
    };
    let log = &mut io::stderr();
    if let Some(events) = args.events {
        let figures = questions::run(args, events, &program, log).await?;
        publish(args, &figures, questions::write)?;
        return Ok(!args.check || questions::met(&figures));
    }
    let figures = suite::run(args, &program, log).await?;
    publish(args, &figures, report::write)?;
    let met = report::targets(&figures).iter().all(|target| target.met);
    Ok(report::is_sound(&figures) && (!args.check || met))
}

/// Tables on standard output, everything in a file if there is to be one.
fn publish<F: Serialize>(
    args: &BenchArgs,
    figures: &F,
    write: impl FnOnce(&F, &mut io::StdoutLock<'static>) -> io::Result<()>,
) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    write(figures, &mut out)?;
    out.flush()?;
    if let Some(path) = &args.json {
        let json = serde_json::to_string_pretty(figures)?;
        std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Ctrl-C, or the polite signal of a process manager.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
