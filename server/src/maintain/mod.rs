//! The commands for whoever keeps an installation: `migrate`, `backup`,
//! `restore`, `copy`.

mod backup;
mod bar;
mod copy;
mod migrate;

use std::path::{Path, PathBuf};

use clap::Args;

pub use self::backup::{BackupArgs, RestoreArgs, backup, restore};
pub use self::copy::{CopyArgs, copy};
pub use self::migrate::{MigrateArgs, migrate};
use crate::config::Settings;
use crate::serve::DATABASE;

/// Where an installation is, as `eventglass serve` finds it.
#[derive(Args, Clone, Debug, Default)]
pub struct Place {
    /// Folder of the database [default: ./data]
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Settings file [default: ./eventglass.toml, if there is one]
    #[arg(long, env = "EVENTGLASS_CONFIG")]
    pub config: Option<PathBuf>,
}

impl Place {
    /// The settings of that place.
    ///
    /// # Errors
    /// See [`Settings::load`].
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let usual = Path::new("eventglass.toml");
        let file = self.config.clone().or_else(|| usual.exists().then(|| usual.to_owned()));
        let mut settings = Settings::load(file.as_deref(), std::env::vars().collect())?;
        settings.data = self.data.clone().unwrap_or(settings.data);
        Ok(settings)
    }

    /// The SQLite database of that place.
    ///
    /// # Errors
    /// When the place is on Postgres; see [`Settings::load`].
    fn sqlite(&self) -> anyhow::Result<PathBuf> {
        let settings = self.settings()?;
        anyhow::ensure!(
            settings.database_url.expose().is_empty(),
            "this is for SQLite, and EVENTGLASS_DATABASE_URL is set; docs/keeping.md says how to do it on Postgres"
        );
        Ok(settings.data.join(DATABASE))
    }
}

/// A runtime for what is done once.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
