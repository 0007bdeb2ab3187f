//! Counts of what arrived.

use async_trait::async_trait;
use eventglass_model::{IngestCounts, Timestamp};
use sqlx::Row;

use super::SqliteStore;
use crate::store::{ScanStore, StoreError};

#[async_trait]
impl ScanStore for SqliteStore {
    async fn arrivals(&self, project_id: i64, since: Timestamp, most: usize) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT 1 FROM events INDEXED BY events_by_arrival \
             WHERE project_id = $1 AND received_at >= $2 LIMIT $3)",
        );
        Ok(count
            .bind(project_id)
            .bind(since.micros())
            .bind(to_i64(most))
            .fetch_one(&self.readers)
            .await?)
    }

    async fn ingest_of_all(&self, since: Timestamp) -> Result<IngestCounts, StoreError> {
        let counts = sqlx::query(
            "SELECT total(requests), total(accepted), total(duplicates), total(refused), total(limited), total(bytes) \
             FROM ingest_minutes WHERE minute >= $1",
        );
        let found = counts
            .bind(since.micros().div_euclid(60_000_000))
            .fetch_one(&self.readers)
            .await?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "counts are not negative, and saturate"
        )]
        let count = |column: usize| Ok::<u64, StoreError>(found.try_get::<f64, _>(column)? as u64);
        Ok(IngestCounts {
            requests: count(0)?,
            accepted: count(1)?,
            duplicates: count(2)?,
            refused: count(3)?,
            limited: count(4)?,
            bytes: count(5)?,
        })
    }

    async fn last_event_of_all(&self) -> Result<Option<Timestamp>, StoreError> {
        let last: Option<i64> = sqlx::query_scalar("SELECT max(last_event_at) FROM projects")
            .fetch_one(&self.readers)
            .await?;
        Ok(last.map(Timestamp::from_micros))
    }
}

fn to_i64(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
