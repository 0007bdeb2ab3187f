//! `eventglass copy`: from SQLite to Postgres.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::Args;
use eventglass_engine::store::{Doing, Watcher};
use indicatif::ProgressBar;

use super::{bar, runtime};
use crate::serve::DATABASE;

/// Arguments of `eventglass copy`.
#[derive(Args)]
#[command(
    after_help = "Stop the server first. A copy that was interrupted goes on where it was when the same command is \
    run again. At its end both sides are read and compared; the SQLite file stays as it was."
)]
pub struct CopyArgs {
    /// The SQLite database to copy: `sqlite:./data`, a folder or a file
    #[arg(long, value_name = "URL")]
    from: String,
    /// The Postgres database to copy to, which is empty: `postgres://...`. Since
    /// it holds a password, better given by the environment
    #[arg(long, value_name = "URL", env = "EVENTGLASS_DATABASE_URL", hide_env_values = true)]
    to: String,
}

/// Moves an installation to Postgres. What was killed goes on when it is run again.
///
/// # Errors
/// When a side is in use or cannot be read or written, or both differ at the end.
pub fn copy(args: &CopyArgs) -> anyhow::Result<ExitCode> {
    // First, and without repeating it: it may hold a password.
    ensure!(
        !args.from.contains("://") || args.from.starts_with("sqlite:"),
        "--from is a SQLite database (`sqlite:./data`, a folder or a file): a copy goes from SQLite to Postgres"
    );
    ensure!(
        args.to.starts_with("postgres://") || args.to.starts_with("postgresql://"),
        "--to is a postgres:// URL: a copy goes from SQLite to Postgres"
    );
    let from = args.from.trim_start_matches("sqlite:").trim_start_matches("//");
    let mut from = PathBuf::from(from);
    if from.is_dir() {
        from.push(DATABASE);
    }
    ensure!(from.is_file(), "there is no database in {}", from.display());
    let mut bars = Bars(None);
    let tables = runtime()?
        .block_on(eventglass_engine::store::copy(&from, &args.to, &mut bars))
        .context("copying")?;
    drop(bars);
    let mut out = stdout().lock();
    writeln!(out, "{:<24} {:>12}  sum of the rows", "table", "rows")?;
    for table in &tables {
        writeln!(out, "{:<24} {:>12}  {}", table.name, table.rows, table.checksum)?;
    }
    writeln!(
        out,
        "Both sides are the same. Serve with EVENTGLASS_DATABASE_URL from now on."
    )?;
    Ok(ExitCode::SUCCESS)
}

struct Bars(Option<ProgressBar>);

impl Watcher for Bars {
    fn begin(&mut self, table: &str, what: Doing, rows: u64) {
        let verb = match what {
            Doing::Copying => "Copying",
            Doing::Comparing => "Comparing",
        };
        self.0 = Some(bar::bar(format!("{verb} {table}"), rows, false));
    }

    fn advance(&mut self, rows: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(rows);
        }
    }

    fn end(&mut self) {
        if let Some(bar) = self.0.take() {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_url_is_repeated() {
        let secret = "postgres://ada:lovelace@host/db";
        for (from, to) in [
            (secret, secret),
            (secret, "./data"),
            ("./data", "mysql://ada:lovelace@host/db"),
            ("mysql://ada:lovelace@host/db", secret),
        ] {
            let args = CopyArgs {
                from: from.to_owned(),
                to: to.to_owned(),
            };
            let error = copy(&args).unwrap_err();
            assert!(!format!("{error:?}").contains("lovelace"), "{error:?}");
        }
        let args = CopyArgs {
            from: "sqlite://./no-such-folder".to_owned(),
            to: secret.to_owned(),
        };
        let error = copy(&args).unwrap_err().to_string();
        assert_eq!(error, "there is no database in ./no-such-folder");
    }
}
