//! Reading blobs.

use std::sync::Arc;

use sqlx::{PgConnection, Row};

use crate::rollups::{ProjectPending, Read, Stored, View, add_delta};
use crate::store::StoreError;
use crate::store::postgres::PostgresStore;
use crate::store::rollups::is_rebuilding;

impl PostgresStore {
    pub(super) async fn view(&self, project_id: i64, reads: &[Vec<Read>]) -> Result<View, StoreError> {
        // Repeatable read: blobs and deltas are of one moment.
        let mut tx = self.readers.begin().await?;
        let deltas: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT data FROM rollup_deltas WHERE project_id = $1 ORDER BY number")
                .bind(project_id)
                .fetch_all(&mut *tx)
                .await?;
        let mut pending = ProjectPending::default();
        for blob in deltas {
            add_delta(&mut pending, &blob)?;
        }
        let building = sqlx::query_scalar("SELECT family FROM rollup_builds WHERE project_id = $1")
            .bind(project_id)
            .fetch_optional(&mut *tx)
            .await?;
        let mut stored = Vec::with_capacity(reads.len());
        for list in reads {
            stored.push(blobs(&mut tx, project_id, list).await?);
        }
        let series = self.series.of(&mut tx, project_id).await?;
        tx.commit().await?;
        Ok(View {
            stored,
            pending: vec![Arc::new(pending)],
            series,
            rebuilding: is_rebuilding(building, reads)?,
        })
    }
}

async fn blobs(tx: &mut PgConnection, project_id: i64, reads: &[Read]) -> Result<Vec<Stored>, StoreError> {
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
