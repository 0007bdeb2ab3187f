//! `eventglass migrate`: the schema, before a server needs it.

use std::io::{Write, stdout};
use std::process::ExitCode;

use clap::Args;
use eventglass_engine::store;

use super::{Place, runtime};
use crate::serve::DATABASE;

/// Arguments of `eventglass migrate`.
#[derive(Args, Debug)]
#[command(
    after_help = "A server does it at its start, too. The database is found as `serve` finds it: --data, or \
    EVENTGLASS_DATABASE_URL."
)]
pub struct MigrateArgs {
    #[command(flatten)]
    place: Place,
    /// Change nothing: list what is pending, and exit with 1 if anything is
    #[arg(long)]
    check: bool,
}

/// Brings the schema up to date, which a server does at its start, too.
///
/// # Errors
/// When the database cannot be read or changed, or is of a newer program.
pub fn migrate(args: &MigrateArgs) -> anyhow::Result<ExitCode> {
    let settings = args.place.settings()?;
    let (url, file) = (settings.database_url.expose(), settings.data.join(DATABASE));
    let mut out = stdout().lock();
    runtime()?.block_on(async {
        let schema = store::schema(url, &file).await?;
        for (version, name) in &schema.pending {
            writeln!(
                out,
                "{} {version:04} {name}",
                if args.check { "pending" } else { "running" }
            )?;
        }
        if args.check && !schema.pending.is_empty() {
            return Ok(ExitCode::FAILURE);
        }
        if !schema.pending.is_empty() {
            if url.is_empty() {
                std::fs::create_dir_all(&settings.data)?;
            }
            store::open(url, &file, settings.room()).await?.close().await;
        }
        let version = schema.pending.last().map_or(schema.version, |(version, _)| *version);
        writeln!(out, "The schema is up to date: version {version}.")?;
        Ok(ExitCode::SUCCESS)
    })
}
