//! The command line of `eventglass verify`.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::check::{NAMES, check};
use super::probe::Probe;
use super::report::{Summary, write_check};
use crate::http::BaseUrl;

/// Arguments of `eventglass verify`.
#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// Where the server is.
    #[arg(long, env = "EVENTGLASS_URL", default_value = "http://localhost:8000")]
    pub url: BaseUrl,

    /// The key of a project, to which some 300 events are sent.
    #[arg(long, env = "EVENTGLASS_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub api_key: String,

    /// Print all as one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// Makes the twelve checks and prints what came of them on standard output.
///
/// The code is that of the verdict: 0 READY, 1 CAUTION, 2 NOT READY. Must not
/// be called from within an async runtime.
///
/// # Errors
/// When the key cannot be a key, or nothing can be printed.
pub fn run(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(verify(args, &mut io::stdout()))
}

pub(super) async fn verify(args: &VerifyArgs, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let probe = Probe::new(args).context("cannot use this API key")?;
    let mut checks = Vec::with_capacity(NAMES.len());
    for number in 1..=NAMES.len() {
        let checked = check(&probe, number).await;
        if !args.json {
            write_check(&checked, out)?;
            out.flush()?;
        }
        checks.push(checked);
    }
    let summary = Summary::new(args.url.to_string(), &checks);
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &summary)?;
        writeln!(out)?;
    } else {
        summary.write(out)?;
    }
    Ok(ExitCode::from(summary.verdict.code()))
}
