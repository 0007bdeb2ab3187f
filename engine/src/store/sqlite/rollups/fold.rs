//! Folding, and deleting what is not kept.
//!
//! Blobs are read and merged beside the writer, by the only one who changes
//! them; the writer is held up for as long as it takes to write them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use eventglass_model::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction};

use super::{Rollups, series_row};
use crate::rollups::{Batch, Dictionary, Fold, RollupSettings, SeriesRow, Tier, key_bytes};
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::append::{in_transaction, without_waiting};
use crate::store::{FoldPass, StoreError};

/// Blobs that are deleted in one transaction.
const EXPIRED: i64 = 2_000;

/// What a fold writes.
#[derive(Default)]
struct Folded {
    /// Project, tier, part, bucket, bytes.
    blobs: Vec<(i64, i64, i64, i64, Vec<u8>)>,
    series: Vec<(i64, SeriesRow)>,
    through: i64,
}

impl SqliteStore {
    pub(super) async fn fold(&self, settings: &RollupSettings, now: Timestamp) -> Result<FoldPass, StoreError> {
        if self.rollups.damaged.load(Ordering::Acquire) {
            let mut writer = Arc::clone(&self.writer).lock_owned().await;
            let rollups = Arc::clone(&self.rollups);
            tokio::task::spawn_blocking(move || {
                writer
                    .appender
                    .with_connection(|_, connection| rollups.reload(connection))
            })
            .await
            .map_err(StoreError::panicked)??;
        }
        let Some(batch) = self.rollups.live.begin_fold()? else {
            return Ok(FoldPass::Nothing);
        };
        let (rollups, path, settings) = (Arc::clone(&self.rollups), self.path.clone(), settings.clone());
        let folded = tokio::task::spawn_blocking(move || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(std::time::Duration::from_secs(1))?;
            rollups.merge(
                &connection,
                &batch,
                &Fold {
                    settings: &settings,
                    now,
                },
            )
        })
        .await
        .map_err(StoreError::panicked)??;

        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        let rollups = Arc::clone(&self.rollups);
        tokio::task::spawn_blocking(move || {
            // A transaction has failed meanwhile, and may have left deltas that the batch has not.
            if rollups.damaged.load(Ordering::Acquire) {
                return Ok(());
            }
            writer.appender.with_connection(|_, connection| {
                // What the deltas say as well need not be on disk before the next event is.
                without_waiting(connection, |connection| {
                    in_transaction(connection, |tx| write(tx, &folded))
                })?;
                rollups.live.end_fold();
                Ok(())
            })
        })
        .await
        .map_err(StoreError::panicked)??;
        // A batch is all that there was.
        Ok(FoldPass::Last)
    }

    pub(super) async fn expire_buckets(&self, settings: &RollupSettings, now: Timestamp) -> Result<(), StoreError> {
        for tier in [Tier::Minute, Tier::Hour] {
            loop {
                let mut writer = self.writer.lock().await;
                let deleted = sqlx::query(
                    "DELETE FROM rollups WHERE rowid IN \
                     (SELECT rowid FROM rollups WHERE tier = $1 AND bucket < $2 LIMIT $3)",
                )
                .bind(tier.code())
                .bind(settings.first_kept(tier, now))
                .bind(EXPIRED)
                .execute(&mut writer.connection)
                .await?;
                drop(writer);
                if deleted.rows_affected() < EXPIRED.unsigned_abs() {
                    break;
                }
            }
        }
        Ok(())
    }
}

impl Rollups {
    /// Merges a batch with what is stored. New series are known to readers
    /// before a blob that names them can be.
    fn merge(&self, connection: &Connection, batch: &Batch, fold: &Fold<'_>) -> Result<Folded, StoreError> {
        let mut folded = Folded {
            through: batch.through,
            ..Folded::default()
        };
        let mut statement = connection
            .prepare("SELECT data FROM rollups WHERE project_id = ?1 AND tier = ?2 AND part = ?3 AND bucket = ?4")?;
        for (project_id, pending) in batch.pending.projects() {
            let mut series = Dictionary::clone(&*self.series_of(connection, project_id)?);
            for bucket in fold.buckets(pending, &mut series) {
                let (tier, number) = (bucket.tier.code(), bucket.bucket);
                let mut stored = Vec::new();
                for part in bucket.parts() {
                    let found: Option<Vec<u8>> = statement
                        .query_row((project_id, tier, part.code(), number), |row| row.get(0))
                        .optional()?;
                    stored.push(found);
                }
                for (part, blob) in bucket.merge(&stored, fold.settings)? {
                    folded.blobs.push((project_id, tier, part.code(), number, blob));
                }
            }
            folded
                .series
                .extend(series.take_changed().into_iter().map(|row| (project_id, row)));
            self.dictionaries().insert(project_id, Arc::new(series));
        }
        folded
            .blobs
            .sort_unstable_by_key(|(project, tier, part, bucket, _)| (*project, *tier, *part, *bucket));
        Ok(folded)
    }

    fn series_of(&self, connection: &Connection, project_id: i64) -> Result<Arc<Dictionary>, StoreError> {
        if let Some(known) = self.dictionaries().get(&project_id) {
            return Ok(Arc::clone(known));
        }
        let mut series = Dictionary::default();
        let mut statement = connection.prepare("SELECT id, key, last_day FROM rollup_series WHERE project_id = ?1")?;
        let rows = statement.query_map([project_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        for row in rows {
            series.insert(series_row(row?)?);
        }
        Ok(Arc::new(series))
    }
}

fn write(tx: &Transaction<'_>, folded: &Folded) -> Result<(), StoreError> {
    let mut upsert = tx.prepare_cached(
        "INSERT INTO rollups (project_id, tier, part, bucket, data) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT DO UPDATE SET data = excluded.data",
    )?;
    for blob in &folded.blobs {
        upsert.execute((blob.0, blob.1, blob.2, blob.3, &blob.4))?;
    }
    let mut name = tx.prepare_cached(
        "INSERT INTO rollup_series (project_id, id, key, last_day) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT DO UPDATE SET last_day = excluded.last_day",
    )?;
    for (project_id, row) in &folded.series {
        name.execute((project_id, row.id, key_bytes(&row.key), row.last_day))?;
    }
    tx.prepare_cached("DELETE FROM rollup_deltas WHERE number <= ?1")?
        .execute([folded.through])?;
    tx.prepare_cached("UPDATE rollup_state SET folded = ?1")?
        .execute([folded.through])?;
    Ok(())
}
