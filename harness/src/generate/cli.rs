//! The command line of `eventglass generate`.

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::{Args, ValueEnum};
use eventglass_model::Timestamp;

use super::traces::{self, TracePlan};
use super::{Generator, Plan, SERVICES};

/// Arguments of `eventglass generate`.
#[derive(Args, Clone, Debug)]
pub struct GenerateArgs {
    /// How many events.
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    pub count: u64,

    /// Where to write; `-` is standard output.
    #[arg(long, short, default_value = "realistic_events.jsonl", value_name = "FILE")]
    pub output: String,

    /// One event a line, or one array.
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    pub format: Format,

    /// Over how many hours the events are spread; the last happens now.
    #[arg(long, default_value_t = 24, value_name = "H", value_parser = clap::value_parser!(u32).range(1..=87_600))]
    pub hours: u32,

    /// Makes the same events again: same ids, same everything but the times,
    /// which end now. (Sent twice to one project they are duplicates.)
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Traces of agents instead of events of a shop: so many, 100 when no number is given.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "100", conflicts_with = "count")]
    pub traces: Option<u64>,

    /// With --traces: about so many spans each, instead of what an answer takes.
    #[arg(long, value_name = "N", requires = "traces", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub spans: Option<u32>,

    /// With --traces: also one of each kind that goes wrong in the field: orphans,
    /// circles, duplicates, clocks that differ, 2,000 levels, and so on.
    #[arg(long, requires = "traces")]
    pub odd: bool,

    /// When the last event happens instead of now, RFC 3339: with --seed, the same bytes again.
    #[arg(long, hide = true, value_parser = |text: &str| Timestamp::parse(text))]
    pub end: Option<Timestamp>,
}

/// How the events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One array.
    Json,
    /// One event a line.
    Jsonl,
}

/// What was generated.
#[derive(Default)]
pub(super) struct Summary {
    pub(super) events: u64,
    pub(super) failed: u64,
    pub(super) per_service: [u64; SERVICES.len()],
    pub(super) bytes: u64,
}

impl Summary {
    fn share(&self, count: u64) -> f64 {
        100.0 * count as f64 / self.events.max(1) as f64
    }
}

/// Generates the events and says on standard error how it went.
///
/// # Errors
/// When the output cannot be written. A reader that goes away early (`| head`) is no error.
pub fn run(args: &GenerateArgs) -> anyhow::Result<ExitCode> {
    if let Some(traces) = args.traces {
        return run_traces(args, traces);
    }
    let plan = Plan {
        count: args.count,
        hours: args.hours,
        end: args.end.unwrap_or_else(crate::now),
        seed: args.seed,
    };
    let mut log = io::stderr();
    let started = Instant::now();
    let written = if args.output == "-" {
        write_all(&plan, args.format, io::stdout().lock(), &mut log)
    } else {
        let file = File::create(&args.output).with_context(|| format!("cannot write {}", args.output))?;
        write_all(&plan, args.format, file, &mut log)
    };
    let summary = match written {
        Ok(summary) => summary,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
        Err(error) => return Err(error).with_context(|| format!("cannot write {}", args.output)),
    };
    report(&summary, &plan, started.elapsed().as_secs_f64(), &mut log)?;
    Ok(ExitCode::SUCCESS)
}

fn run_traces(args: &GenerateArgs, traces: u64) -> anyhow::Result<ExitCode> {
    let plan = TracePlan {
        traces,
        spans: args.spans.map(|spans| spans as usize),
        odd: args.odd,
        hours: args.hours,
        end: args.end.unwrap_or_else(crate::now),
        seed: args.seed,
    };
    let as_array = args.format == Format::Json;
    let written = if args.output == "-" {
        traces::write(&plan, as_array, &mut BufWriter::new(io::stdout().lock()))
    } else {
        let file = File::create(&args.output).with_context(|| format!("cannot write {}", args.output))?;
        traces::write(&plan, as_array, &mut BufWriter::with_capacity(256 * 1_024, file))
    };
    match written {
        Ok(summary) => writeln!(
            io::stderr(),
            "Generated {} traces with {} events, {} of them failed",
            summary.traces,
            summary.events,
            summary.failed
        )?,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => return Err(error).with_context(|| format!("cannot write {}", args.output)),
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes every event of the plan to `to`, and progress to `log`.
pub(super) fn write_all(plan: &Plan, format: Format, to: impl Write, log: &mut impl Write) -> io::Result<Summary> {
    let every = (plan.count / 20).next_multiple_of(1_000).max(1_000);
    let mut to = BufWriter::with_capacity(256 * 1_024, to);
    let mut line = Vec::with_capacity(2_048);
    let mut summary = Summary::default();
    let mut generator = Generator::new(plan);
    let (before, between, after): (&[u8], &[u8], &[u8]) = match format {
        Format::Json => (b"[\n", b",\n", b"\n]\n"),
        Format::Jsonl if plan.count == 0 => (b"", b"", b""),
        Format::Jsonl => (b"", b"\n", b"\n"),
    };
    to.write_all(before)?;
    while let Some(written) = generator.write_next(&mut line) {
        if summary.events > 0 {
            to.write_all(between)?;
        }
        to.write_all(&line)?;
        summary.events += 1;
        summary.failed += u64::from(written.failed);
        summary.bytes += line.len() as u64;
        if let Some(count) = summary.per_service.get_mut(written.service) {
            *count += 1;
        }
        line.clear();
        if summary.events.is_multiple_of(every) {
            writeln!(log, "Generated {}/{} events...", summary.events, plan.count)?;
        }
    }
    to.write_all(after)?;
    to.flush()?;
    Ok(summary)
}

fn report(summary: &Summary, plan: &Plan, seconds: f64, log: &mut impl Write) -> io::Result<()> {
    let endpoints: usize = SERVICES.iter().map(|service| service.endpoints.len()).sum();
    let services = summary.per_service.iter().filter(|count| **count > 0).count();
    let rate = summary.events as f64 / seconds.max(1e-9);
    writeln!(log, "Total events: {}", summary.events)?;
    writeln!(log, "Services: {services} ({endpoints} endpoints)")?;
    for (service, count) in SERVICES.iter().zip(summary.per_service) {
        writeln!(log, "  {:<22}{count:>10}  ({:.1}%)", service.name, summary.share(count))?;
    }
    writeln!(
        log,
        "Success rate: {:.2}%",
        summary.share(summary.events - summary.failed)
    )?;
    writeln!(log, "Error rate: {:.2}%", summary.share(summary.failed))?;
    writeln!(log, "Time range: {} hours, ending {}", plan.hours, plan.end)?;
    let megabytes = summary.bytes as f64 / 1e6;
    writeln!(log, "Took {seconds:.2} s: {rate:.0} events/sec, {megabytes:.1} MB")
}
