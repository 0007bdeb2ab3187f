//! The events of a trace.

use eventglass_model::Event;
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use super::limit;
use crate::store::postgres::encode::stored;
use crate::store::postgres::sql::texts;
use crate::store::row::{self, SPAN, WHOLE};
use crate::store::{StoreError, TraceRows};
use crate::traces::SpanRow;

/// See [`crate::store::TraceStore::trace_rows`].
pub(super) async fn of_trace(
    tx: &mut PgConnection,
    project_id: i64,
    trace_id: &str,
    most: usize,
    upto: Option<i64>,
) -> Result<TraceRows, StoreError> {
    let watermark = last_commit(tx, project_id).await?;
    let found = sqlx::query(AssertSqlSafe(format!(
        "SELECT {SPAN} FROM events e WHERE e.project_id = $1 AND e.trace_id = $2 AND e.received_at <= $3 \
         ORDER BY e.key LIMIT $4"
    )))
    .bind(project_id)
    .bind(stored(trace_id))
    .bind(upto.unwrap_or(i64::MAX))
    .bind(limit(most.saturating_add(1)))
    .fetch_all(tx)
    .await?;
    let mut rows: Vec<SpanRow> = found.iter().map(row::span).collect::<Result<_, _>>()?;
    let truncated = rows.len() > most;
    rows.truncate(most);
    Ok(TraceRows {
        rows,
        truncated,
        watermark,
    })
}

/// See [`crate::store::TraceStore::trace_events`].
pub(super) async fn events(
    readers: &PgPool,
    project_id: i64,
    trace_id: &str,
    said_in: Option<&[String]>,
    most: usize,
) -> Result<Vec<Event>, StoreError> {
    let found = sqlx::query(AssertSqlSafe(format!(
        "SELECT {WHOLE} FROM events e WHERE e.project_id = $1 AND e.trace_id = $2 AND ($3::text[] IS NULL \
         OR e.duration_us IS NULL AND (e.span_id = ANY($3) OR e.parent_span_id = ANY($3))) ORDER BY e.key LIMIT $4"
    )))
    .bind(project_id)
    .bind(stored(trace_id))
    .bind(said_in.map(texts))
    .bind(limit(most))
    .fetch_all(readers)
    .await?;
    found.iter().map(row::event).collect()
}

/// See [`crate::store::TraceStore::trace_grew`].
pub(super) async fn grew(
    tx: &mut PgConnection,
    project_id: i64,
    trace_id: &str,
    after: i64,
) -> Result<(bool, i64), StoreError> {
    let last = last_commit(tx, project_id).await?;
    if last <= after {
        return Ok((false, last));
    }
    let grew = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM events WHERE project_id = $1 AND received_at > $2 AND trace_id = $3)",
    )
    .bind(project_id)
    .bind(after)
    .bind(stored(trace_id))
    .fetch_one(tx)
    .await?;
    Ok((grew, last))
}

/// `received_at` of the last commit of a project.
pub(super) async fn last_commit(tx: &mut PgConnection, project_id: i64) -> Result<i64, StoreError> {
    let last: Option<i64> = sqlx::query_scalar("SELECT last_event_at FROM projects WHERE id = $1")
        .bind(project_id)
        .fetch_one(tx)
        .await?;
    Ok(last.unwrap_or(0))
}
