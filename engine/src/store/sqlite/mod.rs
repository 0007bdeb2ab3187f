//! SQLite: the default store, inside the program.
//!
//! One writes at a time, behind a fair lock; a small pool reads. The log
//! (WAL) is synced at each commit (`synchronous=FULL`) and moved into the
//! database by a task of its own, so that no commit waits for that.

mod access;
mod append;
mod backup;
mod checkpoint;
mod cost;
mod dashboards;
mod flush;
mod ids;
mod merge;
mod migrations;
mod read;
mod readers;
mod retention;
mod rollups;
mod row;
mod scan;
mod sql;
mod traces;
pub(crate) mod transfer;
mod trust;
mod upgrade;
mod views;
mod walk;

pub use backup::{Copied, Progress, backup, restore};

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use crate::store::{Schema, Store, StoreError};

/// How long a statement waits for another program that holds the file.
const BUSY: Duration = Duration::from_secs(1);
/// Connections that read.
const READERS: u32 = 4;
/// And connections that walk through events.
const WALKERS: usize = 4;
/// The page cache of the connection that appends, in KiB (negative: that is how
/// SQLite spells KiB).
const WRITER_CACHE: &str = "-12288";
/// Of those that write settings and move the log into the file: little, seldom.
const OTHER_CACHE: &str = "-2048";
/// Of each reader. What they read again is in the system's cache.
const READER_CACHE: &str = "-2048";

/// The store in one SQLite file.
pub struct SqliteStore {
    path: std::path::PathBuf,
    writer: std::sync::Arc<Mutex<Writer>>,
    readers: SqlitePool,
    /// For walks, which may take long.
    walkers: readers::Readers,
    flusher: flush::Flusher,
    recent: ids::RecentIds,
    rollups: std::sync::Arc<rollups::Rollups>,
    traces: traces::TraceReaders,
    checkpointer: JoinHandle<()>,
}

/// The connections that write; whoever holds this is alone in writing.
struct Writer {
    /// For everything but events.
    connection: SqliteConnection,
    /// For events.
    appender: append::Appender,
}

impl SqliteStore {
    /// Opens or creates the file and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened, is no database, or is newer than this program.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("temp_store", "memory")
            .disable_statement_logging();

        let writing = options
            .clone()
            .pragma("cache_size", OTHER_CACHE)
            .pragma("wal_autocheckpoint", "0");
        let mut connection = SqliteConnection::connect_with(&writing).await?;
        migrations::run(&mut connection).await?;
        upgrade::move_events(&mut connection).await?;
        let recent = ids::RecentIds::default();
        let (file, written) = (path.to_owned(), recent.clone());
        let appender = tokio::task::spawn_blocking(move || append::Appender::open(&file, written))
            .await
            .map_err(StoreError::panicked)??;
        let rollups = std::sync::Arc::clone(appender.rollups());
        let writer = Writer { connection, appender };
        let writer = std::sync::Arc::new(Mutex::new(writer));

        let reading = options
            .read_only(true)
            .create_if_missing(false)
            .pragma("cache_size", READER_CACHE);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(reading)
            .await?;
        let file = path.to_owned();
        let walkers = tokio::task::spawn_blocking(move || readers::Readers::open(&file, WALKERS))
            .await
            .map_err(StoreError::panicked)??;
        let checkpointer = checkpoint::start(
            SqliteConnection::connect_with(&writing).await?,
            std::sync::Arc::clone(&writer),
        );
        Ok(Self {
            path: path.to_owned(),
            traces: traces::TraceReaders::new(path),
            writer,
            readers,
            walkers,
            flusher: flush::Flusher::of(path)?,
            recent,
            rollups,
            checkpointer,
        })
    }
}

/// How far the schema of a file is; a file that is not there has none. Changes nothing.
///
/// # Errors
/// When it is no database, or [`StoreError::Newer`].
pub(super) async fn schema(path: &Path) -> Result<Schema, StoreError> {
    let in_memory = SqliteConnectOptions::new();
    let options = if path.exists() {
        in_memory.filename(path).read_only(true).busy_timeout(BUSY)
    } else {
        in_memory
    };
    migrations::state(&mut SqliteConnection::connect_with(&options).await?).await
}

#[async_trait]
impl Store for SqliteStore {
    async fn ready(&self) -> Result<(), StoreError> {
        self.flusher.check()?;
        sqlx::query("SELECT 1 FROM projects LIMIT 1")
            .fetch_optional(&self.readers)
            .await?;
        let mut writer = self.writer.lock().await;
        // Nothing less than a commit tells whether the disk takes one.
        sqlx::query("UPDATE heartbeat SET at = at + 1 WHERE id = 1")
            .execute(&mut writer.connection)
            .await?;
        Ok(())
    }

    async fn size_bytes(&self) -> Result<u64, StoreError> {
        let (path, mut log) = (self.path.clone(), self.path.clone().into_os_string());
        log.push("-wal");
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        tokio::task::spawn_blocking(move || size(&path) + size(Path::new(&log)))
            .await
            .map_err(StoreError::panicked)
    }

    async fn close(&self) {
        self.checkpointer.abort();
        self.readers.close().await;
        self.walkers.close(WALKERS).await;
        self.traces.close();
        let mut writer = self.writer.lock().await;
        if let Err(error) = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut writer.connection)
            .await
        {
            tracing::warn!(%error, "last checkpoint failed; the next start does it");
        }
    }
}
