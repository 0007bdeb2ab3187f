//! Postgres: for an installation that has outgrown one machine. Any number of
//! servers write to one database.
//!
//! A commit holds its projects' rows from its beginning to its end, so that
//! commits of one project follow each other whichever server makes them; all
//! that has to be exact (ids, keys, counts, watermarks) follows from that, and
//! docs/decisions/0009 says why it is done so.

mod access;
mod append;
mod bloom;
mod bounded;
#[cfg(test)]
pub(crate) mod cluster;
mod columns;
mod commits;
mod cost;
mod dashboards;
mod days;
mod encode;
mod filters;
mod ids;
mod in_order;
mod insert;
mod keeper;
mod merge;
mod migrations;
mod pace;
mod partitions;
mod project;
#[cfg(test)]
mod proxy;
mod read;
mod recent;
mod retention;
mod rollups;
mod row;
mod scan;
mod sql;
mod statistics;
#[cfg(test)]
mod today;
mod traces;
pub(crate) mod transfer;
mod trust;
mod views;
mod waiting;
mod walk;
mod words;
mod writing;

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::task::JoinHandle;

use self::bounded::Bounded;
use self::writing::Writing;
use crate::store::{Room, Schema, Store, StoreError};

/// Connections that search.
const READERS: u32 = 8;
/// Connections that look up what a request needs before anything else: its key,
/// its session, its project. Slow searches must not keep events or people out.
const LOOKUPS: u32 = 2;
/// Connections that write all but groups of events, which have one of their own.
const WRITERS: u32 = 4;
/// How long a read waits for a free connection, or for a database that is not there.
const READ_ACQUIRE: Duration = Duration::from_secs(5);
/// How long a write does; a commit is tried a few times before it is refused.
const WRITE_ACQUIRE: Duration = Duration::from_secs(2);
/// A read that takes longer is given up.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// So is a look-up.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);
/// A write that takes longer is given up, and tried again by the pipeline.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a write waits for the commit of another server.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
/// A server that stops in mid-commit, without its connection breaking, holds
/// up others for no longer than this.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// A transaction that takes longer is given up on this side: the network has
/// swallowed an answer, or Postgres would have ended it.
const COMMIT_LIMIT: Duration = Duration::from_secs(25);
/// A commit that has been under way for so long does not wait for another
/// server any more: this one is not ready.
const STUCK: Duration = Duration::from_secs(12);
/// How long a connection may take to be ready again.
const LET_GO: Duration = Duration::from_secs(5);

/// The store in a Postgres database.
pub struct PostgresStore {
    readers: Bounded,
    lookups: Bounded,
    writers: Bounded,
    /// One connection, for the one task that commits groups.
    groups: Bounded,
    /// Since when that has been at it.
    writing: Arc<Writing>,
    partitions: Arc<partitions::Partitions>,
    keeper: JoinHandle<()>,
    /// Whether this server does what one of all does.
    leads: Arc<AtomicBool>,
    /// For connections that do something else than requests.
    options: PgConnectOptions,
    /// Numbers events in the order of arrival; see [`crate::store::EventKey`].
    arrivals: Arc<AtomicU64>,
    series: rollups::Series,
    /// Of searches that take long.
    turns: pace::Turns,
    /// For searches of today.
    recent: recent::Recent,
}

impl PostgresStore {
    /// Connects to the database of a `postgres://` URL and brings its schema
    /// up to date. Several servers may do so at once.
    ///
    /// # Errors
    /// When the URL makes no sense, the database cannot be reached or is not in
    /// UTF-8, or its schema is newer than this program. No error holds the URL.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, Room::default()).await
    }

    /// As [`Self::open`], with so much room.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub async fn open_with(url: &str, room: Room) -> Result<Self, StoreError> {
        let options = options(url)?;
        // The schema's history may take longer than a request may.
        let mut connection = PgConnection::connect_with(&options).await?;
        let encoding: String = sqlx::query_scalar("SELECT current_setting('server_encoding')")
            .fetch_one(&mut connection)
            .await?;
        if encoding != "UTF8" {
            return Err(StoreError::Refused(format!(
                "the database is in {encoding}; create it with ENCODING 'UTF8'"
            )));
        }
        if transfer::unfinished(&mut connection).await? {
            let reason = "a copy into this database has not ended: run `eventglass copy` again";
            return Err(StoreError::Refused(reason.to_owned()));
        }
        migrations::run(&mut connection).await?;
        partitions::check_room(&mut connection).await?;
        connection.close().await?;

        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(|e| StoreError::Inconsistent(format!("no randomness: {e}")))?;
        let writing = writing(&options);
        let writers = |connections| {
            let pool = bounded::pool(connections, WRITE_ACQUIRE, Duration::ZERO)
                .after_connect(|connection, _| Box::pin(be_durable(connection)))
                .connect_lazy_with(writing.clone());
            Bounded::new(pool, WRITE_TIMEOUT, LET_GO)
        };
        let pool = |connections| bounded::pool(connections, READ_ACQUIRE, bounded::IDLE);
        let readers = |pool: PgPoolOptions, timeout: Duration, plans| {
            // It may have to end a search first that nobody waits for any more.
            Bounded::reading(pool, reading(&options, timeout, plans), timeout, timeout + LET_GO)
        };
        let partitions = writers(1);
        let leads = Arc::new(AtomicBool::new(false));
        Ok(Self {
            // Which way a search takes depends on what is searched for.
            readers: readers(walk::ready(pool(READERS)), READ_TIMEOUT, "force_custom_plan"),
            lookups: readers(pool(LOOKUPS), LOOKUP_TIMEOUT, "auto"),
            writers: writers(WRITERS),
            groups: writers(1),
            writing: Arc::default(),
            partitions: Arc::new(partitions::Partitions::new(partitions)),
            keeper: keeper::start(options.clone(), Arc::clone(&leads)),
            leads,
            options,
            arrivals: Arc::new(AtomicU64::new(u64::from_le_bytes(seed) >> 8)),
            series: rollups::Series::default(),
            turns: pace::Turns::default(),
            recent: recent::Recent::new(room.filters),
        })
    }
}

/// How far the schema of a database is. Changes nothing.
///
/// # Errors
/// When it cannot be reached, or [`StoreError::Newer`]. No error holds the URL.
pub(super) async fn schema(url: &str) -> Result<Schema, StoreError> {
    migrations::state(&mut PgConnection::connect_with(&options(url)?).await?).await
}

fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    Ok(PgConnectOptions::from_str(url)?
        .application_name("eventglass")
        // A schema that is there already is no news.
        .options([("client_min_messages", "warning")])
        .disable_statement_logging())
}

fn reading(options: &PgConnectOptions, timeout: Duration, plans: &str) -> PgConnectOptions {
    options
        .clone()
        .options([("statement_timeout", millis(timeout))])
        .options([
            ("default_transaction_read_only", "on"),
            // All statements of a read see the same moment.
            ("default_transaction_isolation", "repeatable read"),
            ("plan_cache_mode", plans),
            ("jit", "off"),
        ])
}

fn writing(options: &PgConnectOptions) -> PgConnectOptions {
    options
        .clone()
        // A look-up after a lock sees what was committed before the lock was had.
        .options([("default_transaction_isolation", "read committed")])
        .options([
            ("statement_timeout", millis(WRITE_TIMEOUT)),
            ("lock_timeout", millis(LOCK_TIMEOUT)),
            ("idle_in_transaction_session_timeout", millis(IDLE_TIMEOUT)),
        ])
}

fn millis(time: Duration) -> String {
    format!("{}ms", time.as_millis())
}

/// An acknowledgement is a promise, whatever the database's default is.
async fn be_durable(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let set = "SELECT set_config('synchronous_commit', 'on', false) \
         WHERE current_setting('synchronous_commit') IN ('off', 'local')";
    sqlx::query(set).fetch_optional(connection).await.map(drop)
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn ready(&self) -> Result<(), StoreError> {
        // In the ways that an event takes. How busy searches are is another matter.
        sqlx::query("SELECT 1 FROM projects LIMIT 1")
            .fetch_optional(&self.lookups)
            .await?;
        // Nothing less than a commit tells whether the database takes one.
        let beat = sqlx::query("UPDATE heartbeat SET at = at + 1 WHERE id = 1")
            .execute(&self.groups)
            .await;
        match (beat, self.writing.since()) {
            // A group has the connection, and may be waiting for another server's commit.
            (Err(sqlx::Error::PoolTimedOut), Some(since)) if since.elapsed() < STUCK => Ok(()),
            (beat, _) => Ok(beat.map(drop)?),
        }
    }

    async fn size_bytes(&self) -> Result<u64, StoreError> {
        let bytes: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
            .fetch_one(&self.readers)
            .await?;
        Ok(u64::try_from(bytes).unwrap_or(0))
    }

    async fn close(&self) {
        self.keeper.abort();
        self.readers.close().await;
        self.lookups.close().await;
        self.writers.close().await;
        self.groups.close().await;
    }
}
