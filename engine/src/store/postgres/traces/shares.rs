//! Links that need no login.

use crate::ingest::id_hash;
use crate::store::postgres::bounded::Bounded;
use crate::store::postgres::encode::{sent, stored};
use crate::store::{ShareRow, StoreError};
use eventglass_model::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row};

const COLUMNS: &str = "id, project_id, trace_id, created_at, created_by";

pub(super) async fn add(writers: &Bounded, token_hash: &[u8], share: &ShareRow) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO trace_shares (token_hash, project_id, trace_hash, trace_id, id, created_at, created_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(token_hash)
    .bind(share.project_id)
    .bind(id_hash(share.project_id, &share.trace_id).to_vec())
    .bind(stored(&share.trace_id))
    .bind(&share.id)
    .bind(share.created_at.micros())
    .bind(&share.created_by)
    .execute(writers)
    .await?;
    Ok(())
}

pub(super) async fn of_trace(readers: &Bounded, project_id: i64, trace_id: &str) -> Result<Vec<ShareRow>, StoreError> {
    let found = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM trace_shares WHERE project_id = $1 AND trace_hash = $2 \
         ORDER BY created_at DESC, id LIMIT 100"
    )))
    .bind(project_id)
    .bind(id_hash(project_id, trace_id).to_vec())
    .fetch_all(readers)
    .await?;
    found.iter().map(share).collect()
}

pub(super) async fn remove(
    writers: &Bounded,
    project_id: i64,
    trace_id: &str,
    id: Option<&str>,
) -> Result<u64, StoreError> {
    let removed = sqlx::query(
        "DELETE FROM trace_shares WHERE project_id = $1 AND trace_hash = $2 AND ($3::text IS NULL OR id = $3)",
    )
    .bind(project_id)
    .bind(id_hash(project_id, trace_id).to_vec())
    .bind(id.map(stored))
    .execute(writers)
    .await?;
    Ok(removed.rows_affected())
}

pub(super) async fn by_token(readers: &Bounded, token_hash: &[u8]) -> Result<Option<ShareRow>, StoreError> {
    let found = sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM trace_shares WHERE token_hash = $1"
    )))
    .bind(token_hash)
    .fetch_optional(readers)
    .await?;
    found.as_ref().map(share).transpose()
}

fn share(row: &PgRow) -> Result<ShareRow, StoreError> {
    Ok(ShareRow {
        id: row.try_get(0)?,
        project_id: row.try_get(1)?,
        trace_id: sent(row.try_get(2)?),
        created_at: Timestamp::from_micros(row.try_get(3)?),
        created_by: row.try_get(4)?,
    })
}
