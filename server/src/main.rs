//! The program `eventglass`: a command line, and nothing else.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use eventglass_harness::bench::{self, BenchArgs};
use eventglass_harness::curl::{self, CurlArgs};
use eventglass_harness::generate::{self, GenerateArgs};
use eventglass_harness::ingest::{self, IngestArgs};
use eventglass_harness::load::{self, LoadArgs};
use eventglass_harness::verify::{self, VerifyArgs};
use eventglass_server::ExportArgs;
use eventglass_server::config::{DEFAULTS, Settings};

/// Shows what services and LLM agents are doing.
#[derive(Parser)]
#[command(name = "eventglass", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the pages (what happens when no command is given)
    Serve(ServeArgs),
    /// Count all stored events anew, for charts and dashboards; also while a server runs
    RebuildRollups(StoreArgs),
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
    /// Folder of the database [default: ./data]
    #[arg(long)]
    data: Option<PathBuf>,
    /// Settings file [default: ./eventglass.toml, if there is one]
    #[arg(long, env = "EVENTGLASS_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(clap::Args)]
struct StoreArgs {
    /// Folder of the database [default: ./data]
    #[arg(long)]
    data: Option<PathBuf>,
    /// Settings file [default: ./eventglass.toml, if there is one]
    #[arg(long, env = "EVENTGLASS_CONFIG")]
    config: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command.unwrap_or_else(|| Command::Serve(ServeArgs::default())) {
        Command::Serve(args) => serve(args).map(|()| ExitCode::SUCCESS),
        Command::RebuildRollups(args) => rebuild_rollups(args).map(|()| ExitCode::SUCCESS),
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
            eprintln!("eventglass: {error:#}");
        }
        ExitCode::FAILURE
    })
}

fn settings(config: Option<PathBuf>, data: Option<PathBuf>) -> anyhow::Result<Settings> {
    let usual = Path::new("eventglass.toml");
    let file = config.or_else(|| usual.exists().then(|| usual.to_owned()));
    let mut settings = Settings::load(file.as_deref(), std::env::vars().collect())?;
    settings.data = data.unwrap_or(settings.data);
    Ok(settings)
}

fn export(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let settings = settings(args.config.clone(), args.data.clone())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(eventglass_server::export(args, &settings))
}

fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let mut settings = settings(args.config, args.data)?;
    settings.addr = args.addr.unwrap_or(settings.addr);
    eventglass_server::init_logs(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .enable_all()
        .build()?;
    runtime.block_on(eventglass_server::serve(settings))
}

fn rebuild_rollups(args: StoreArgs) -> anyhow::Result<()> {
    let usual = Path::new("eventglass.toml");
    let file = args.config.or_else(|| usual.exists().then(|| usual.to_owned()));
    let mut settings = Settings::load(file.as_deref(), std::env::vars().collect())?;
    settings.data = args.data.unwrap_or(settings.data);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(eventglass_server::rebuild_rollups(settings))
}

fn print_settings() -> anyhow::Result<ExitCode> {
    use std::io::Write as _;
    std::io::stdout().write_all(DEFAULTS.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
