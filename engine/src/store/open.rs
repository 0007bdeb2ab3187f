//! Which store it is to be.

use std::path::Path;
use std::sync::Arc;

use crate::store::postgres::PostgresStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{SharedStore, StoreError};

/// What a store may take of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Bytes of filters that are kept in memory for searches of days that have no index
    /// of words; SQLite has no such days.
    pub filters: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self { filters: 48 << 20 }
    }
}

/// Opens the store of a URL: `postgres://` or `postgresql://`; nothing means
/// SQLite in `file`. Makes what is missing and brings the schema up to date.
///
/// # Errors
/// [`StoreError::Database`] for another scheme, and those of the store. None of them holds the URL.
pub async fn open(url: &str, file: &Path, room: Room) -> Result<SharedStore, StoreError> {
    match kind(url)? {
        Kind::Sqlite => Ok(Arc::new(SqliteStore::open(file).await?)),
        Kind::Postgres => Ok(Arc::new(PostgresStore::open_with(url, room).await?)),
    }
}

/// Which store a URL means.
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// # Errors
/// For a scheme that there is no store for. The error does not hold the URL.
pub(crate) fn kind(url: &str) -> Result<Kind, StoreError> {
    match url.split_once("://").map(|(scheme, _)| scheme) {
        None if url.is_empty() => Ok(Kind::Sqlite),
        Some("postgres" | "postgresql") => Ok(Kind::Postgres),
        _ => Err(sqlx::Error::Configuration("a database URL begins with postgres://".into()).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn other_schemes_are_refused_without_being_repeated() {
        for url in ["mysql://user:secret@host/db", "secret", "/tmp/secret.db"] {
            let error = open(url, Path::new("unused"), Room::default()).await.err().unwrap();
            assert!(matches!(error, StoreError::Database(sqlx::Error::Configuration(_))));
            assert!(!error.to_string().contains("secret"));
        }
        // The driver's own errors do not repeat it either.
        for url in [
            "postgres://user:secret@host:port/db",
            "postgres://user:secret@127.0.0.1:1/db",
        ] {
            let error = open(url, Path::new("unused"), Room::default()).await.err().unwrap();
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    }
}
