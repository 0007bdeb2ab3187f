//! Rollups in Postgres. Whichever server gets a lock, which ends with the
//! transaction, folds; what is not folded yet is read from its table.

mod build;
mod deltas;
mod fold;
mod read;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use eventglass_model::Timestamp;
use sqlx::PgConnection;

pub(super) use deltas::{changed, facts_of, stored_facts, write};

use super::PostgresStore;
use super::bounded::{UPKEEP, within};
use super::partitions::LOCK;
use crate::rollups::{Dictionary, Family, Read, RollupSettings, SeriesRow, View, key_of_bytes};
use crate::store::{BuildProgress, FoldPass, RollupStore, StoreError};

/// What this server knows of series, which are only ever added to, and where it folds.
#[derive(Default)]
pub(super) struct Series {
    known: Mutex<BTreeMap<i64, Arc<Dictionary>>>,
    /// The last project that was folded; 0: it is the first one's turn.
    folded: AtomicI64,
}

impl Series {
    /// All series of a project, as the transaction sees them, and perhaps more.
    async fn of(&self, tx: &mut PgConnection, project_id: i64) -> Result<Arc<Dictionary>, StoreError> {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = lock().get(&project_id).cloned().unwrap_or_default();
        let rows: Vec<(i64, Vec<u8>, i64)> =
            sqlx::query_as("SELECT id, key, last_day FROM rollup_series WHERE project_id = $1 AND id > $2 ORDER BY id")
                .bind(project_id)
                .bind(i64::from(known.last_id()))
                .fetch_all(tx)
                .await?;
        if !rows.is_empty() {
            let series = Arc::make_mut(&mut known);
            for row in rows {
                series.insert(series_row(row)?);
            }
            lock().insert(project_id, Arc::clone(&known));
        }
        Ok(known)
    }

    /// What a fold has made of them, once it is stored.
    fn put(&self, folded: Vec<(i64, Dictionary)>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(
            folded
                .into_iter()
                .map(|(project_id, series)| (project_id, Arc::new(series))),
        );
    }
}

fn series_row((id, key, last_day): (i64, Vec<u8>, i64)) -> Result<SeriesRow, StoreError> {
    Ok(SeriesRow {
        id: u32::try_from(id).map_err(super::super::row::inconsistent)?,
        key: key_of_bytes(&key, Family::Series.dimensions().len())?,
        last_day,
    })
}

/// Whether this transaction may fold or rebuild; if so, no other may until it ends.
async fn leads(tx: &mut PgConnection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)")
        .bind(LOCK + 2)
        .fetch_one(tx)
        .await?)
}

#[async_trait]
impl RollupStore for PostgresStore {
    async fn rollups(&self, project_id: i64, reads: &[Vec<Read>]) -> Result<View, StoreError> {
        self.view(project_id, reads).await
    }

    async fn lead_rollups(&self) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn fold_rollups(&self, settings: &RollupSettings, now: Timestamp) -> Result<FoldPass, StoreError> {
        within(UPKEEP, self.fold(settings, now)).await
    }

    async fn expire_rollups(&self, settings: &RollupSettings, now: Timestamp) -> Result<(), StoreError> {
        within(UPKEEP, self.expire_buckets(settings, now)).await
    }

    async fn request_rebuild(&self) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO rollup_builds SELECT id, NULL, 0, 0, NULL FROM projects ORDER BY id \
             ON CONFLICT (project_id) DO UPDATE SET through = NULL, next_key = 0, events = 0, family = NULL",
        )
        .execute(&self.writers)
        .await?;
        Ok(())
    }

    async fn build_rollups(&self) -> Result<Option<BuildProgress>, StoreError> {
        within(UPKEEP, self.build()).await
    }

    async fn rebuilding(&self) -> Result<Vec<BuildProgress>, StoreError> {
        let rows: Vec<(i64, i64)> = sqlx::query_as("SELECT project_id, events FROM rollup_builds ORDER BY 1")
            .fetch_all(&self.readers)
            .await?;
        let progress = |(project_id, events)| BuildProgress {
            project_id,
            events,
            done: false,
        };
        Ok(rows.into_iter().map(progress).collect())
    }
}
