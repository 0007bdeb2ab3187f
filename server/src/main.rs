//! The program `eventglass`: a command line, and nothing else.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use eventglass_harness::bench::{self, BenchArgs};
use eventglass_harness::curl::{self, CurlArgs};
use eventglass_harness::generate::{self, GenerateArgs};
use eventglass_harness::ingest::{self, IngestArgs};
use eventglass_harness::load::{self, LoadArgs};
use eventglass_harness::verify::{self, VerifyArgs};
use eventglass_server::ExportArgs;
use eventglass_server::config::DEFAULTS;
use eventglass_server::maintain::{self, BackupArgs, CopyArgs, MigrateArgs, Place, RestoreArgs};
use mimalloc::MiMalloc;

/// Many small allocations come and go with every request, on many threads:
/// the system's takes a tenth of the time of an event, and keeps twice the memory.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Shows what services and LLM agents are doing.
#[derive(Parser)]
#[command(name = "eventglass", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the pages (what happens when no command is given)
    Serve(ServeArgs),
    /// Count all stored events anew, for charts and dashboards; also while a server runs
    RebuildRollups(Place),
    /// Bring the database's schema up to date, or ask whether it is
    Migrate(MigrateArgs),
    /// Copy the SQLite database to a file, also while it is served
    Backup(BackupArgs),
    /// Put a backup in the place of the SQLite database
    Restore(RestoreArgs),
    /// Move an installation from SQLite to Postgres
    Copy(CopyArgs),
    /// Print every setting with its default and what it means
    Settings,
    /// Write realistic events to a file
    Generate(GenerateArgs),
    /// Pour a file of events into a server
    Ingest(IngestArgs),
    /// Send a shop's traffic at a steady rate
    Load(LoadArgs),
    /// Print curl commands that send a shop's events
    Curl(CurlArgs),
    /// Ask a server whether it may be relied on
    Verify(VerifyArgs),
    /// Write the events of a search to a file
    Export(ExportArgs),
    /// Measure what this program can take on this machine
    Bench(BenchArgs),
}

/// Stack of a thread that renders pages: a page is as deep as what is on it,
/// and a stack that overflows takes the whole program with it. Bytes that are
/// not used are not taken.
const STACK: usize = 16 << 20;

#[derive(Default, clap::Args)]
struct ServeArgs {
    /// Address and port to listen on [default: 127.0.0.1:8000]
    #[arg(long)]
    addr: Option<SocketAddr>,
    #[command(flatten)]
    place: Place,
}

fn main() -> ExitCode {
    let command = Cli::parse()
        .command
        .unwrap_or_else(|| Command::Serve(ServeArgs::default()));
    small_pages();
    // Of `migrate --check`, 1 is an answer.
    let failure = if matches!(command, Command::Migrate(_)) { 2 } else { 1 };
    let result = match command {
        Command::Serve(args) => serve(args).map(|()| ExitCode::SUCCESS),
        Command::RebuildRollups(args) => rebuild_rollups(&args).map(|()| ExitCode::SUCCESS),
        Command::Migrate(args) => maintain::migrate(&args),
        Command::Backup(args) => maintain::backup(&args),
        Command::Restore(args) => maintain::restore(&args),
        Command::Copy(args) => maintain::copy(&args),
        Command::Settings => print_settings(),
        Command::Generate(args) => generate::run(&args),
        Command::Ingest(args) => ingest::run(&args),
        Command::Load(args) => load::run(&args),
        Command::Curl(args) => curl::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Export(args) => export(&args),
        Command::Bench(args) => bench::run(&args),
    };
    result.unwrap_or_else(|error| {
        #[expect(clippy::print_stderr, reason = "there may be no log yet")]
        {
            eprintln!("eventglass: {}", told(&error));
        }
        ExitCode::from(failure)
    })
}

/// Takes memory in pages of the ordinary size. What is taken for a request is given
/// back after it, and of a huge page (2 MB) nothing is while a byte of it is in use: with
/// them the same work keeps a third more memory resident, and is no faster.
fn small_pages() {
    // A system that knows no huge pages refuses, and needs nothing else.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// An error and its causes, but for those that the ones before have told already.
fn told(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |told, cause| {
        let cause = cause.to_string();
        match told.as_str() {
            "" => cause,
            before if before.contains(&cause) => told,
            _ => format!("{told}: {cause}"),
        }
    })
}

fn export(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let place = Place {
        data: args.data.clone(),
        config: args.config.clone(),
    };
    let settings = place.settings()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(eventglass_server::export(args, &settings))
}

fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let mut settings = args.place.settings()?;
    settings.addr = args.addr.unwrap_or(settings.addr);
    eventglass_server::init_logs(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .enable_all()
        .build()?;
    runtime.block_on(eventglass_server::serve(settings))
}

fn rebuild_rollups(place: &Place) -> anyhow::Result<()> {
    let settings = place.settings()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(eventglass_server::rebuild_rollups(settings))
}

fn print_settings() -> anyhow::Result<ExitCode> {
    use std::io::Write as _;
    std::io::stdout().write_all(DEFAULTS.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
