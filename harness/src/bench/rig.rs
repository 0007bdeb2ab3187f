//! What is measured: a server with a store of its own, a project, and a key to it.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use eventglass_model::Project;
use tempfile::TempDir;

use super::cli::BenchArgs;
use super::store::Store;
use super::target::Target;
use crate::server::{ServerProcess, Session};

/// A server under test. It and its files are gone when this is dropped, the server first.
pub(super) struct Rig {
    pub(super) server: ServerProcess,
    pub(super) store: Store,
    pub(super) session: Session,
    pub(super) project: Project,
    pub(super) target: Target,
    folder: TempDir,
}

impl Rig {
    /// Starts `program` on a new store of the kind that was asked for.
    ///
    /// # Errors
    /// When the folder cannot be made, or the store or the server does not start.
    pub(super) async fn start(args: &BenchArgs, program: &Path, log: &mut impl Write) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&args.dir).with_context(|| format!("cannot make {}", args.dir.display()))?;
        let folder = tempfile::Builder::new()
            .prefix("bench-")
            .tempdir_in(std::path::absolute(&args.dir)?)?;
        writeln!(log, "Server: {} in {}", program.display(), folder.path().display())?;
        let data = data_of(&folder);
        let store = Store::start(args.store, &data)?;
        let server = ServerProcess::start_with(program, &data, &log_of(&folder), &store.environment()).await?;
        let password = format!("{:032x}", fastrand::u128(..));
        let session = Session::register(server.url(), "bench@example.com", &password).await?;
        let created = session.create_project("Benchmark").await?;
        // What is measured is the server, not the limit that a project has by default.
        session.lift_limits(created.project.id).await?;
        let target = Target::new(server.url(), &created.api_key)?;
        Ok(Self {
            server,
            store,
            session,
            project: created.project,
            target,
            folder,
        })
    }

    /// On the disk that is measured.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Cuts the power, and starts the server again on what is left.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) async fn restart(self, program: &Path) -> anyhow::Result<Self> {
        self.server.kill()?;
        let (data, log) = (data_of(&self.folder), log_of(&self.folder));
        let server = ServerProcess::start_with(program, &data, &log, &self.store.environment()).await?;
        Ok(Self {
            session: self.session.moved_to(server.url()),
            server,
            ..self
        })
    }
}

fn data_of(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

fn log_of(folder: &TempDir) -> PathBuf {
    folder.path().join("server.log")
}
