//! `eventglass backup` and `eventglass restore`, of SQLite.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use eventglass_engine::store::StoreError;
use eventglass_engine::store::sqlite::{self, Copied};

use super::{Place, bar, runtime};

/// Arguments of `eventglass backup`.
#[derive(Args, Debug)]
#[command(
    after_help = "All that was acknowledged before is in it. It is checked before it appears under its name. On \
    Postgres: pg_dump (docs/keeping.md)."
)]
pub struct BackupArgs {
    /// The file to make
    file: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    place: Place,
}

/// Arguments of `eventglass restore`.
#[derive(Args, Debug)]
#[command(after_help = "Stop the server first. The backup is checked before anything is touched.")]
pub struct RestoreArgs {
    /// A file that `eventglass backup` made
    file: PathBuf,
    /// Replace the database that is there, with all that is in it
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    place: Place,
}

/// Copies the database of a server that may be running.
///
/// # Errors
/// When there is none, or the file cannot be made; then nothing is left behind.
pub fn backup(args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let source = args.place.sqlite()?;
    anyhow::ensure!(source.exists(), "there is no database in {}", source.display());
    let bar = bar::bar("Copying".to_owned(), 0, true);
    let copied = sqlite::backup(&source, &args.file, args.replace, &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
        if done == all {
            bar.set_message("Checking");
        }
    });
    bar.finish_and_clear();
    report("Backed up to", &args.file, copied).with_context(|| format!("making {}", args.file.display()))
}

/// Puts a backup in the place of the database of a server that is not running.
///
/// # Errors
/// When a server is running, or the backup is not sound or of a newer program;
/// then the database is as it was.
pub fn restore(args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(args.file.exists(), "there is no file {}", args.file.display());
    let target = args.place.sqlite()?;
    runtime()?
        .block_on(eventglass_engine::store::schema("", &args.file))
        .with_context(|| format!("reading {}", args.file.display()))?;
    if let Some(folder) = target.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let bar = bar::bar("Copying".to_owned(), 0, true);
    let copied = sqlite::restore(&args.file, &target, args.replace, &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    report("Restored to", &target, copied)
}

fn report(what: &str, file: &Path, copied: Result<Copied, StoreError>) -> anyhow::Result<ExitCode> {
    let copied = match copied {
        Err(StoreError::Conflict(_)) => anyhow::bail!("{} is there already; --replace replaces it", file.display()),
        copied => copied?,
    };
    let (events, megabytes) = (copied.events, copied.bytes / 1_000_000);
    writeln!(
        stdout(),
        "{what} {}: {events} events, {megabytes} MB, checked.",
        file.display()
    )?;
    Ok(ExitCode::SUCCESS)
}
