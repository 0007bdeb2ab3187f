//! Rollups in SQLite. What is committed and not folded yet is also in memory
//! ([`Live`]), since one process writes; the process that folds holds a lock on a
//! file beside the database.

mod build;
mod deltas;
mod fold;
mod view;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use eventglass_model::Timestamp;
use rusqlite::Connection;

pub(super) use deltas::{Deltas, build_of, changed, stored_facts, stored_facts_with};

use super::SqliteStore;
use crate::rollups::{Dictionary, Family, Live, Read, RollupSettings, SeriesRow, View, key_of_bytes};
use crate::store::{BuildProgress, FoldPass, RollupStore, StoreError};

/// What this process knows of rollups besides what is stored.
pub(super) struct Rollups {
    live: Live,
    /// The series of projects that were asked for.
    series: Mutex<BTreeMap<i64, Arc<Dictionary>>>,
    /// A transaction failed, and may or may not have left deltas.
    damaged: AtomicBool,
    /// One folds or rebuilds at a time.
    folding: tokio::sync::Mutex<()>,
    /// Held by the one process that does.
    leads: Mutex<Option<File>>,
    lock: PathBuf,
}

impl Rollups {
    /// Takes over what an earlier process has not folded.
    pub(super) fn load(path: &Path, connection: &Connection) -> Result<Self, StoreError> {
        let mut lock = path.to_owned().into_os_string();
        lock.push("-rollups");
        let rollups = Self {
            live: Live::default(),
            series: Mutex::default(),
            damaged: AtomicBool::new(false),
            folding: tokio::sync::Mutex::default(),
            leads: Mutex::default(),
            lock: lock.into(),
        };
        rollups.reload(connection)?;
        Ok(rollups)
    }

    /// Begins anew with what is stored. Whoever calls it is alone in writing.
    fn reload(&self, connection: &Connection) -> Result<(), StoreError> {
        let folded = connection.query_row("SELECT folded FROM rollup_state", [], |row| row.get(0))?;
        let mut statement = connection.prepare("SELECT number, project_id, data FROM rollup_deltas ORDER BY number")?;
        let deltas = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        self.live.reset(folded, deltas)?;
        self.dictionaries().clear();
        self.damaged.store(false, Ordering::Release);
        Ok(())
    }

    /// Notes that a transaction failed.
    pub(super) fn damage(&self) {
        self.damaged.store(true, Ordering::Release);
    }

    fn dictionaries(&self) -> std::sync::MutexGuard<'_, BTreeMap<i64, Arc<Dictionary>>> {
        self.series.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this process may fold. Once it may, it may until it ends.
    fn leads(&self) -> Result<bool, StoreError> {
        let mut held = self.leads.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Ok(true);
        }
        let failed = |error: std::io::Error| StoreError::Inconsistent(format!("{}: {error}", self.lock.display()));
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&self.lock)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                *held = Some(file);
                Ok(true)
            }
            Err(std::fs::TryLockError::WouldBlock) => Ok(false),
            Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// A row of `rollup_series`.
fn series_row((id, key, last_day): (i64, Vec<u8>, i64)) -> Result<SeriesRow, StoreError> {
    Ok(SeriesRow {
        id: u32::try_from(id).map_err(super::super::row::inconsistent)?,
        key: key_of_bytes(&key, Family::Series.dimensions().len())?,
        last_day,
    })
}

#[async_trait]
impl RollupStore for SqliteStore {
    async fn rollups(&self, project_id: i64, reads: &[Vec<Read>]) -> Result<View, StoreError> {
        self.view(project_id, reads).await
    }

    async fn lead_rollups(&self) -> Result<bool, StoreError> {
        self.rollups.leads()
    }

    async fn fold_rollups(&self, settings: &RollupSettings, now: Timestamp) -> Result<FoldPass, StoreError> {
        let _alone = self.rollups.folding.lock().await;
        if !self.rollups.leads()? {
            return Ok(FoldPass::Nothing);
        }
        self.fold(settings, now).await
    }

    async fn expire_rollups(&self, settings: &RollupSettings, now: Timestamp) -> Result<(), StoreError> {
        self.expire_buckets(settings, now).await
    }

    async fn request_rebuild(&self) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        sqlx::query(
            "INSERT INTO rollup_builds SELECT id, NULL, 0, 0, NULL FROM projects WHERE true \
             ON CONFLICT DO UPDATE SET through = NULL, next_key = 0, events = 0, family = NULL",
        )
        .execute(&mut writer.connection)
        .await?;
        Ok(())
    }

    async fn build_rollups(&self) -> Result<Option<BuildProgress>, StoreError> {
        let _alone = self.rollups.folding.lock().await;
        if !self.rollups.leads()? {
            return Ok(None);
        }
        self.build().await
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
