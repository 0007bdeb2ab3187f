//! Bounded reads of the newest events, and counts.

use async_trait::async_trait;
use eventglass_model::{IngestCounts, Status, Timestamp};
use futures::TryStreamExt;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::SqliteStore;
use super::read::push_search;
use crate::query::EventSearch;
use crate::store::row;
use crate::store::scan::Picker;
use crate::store::{Scan, ScanStore, Scanned, StoreError, Totals};

#[async_trait]
impl ScanStore for SqliteStore {
    async fn totals(&self, project_id: i64, search: &EventSearch, most: usize) -> Result<Totals, StoreError> {
        // `total` and not `sum`: a client may claim durations that overflow an integer.
        let mut query = QueryBuilder::new("SELECT count(*), count(CASE WHEN status IN (");
        query
            .push_bind(Status::Error.code())
            .push(", ")
            .push_bind(Status::Timeout.code());
        query.push(
            ") THEN 1 END), count(cost_nano_usd), total(cost_nano_usd), count(duration_us), total(duration_us), \
             CAST(min(duration_us) AS REAL), CAST(max(duration_us) AS REAL) FROM (",
        );
        let walk = push_search(
            &mut query,
            "e.status, e.cost_nano_usd, e.duration_us",
            project_id,
            search,
        );
        query
            .push(format!(" ORDER BY {walk} DESC LIMIT "))
            .push_bind(to_i64(most))
            .push(")");
        let found = query.build().fetch_one(&self.readers).await?;
        let events: i64 = found.try_get(0)?;
        let millis = |column: usize| {
            let micros: Option<f64> = found.try_get(column)?;
            Ok::<_, StoreError>(micros.map(|micros| micros / 1_000.0))
        };
        Ok(Totals {
            events,
            errors: found.try_get(1)?,
            priced: found.try_get(2)?,
            cost_usd: found.try_get::<f64, _>(3)? / 1e9,
            timed: found.try_get(4)?,
            duration_ms: millis(5)?.unwrap_or_default(),
            shortest_ms: millis(6)?,
            longest_ms: millis(7)?,
            partial: events >= to_i64(most),
        })
    }

    async fn scan(&self, project_id: i64, scan: &Scan) -> Result<Scanned, StoreError> {
        let mut tx = self.readers.begin().await?;
        let narrowed = scan.traced || scan.contains.is_some();
        // The key of the oldest event that is looked at; none when all are.
        let oldest: Option<i64> = if narrowed {
            sqlx::query_scalar(
                "SELECT key FROM events INDEXED BY events_by_project WHERE project_id = $1 \
                 ORDER BY key DESC LIMIT 1 OFFSET $2",
            )
            .bind(project_id)
            .bind(to_i64(scan.most))
            .fetch_optional(&mut *tx)
            .await?
        } else {
            None
        };
        if let Some(text) = &scan.contains {
            let mut picker = Picker::new(text, scan);
            let mut query = QueryBuilder::new("");
            push_scan(&mut query, row::WHOLE, project_id, scan, oldest);
            query.push(" ORDER BY e.key DESC");
            let mut rows = query.build().fetch(&mut *tx);
            while let Some(found) = rows.try_next().await? {
                picker.offer(row::event(&found)?);
            }
            return Ok(picker.finish(oldest.is_some()));
        }
        let matching = if narrowed {
            let mut counting = QueryBuilder::new("");
            push_scan(&mut counting, "count(*)", project_id, scan, oldest);
            counting.build_query_scalar().fetch_one(&mut *tx).await?
        } else {
            sqlx::query_scalar("SELECT event_count FROM projects WHERE id = $1")
                .bind(project_id)
                .fetch_one(&mut *tx)
                .await?
        };
        let mut query = QueryBuilder::new("");
        push_scan(&mut query, row::WHOLE, project_id, scan, oldest);
        query.push(" ORDER BY e.key DESC LIMIT ").push_bind(to_i64(scan.limit));
        query.push(" OFFSET ").push_bind(to_i64(scan.offset));
        let rows = query.build().fetch_all(&mut *tx).await?;
        tx.commit().await?;
        Ok(Scanned {
            events: rows.iter().map(row::event).collect::<Result<_, _>>()?,
            matching,
            partial: oldest.is_some(),
        })
    }

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

/// Adds `SELECT … FROM … WHERE …`.
fn push_scan(query: &mut QueryBuilder<Sqlite>, columns: &str, project_id: i64, scan: &Scan, oldest: Option<i64>) {
    query
        .push(format!(
            "SELECT {columns} FROM events e INDEXED BY events_by_project WHERE e.project_id = "
        ))
        .push_bind(project_id);
    if let Some(oldest) = oldest {
        query.push(" AND e.key > ").push_bind(oldest);
    }
    if scan.traced {
        query.push(" AND e.trace_id IS NOT NULL");
    }
}

fn to_i64(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
