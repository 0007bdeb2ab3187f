//! What an upgrade does to stored events, some at a time: a transaction over all
//! of them would take as much room again as they do, and begin anew when it is
//! cut short.

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::store::StoreError;
use crate::store::row::INSERT_COLUMNS;

/// The step of the schema's history that leaves events to be moved.
pub(super) const STEP: i64 = 17;
/// The table that it leaves them in.
pub(super) const BEFORE: &str = "events_before";
/// Events of a transaction: some 20 MB of the log.
const AT_ONCE: i64 = 20_000;

/// Whether a database has events that wait to be moved.
pub(super) async fn is_waiting(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    let found = sqlx::query("SELECT 1 FROM sqlite_master WHERE name = $1")
        .bind(BEFORE)
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}

/// Moves events of before [`STEP`] to where they lie in the order of arrival. What is
/// moved stays so, whenever this ends; the room that it took is used again.
///
/// # Errors
/// When the database cannot be written.
pub(super) async fn move_events(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    move_by(connection, AT_ONCE).await
}

async fn move_by(connection: &mut SqliteConnection, at_once: i64) -> Result<(), StoreError> {
    if !is_waiting(connection).await? {
        return Ok(());
    }
    let columns = format!("{}, input, output, attributes", INSERT_COLUMNS.join(", "));
    let mut steps = 0;
    let last = format!("SELECT max(key) FROM (SELECT key FROM {BEFORE} ORDER BY key LIMIT $1)");
    loop {
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
        let upto: Option<i64> = sqlx::query_scalar(AssertSqlSafe(last.as_str()))
            .bind(at_once)
            .fetch_one(&mut *tx)
            .await?;
        let Some(upto) = upto else {
            sqlx::raw_sql(AssertSqlSafe(format!("DROP TABLE {BEFORE}")))
                .execute(&mut *tx)
                .await?;
            tx.commit().await?;
            break;
        };
        let insert =
            format!("INSERT INTO events ({columns}) SELECT {columns} FROM {BEFORE} WHERE key <= $1 ORDER BY key");
        let delete = format!("DELETE FROM {BEFORE} WHERE key <= $1");
        for sql in [insert, delete] {
            sqlx::query(AssertSqlSafe(sql)).bind(upto).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        steps += 1;
        tracing::info!(
            events = steps * at_once,
            "moving events to where this version keeps them"
        );
        // No task does this yet.
        sqlx::raw_sql("PRAGMA wal_checkpoint(PASSIVE)")
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::SqliteStore;
    use super::super::migrations;
    use super::*;
    use crate::store::{EventKey, EventStore, Store};

    /// Three events of a project, as they were kept before.
    async fn database_of_before(path: &Path) {
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        migrations::run_below(&mut connection, STEP).await.unwrap();
        sqlx::raw_sql(
            "INSERT INTO projects (id, slug, name, created_at, event_count, last_event_at) VALUES (1, 'p', 'p', 0, 3, 9); \
             INSERT INTO events (key, project_id, event_id, event_hash, time, received_at, kind, message, severity, status) \
             VALUES (3072, 1, 'c', x'0300000000000000', 3, 7, 'log', 'third', 3, 0), \
             (1024, 1, 'a', x'0100000000000000', 1, 8, 'log', 'first', 3, 0), \
             (2048, 1, 'b', x'0200000000000000', 2, 9, 'log', 'second', 3, 0); \
             INSERT INTO event_ids SELECT event_hash, key FROM events",
        )
        .execute(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
    }

    #[tokio::test]
    async fn a_database_of_before_has_its_events_when_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eventglass.db");
        database_of_before(&path).await;
        for _ in ["upgraded", "opened again"] {
            let store = SqliteStore::open(&path).await.unwrap();
            assert_eq!(store.ends(1).await.unwrap(), Some((EventKey(1024), EventKey(3072))));
            let event = store
                .event(1, &EventKey(2048).id(&[2, 0, 0, 0, 0, 0, 0, 0]).to_string())
                .await
                .unwrap()
                .unwrap();
            assert_eq!(
                (event.event_id.as_str(), event.message.as_deref()),
                ("b", Some("second"))
            );
            store.close().await;
        }
    }

    #[tokio::test]
    async fn events_of_before_are_moved_however_often_that_is_cut_short() {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        migrations::run(&mut connection).await.unwrap();
        assert!(is_waiting(&mut connection).await.unwrap());
        sqlx::raw_sql(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25) \
             INSERT INTO events_before (key, project_id, event_id, event_hash, time, received_at, kind, severity, \
             status, attributes) SELECT i * 1024, 1, 'e' || i, randomblob(16), i, 100 - i, 'log', 9, 0, '{}' FROM n; \
             CREATE TRIGGER full AFTER INSERT ON events WHEN NEW.key = 14 * 1024 \
             BEGIN SELECT RAISE(FAIL, 'the disk is full'); END",
        )
        .execute(&mut connection)
        .await
        .unwrap();
        let failed = move_by(&mut connection, 6).await.unwrap_err();
        assert!(failed.to_string().contains("the disk is full"), "{failed}");
        let counts: (i64, i64) =
            sqlx::query_as("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM events_before)")
                .fetch_one(&mut connection)
                .await
                .unwrap();
        assert_eq!(counts, (12, 13), "what was moved is moved, the rest waits");
        sqlx::raw_sql("DROP TRIGGER full")
            .execute(&mut connection)
            .await
            .unwrap();
        let pending = migrations::state(&mut connection).await.unwrap().pending;
        assert_eq!(pending, [(STEP, "events_by_arrival")]);
        move_by(&mut connection, 6).await.unwrap();
        assert_eq!(migrations::state(&mut connection).await.unwrap().pending, []);
        assert!(!is_waiting(&mut connection).await.unwrap());
        let stored: Vec<(i64, i64, String, String)> =
            sqlx::query_as("SELECT arrival, key / 1024, event_id, attributes FROM events ORDER BY arrival")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        let expected: Vec<_> = (1..=25).map(|i| (i, i, format!("e{i}"), "{}".to_owned())).collect();
        assert_eq!(stored, expected);
        move_by(&mut connection, 6).await.unwrap();
    }
}
