//! Counts of what arrived.

use async_trait::async_trait;
use eventglass_model::{IngestCounts, Timestamp};

use sqlx::QueryBuilder;

use super::sql::to_i64;
use super::{PostgresStore, days, in_order};
use crate::store::row;
use crate::store::{ScanStore, StoreError};

#[async_trait]
impl ScanStore for PostgresStore {
    async fn arrivals(&self, project_id: i64, since: Timestamp, most: usize) -> Result<i64, StoreError> {
        let mut tx = in_order::begin(&self.readers).await?;
        let before = since.micros().saturating_sub(1);
        let days = days::since(&mut tx, &self.partitions, project_id, before).await?;
        let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT 1 FROM events e WHERE e.project_id = ");
        query.push_bind(project_id);
        query.push(" AND e.received_at > ").push_bind(before);
        days::push(&mut query, &days);
        // In the order of its index, which Postgres would not take otherwise.
        query
            .push(" ORDER BY e.received_at LIMIT ")
            .push_bind(to_i64(most))
            .push(") arrived");
        let count = query.build_query_scalar().fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(count)
    }

    async fn ingest_of_all(&self, since: Timestamp) -> Result<IngestCounts, StoreError> {
        let counts = sqlx::query(
            "SELECT coalesce(sum(requests), 0)::bigint AS requests, coalesce(sum(accepted), 0)::bigint AS accepted, \
             coalesce(sum(duplicates), 0)::bigint AS duplicates, coalesce(sum(refused), 0)::bigint AS refused, \
             coalesce(sum(limited), 0)::bigint AS limited, coalesce(sum(bytes), 0)::bigint AS bytes \
             FROM ingest_minutes WHERE minute >= $1",
        );
        let found = counts
            .bind(since.micros().div_euclid(60_000_000))
            .fetch_one(&self.readers)
            .await?;
        row::counts(&found)
    }

    async fn last_event_of_all(&self) -> Result<Option<Timestamp>, StoreError> {
        let last: Option<i64> = sqlx::query_scalar("SELECT max(last_event_at) FROM projects")
            .fetch_one(&self.readers)
            .await?;
        Ok(last.map(Timestamp::from_micros))
    }
}
