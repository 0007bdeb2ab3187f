//! A batch that is cut between its events and its commit, by what really cuts
//! one: Postgres loses the connection, SQLite's writer fails and is begun anew.

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, PgConnection, SqliteConnection};

use super::{NOON, at, event, found, project};
use crate::ingest::{IdHash, PendingEvent};
use crate::store::{Appended, SharedStore, StoreError};

/// A small group, and one that SQLite puts on disk beside the next.
const SIZES: [i64; 2] = [20, 200];

fn batch(project: i64, events: i64) -> Arc<Vec<PendingEvent>> {
    let pending = (0..events).map(|n| event(&format!("e{events}-{n}"), NOON + n).prepare(project, true));
    Arc::new(pending.collect())
}

/// Whether so many events are there, in every place that tells.
async fn there(store: &SharedStore, p: i64, batch: &[PendingEvent], events: i64) {
    assert_eq!(
        found(store, p, "limit=1000").await.len(),
        usize::try_from(events).unwrap()
    );
    assert_eq!(store.project_by_id(p).await.unwrap().unwrap().event_count, events);
    assert_eq!(store.usage(p, 202_611).await.unwrap(), u64::try_from(events).unwrap());
    let hashes: Vec<IdHash> = batch.iter().map(|event| event.event_hash).collect();
    let waiting = store.unacknowledged(&hashes).await.unwrap().len();
    assert_eq!(waiting, if events == 0 { 0 } else { batch.len() });
}

/// Appends a batch under `cut`, which cuts it, and then again without.
async fn leaves_nothing(
    store: SharedStore,
    cut: impl AsyncFn(&SharedStore, Arc<Vec<PendingEvent>>) -> Result<Vec<Appended>, StoreError>,
) {
    for size in SIZES {
        let p = project(&store, &format!("cut-{size}")).await;
        let batch = batch(p, size);
        assert!(cut(&store, Arc::clone(&batch)).await.is_err(), "it was not cut");
        there(&store, p, &batch, 0).await;
        // The next group does not suffer, and takes all of them for new.
        let again = store.append(Arc::clone(&batch), at(NOON)).await.unwrap();
        assert!(again.iter().all(|outcome| *outcome == Appended::New), "{again:?}");
        there(&store, p, &batch, size).await;
        let again = store.append(Arc::clone(&batch), at(NOON)).await.unwrap();
        assert!(again.iter().all(|outcome| *outcome == Appended::Duplicate), "{again:?}");
        there(&store, p, &batch, size).await;
    }
}

#[tokio::test]
async fn a_batch_whose_connection_is_cut_leaves_nothing() {
    let cluster = crate::store::postgres::cluster::shared();
    let url = cluster.database();
    let store: SharedStore = Arc::new(crate::store::postgres::PostgresStore::open(&url).await.unwrap());
    leaves_nothing(store, async |store, batch| {
        // What is counted comes after the events, and has to wait.
        let mut other = PgConnection::connect(&url).await.unwrap();
        let mut tx = other.begin().await.unwrap();
        sqlx::query("LOCK TABLE usage IN SHARE MODE")
            .execute(&mut *tx)
            .await
            .unwrap();
        let appending = tokio::spawn({
            let store = Arc::clone(store);
            async move { store.append(batch, at(NOON)).await }
        });
        let started = Instant::now();
        loop {
            let cut: Vec<bool> = sqlx::query_scalar(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
                 AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO usage %'",
            )
            .fetch_all(&mut *tx)
            .await
            .unwrap();
            if !cut.is_empty() {
                assert_eq!(cut, [true]);
                break;
            }
            assert!(started.elapsed() < Duration::from_secs(10), "nobody waits");
            sqlx::query("SELECT pg_stat_clear_snapshot()")
                .execute(&mut *tx)
                .await
                .unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let outcome = appending.await.unwrap();
        if let Err(error) = &outcome {
            assert!(error.is_passing(), "it makes sense to try again: {error}");
        }
        tx.rollback().await.unwrap();
        outcome
    })
    .await;
}

#[tokio::test]
async fn a_batch_whose_writer_ends_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let store: SharedStore = Arc::new(crate::store::sqlite::SqliteStore::open(&path).await.unwrap());
    let url = format!("sqlite://{}", path.display());
    let options = SqliteConnectOptions::from_str(&url).unwrap();
    leaves_nothing(store, async |store, batch| {
        let mut other = SqliteConnection::connect_with(&options).await.unwrap();
        // What is counted comes after the events, and fails; so does the connection.
        sqlx::query("CREATE TRIGGER cut BEFORE INSERT ON usage BEGIN SELECT RAISE(ABORT, 'cut'); END")
            .execute(&mut other)
            .await
            .unwrap();
        let outcome = store.append(batch, at(NOON)).await;
        sqlx::query("DROP TRIGGER cut").execute(&mut other).await.unwrap();
        outcome
    })
    .await;
}
