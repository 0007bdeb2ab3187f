//! Reading blobs.

use std::sync::Arc;

use sqlx::{Row, SqliteConnection};

use super::{Rollups, series_row};
use crate::rollups::{Dictionary, Read, Stored, View};
use crate::store::StoreError;
use crate::store::rollups::is_rebuilding;
use crate::store::sqlite::SqliteStore;

/// How often a read begins again because a fold was faster. Folds are seconds apart.
const TRIES: usize = 5;

impl SqliteStore {
    pub(super) async fn view(&self, project_id: i64, reads: &[Vec<Read>]) -> Result<View, StoreError> {
        for _ in 0..TRIES {
            let mut tx = self.readers.begin().await?;
            let folded: i64 = sqlx::query_scalar("SELECT folded FROM rollup_state")
                .fetch_one(&mut *tx)
                .await?;
            // Taken now, so that it is of the same moment, or nearly, as the blobs.
            let Some(pending) = self.rollups.live.pending(project_id, folded)? else {
                continue;
            };
            let building = sqlx::query_scalar("SELECT family FROM rollup_builds WHERE project_id = $1")
                .bind(project_id)
                .fetch_optional(&mut *tx)
                .await?;
            let mut stored = Vec::with_capacity(reads.len());
            for list in reads {
                stored.push(blobs(&mut tx, project_id, list).await?);
            }
            return Ok(View {
                stored,
                pending,
                series: self.rollups.series(&mut tx, project_id).await?,
                rebuilding: is_rebuilding(building, reads)?,
            });
        }
        Err(StoreError::Inconsistent(
            "rollups are folded faster than they can be read".to_owned(),
        ))
    }
}

async fn blobs(tx: &mut SqliteConnection, project_id: i64, reads: &[Read]) -> Result<Vec<Stored>, StoreError> {
    let mut stored = Vec::new();
    for read in reads {
        let rows = sqlx::query(
            "SELECT bucket, data FROM rollups WHERE project_id = $1 AND tier = $2 AND part = $3 \
             AND bucket >= $4 AND bucket < $5",
        )
        .bind(project_id)
        .bind(read.tier.code())
        .bind(read.part.code())
        .bind(read.from)
        .bind(read.to)
        .fetch_all(&mut *tx)
        .await?;
        for row in rows {
            stored.push(Stored {
                tier: read.tier,
                part: read.part,
                bucket: row.try_get(0)?,
                data: row.try_get(1)?,
            });
        }
    }
    Ok(stored)
}

impl Rollups {
    async fn series(&self, tx: &mut SqliteConnection, project_id: i64) -> Result<Arc<Dictionary>, StoreError> {
        if let Some(known) = self.dictionaries().get(&project_id) {
            return Ok(Arc::clone(known));
        }
        let mut series = Dictionary::default();
        let rows = sqlx::query_as("SELECT id, key, last_day FROM rollup_series WHERE project_id = $1")
            .bind(project_id)
            .fetch_all(tx)
            .await?;
        for row in rows {
            series.insert(series_row(row)?);
        }
        // A fold may have been faster, and know more.
        Ok(Arc::clone(
            self.dictionaries()
                .entry(project_id)
                .or_insert_with(|| Arc::new(series)),
        ))
    }
}
