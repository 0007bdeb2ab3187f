//! Reading blobs, and events one by one.

use std::sync::Arc;

use sqlx::{PgConnection, QueryBuilder, Row};

use crate::query::EventSearch;
use crate::rollups::{Ask, ProjectPending, Read, ScannedRows, Stored, View, add_delta};
use crate::store::StoreError;
use crate::store::postgres::PostgresStore;
use crate::store::postgres::read::push_search;
use crate::store::row::{PAYLOAD, payload};
use crate::store::rollups::{FACTS, SCAN_EVENTS, StoredFacts, number_at};

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
        let rebuilding: Option<i64> = sqlx::query_scalar("SELECT project_id FROM rollup_builds WHERE project_id = $1")
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
            rebuilding: rebuilding.is_some(),
        })
    }

    pub(super) async fn scan_rows(
        &self,
        project_id: i64,
        ask: &Ask,
        search: &EventSearch,
        mut scanned: ScannedRows,
    ) -> Result<ScannedRows, StoreError> {
        let columns = match ask.attribute() {
            Some(_) => format!("{FACTS}, {PAYLOAD}"),
            None => FACTS.to_owned(),
        };
        let mut below: Option<i64> = None;
        loop {
            let mut query = QueryBuilder::new("");
            push_search(&mut query, &columns, project_id, search);
            if let Some(below) = below {
                query.push(" AND e.key < ").push_bind(below);
            }
            query.push(" ORDER BY e.key DESC LIMIT ").push_bind(SCAN_EVENTS);
            let rows = query.build().fetch_all(&self.readers).await?;
            for row in &rows {
                if scanned.is_over() {
                    return Ok(scanned);
                }
                let facts = StoredFacts::read(row)?;
                below = Some(facts.key);
                let value = match ask.attribute() {
                    Some(path) => number_at(payload(row)?.attributes.as_deref(), path),
                    None => None,
                };
                scanned.take(ask, &facts.facts(), value);
            }
            if rows.len() < usize::try_from(SCAN_EVENTS).unwrap_or(usize::MAX) {
                return Ok(scanned);
            }
        }
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
