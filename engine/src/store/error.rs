//! Why a store could not do something, and whether it may do it later.

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;
use thiserror::Error;

/// Why a store could not do it. Absence is not an error: look-ups give `Option`.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Something with that name is there already.
    #[error("{0} is taken")]
    Conflict(&'static str),
    /// A cursor or watermark that this store did not make.
    #[error("{0} is not one that this server gave")]
    BadToken(&'static str),
    /// What was read makes no sense; the database was changed by something else.
    #[error("inconsistent data: {0}")]
    Inconsistent(String),
    /// Not as things are; it says what to do.
    #[error("{0}")]
    Refused(String),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The database failed on the way of the events.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The database was made by a later program.
    #[error(
        "the database has schema version {found}, and this program knows versions up to {known}: \
         it was written by a newer Eventglass, which it needs"
    )]
    Newer {
        /// The last version of the database's.
        found: i64,
        /// The last version of this program's.
        known: i64,
    },
    /// Another program has the database open.
    #[error("a server is using the database: stop it first")]
    InUse,
    /// A file could not be read or written.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// States of Postgres in which the same statement may succeed later, by the
/// beginning of its SQLSTATE.
const POSTGRES_PASSING: &[&str] = &[
    "08",    // connection lost
    "53",    // out of connections, memory or disk
    "57P",   // shutting down, starting up, the session was ended
    "25006", // a standby, which takes no writes; the primary is elsewhere
    "25P03", // was idle in a transaction for too long
    "40",    // gave way to another transaction
    "55P03", // a lock was not to be had in time
    "57014", // took longer than a statement may
];

/// The same of SQLite, by its primary result codes.
const SQLITE_PASSING: &[i32] = &[
    5,  // SQLITE_BUSY: another program holds the file
    6,  // SQLITE_LOCKED
    10, // SQLITE_IOERR
    13, // SQLITE_FULL
    14, // SQLITE_CANTOPEN
];

impl StoreError {
    /// A thread of the store ended in a way that it never should.
    pub(crate) fn panicked(error: tokio::task::JoinError) -> Self {
        Self::Inconsistent(format!("a thread of the store ended: {error}"))
    }

    /// Whether the database is away, full, or busy with others, so that it makes
    /// sense to try again. If not, something is wrong with this program or with its data.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Database(error) => sqlx_is_passing(error),
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => sqlite_is_passing(error.extended_code),
            Self::Conflict(_)
            | Self::BadToken(_)
            | Self::Inconsistent(_)
            | Self::Refused(_)
            | Self::Sqlite(_)
            | Self::Newer { .. }
            | Self::InUse
            | Self::File(_)
            | Self::Migrate(_) => false,
        }
    }
}

fn sqlx_is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => database_is_passing(error.as_ref()),
        _ => false,
    }
}

fn database_is_passing(error: &dyn DatabaseError) -> bool {
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        return POSTGRES_PASSING.iter().any(|state| error.code().starts_with(state));
    }
    let code = error
        .try_downcast_ref::<SqliteError>()
        .and_then(|error| error.code()?.parse().ok());
    code.is_some_and(sqlite_is_passing)
}

/// A result code has the primary one in its lowest byte.
fn sqlite_is_passing(code: i32) -> bool {
    SQLITE_PASSING.contains(&(code & 0xff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_passes_from_what_does_not() {
        let sqlite = |code| {
            let failure = rusqlite::ffi::Error::new(code);
            StoreError::Sqlite(rusqlite::Error::SqliteFailure(failure, None))
        };
        let io = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        for passing in [
            sqlx::Error::PoolTimedOut.into(),
            sqlx::Error::Io(io).into(),
            sqlite(517), // SQLITE_BUSY_SNAPSHOT
            sqlite(13),
        ] {
            assert!(passing.is_passing(), "{passing}");
        }
        for lasting in [
            sqlx::Error::RowNotFound.into(),
            sqlite(11), // SQLITE_CORRUPT
            sqlite(1),
            StoreError::Inconsistent(String::new()),
            StoreError::BadToken("cursor"),
        ] {
            assert!(!lasting.is_passing(), "{lasting}");
        }
    }

    #[tokio::test]
    async fn reads_the_codes_of_the_drivers() {
        use crate::store::postgres::cluster;
        use sqlx::{Connection, PgConnection, SqliteConnection};

        let mut connection = PgConnection::connect(&cluster::shared().database()).await.unwrap();
        let mut error = async |statement: &'static str| {
            let failed = sqlx::raw_sql(statement).execute(&mut connection).await;
            StoreError::from(failed.unwrap_err())
        };
        assert!(!error("SELECT nonsense").await.is_passing());
        assert!(
            error("SET statement_timeout = 1; SELECT pg_sleep(1)")
                .await
                .is_passing()
        );
        assert!(
            error("SELECT pg_terminate_backend(pg_backend_pid())")
                .await
                .is_passing()
        );

        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("db").display());
        let mut one = SqliteConnection::connect(&url).await.unwrap();
        let mut two = SqliteConnection::connect(&url).await.unwrap();
        for set in ["PRAGMA busy_timeout = 1", "CREATE TABLE IF NOT EXISTS t (a)"] {
            sqlx::query(set).execute(&mut two).await.unwrap();
        }
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut one).await.unwrap();
        let busy = sqlx::query("INSERT INTO t VALUES (1)").execute(&mut two).await;
        assert!(StoreError::from(busy.unwrap_err()).is_passing());
        let wrong = sqlx::query("nonsense").execute(&mut two).await;
        assert!(!StoreError::from(wrong.unwrap_err()).is_passing());
    }
}
