//! Where the server that is measured keeps its data.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;

#[path = "../../../engine/src/store/postgres/cluster.rs"]
mod cluster;

use self::cluster::{Cluster, DURABLE};
use super::{disk, process};

/// Which store is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// SQLite, inside the server.
    Sqlite,
    /// A throw-away cluster of Postgres with its own defaults, beside the server.
    Postgres,
}

/// A store, empty at first. It goes when this is dropped.
pub(super) struct Store {
    data: PathBuf,
    postgres: Option<(Cluster, String)>,
}

impl Store {
    /// Makes one; SQLite's is made by the server in the folder `data`.
    ///
    /// # Errors
    /// When Postgres is not installed or does not start.
    pub(super) fn start(kind: StoreKind, data: &Path) -> anyhow::Result<Self> {
        let postgres = match kind {
            StoreKind::Sqlite => None,
            StoreKind::Postgres => {
                // Where its user may go, whoever we are.
                let cluster = Cluster::start(&std::env::temp_dir(), DURABLE)?;
                // By TCP, as most do.
                let url = cluster.over_tcp(&cluster.new_database()?);
                Some((cluster, url))
            }
        };
        Ok(Self {
            data: data.to_owned(),
            postgres,
        })
    }

    /// What tells a server of it.
    pub(super) fn environment(&self) -> [(&'static str, &str); 1] {
        let url = self.postgres.as_ref().map_or("", |(_, url)| url.as_str());
        [("EVENTGLASS_DATABASE_URL", url)]
    }

    /// What it takes on disk, in megabytes.
    pub(super) fn size_mb(&self) -> f64 {
        let bytes = match &self.postgres {
            None => disk::size_of(&self.data) as f64,
            Some((cluster, url)) => {
                let size = cluster.execute(url, "SELECT pg_database_size(current_database())");
                size.ok().and_then(|size| size.parse().ok()).unwrap_or(0.0)
            }
        };
        bytes / 1e6
    }

    /// CPU seconds of its own processes so far; SQLite has none.
    pub(super) fn cpu_seconds(&self) -> f64 {
        let server = self.postgres.as_ref().and_then(|(cluster, _)| cluster.server().ok());
        server.map_or(0.0, |server| process::cpu_seconds_of_children(&server))
    }
}
