//! The events of a trace.

use eventglass_model::Event;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use crate::store::postgres::days;
use crate::store::postgres::encode::stored;
use crate::store::postgres::partitions::Partitions;
use crate::store::postgres::sql::{texts, to_i64};
use crate::store::row::{self, SPAN, WHOLE};
use crate::store::{StoreError, TraceRows};
use crate::traces::SpanRow;

/// See [`crate::store::TraceStore::trace_rows`].
pub(super) async fn of_trace(
    tx: &mut PgConnection,
    partitions: &Partitions,
    project_id: i64,
    trace_id: &str,
    most: usize,
    upto: Option<i64>,
) -> Result<TraceRows, StoreError> {
    let watermark = last_commit(tx, project_id).await?;
    let days = days::of_trace(tx, partitions, project_id, trace_id).await?;
    let mut query = QueryBuilder::new(format!("SELECT {SPAN} FROM events e WHERE e.project_id = "));
    query.push_bind(project_id);
    push_trace(&mut query, trace_id);
    query
        .push(" AND e.received_at + 0 <= ")
        .push_bind(upto.unwrap_or(i64::MAX));
    days::push(&mut query, &days);
    query
        .push(" ORDER BY e.key + 0 LIMIT ")
        .push_bind(to_i64(most.saturating_add(1)));
    let found = query.build().fetch_all(tx).await?;
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
    tx: &mut PgConnection,
    partitions: &Partitions,
    project_id: i64,
    trace_id: &str,
    said_in: Option<&[String]>,
    most: usize,
) -> Result<Vec<Event>, StoreError> {
    let days = days::of_trace(tx, partitions, project_id, trace_id).await?;
    let mut query = QueryBuilder::new(format!("SELECT {WHOLE} FROM events e WHERE e.project_id = "));
    query.push_bind(project_id);
    push_trace(&mut query, trace_id);
    if let Some(spans) = said_in.map(texts) {
        query
            .push(" AND e.duration_us IS NULL AND (e.span_id = ANY(")
            .push_bind(spans.clone());
        query.push(") OR e.parent_span_id = ANY(").push_bind(spans).push("))");
    }
    days::push(&mut query, &days);
    query.push(" ORDER BY e.key + 0 LIMIT ").push_bind(to_i64(most));
    let found = query.build().fetch_all(tx).await?;
    found.iter().map(row::event).collect()
}

/// See [`crate::store::TraceStore::trace_grew`].
pub(super) async fn grew(
    tx: &mut PgConnection,
    partitions: &Partitions,
    project_id: i64,
    trace_id: &str,
    after: i64,
) -> Result<(bool, i64), StoreError> {
    let last = last_commit(tx, project_id).await?;
    if last <= after {
        return Ok((false, last));
    }
    let days = days::since(tx, partitions, project_id, after).await?;
    let mut query = QueryBuilder::new("SELECT EXISTS (SELECT 1 FROM events e WHERE e.project_id = ");
    query.push_bind(project_id);
    query.push(" AND e.received_at + 0 > ").push_bind(after);
    push_trace(&mut query, trace_id);
    days::push(&mut query, &days);
    let grew = query.push(")").build_query_scalar().fetch_one(tx).await?;
    Ok((grew, last))
}

/// Adds that an event is of a trace, three times over: without statistics, as in the first
/// minutes of a day, Postgres takes the trace for no rarer than the day, and would go through
/// all events of the day. (Nor is there to be an index that has them in the order that is asked
/// for, which is by `e.key + 0`, or that knows when they arrived, hence `e.received_at + 0`.)
fn push_trace(query: &mut QueryBuilder<Postgres>, trace_id: &str) {
    for comparison in ["=", ">=", "<="] {
        query
            .push(format!(" AND e.trace_id {comparison} "))
            .push_bind(stored(trace_id).into_owned());
    }
}

/// `received_at` of the last commit of a project.
pub(super) async fn last_commit(tx: &mut PgConnection, project_id: i64) -> Result<i64, StoreError> {
    let last: Option<i64> = sqlx::query_scalar("SELECT last_event_at FROM projects WHERE id = $1")
        .bind(project_id)
        .fetch_one(tx)
        .await?;
    Ok(last.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use crate::ingest::NewEvent;
    use crate::store::TraceStore;
    use crate::store::postgres::cluster;
    use crate::store::postgres::today::Today;

    #[tokio::test]
    async fn a_trace_of_today_reads_little_whatever_the_statistics_say() {
        let today = Today::new().await;
        let span = |n: i64| NewEvent {
            trace_id: Some(format!("trace {}", n % 500)),
            ..today.event(n)
        };
        today.append((0..4_000).map(span)).await;
        let of_trace = async |trace: &str| {
            let before = today.rows_read().await;
            let found = today.store.trace_rows(today.project, trace, 100, None).await.unwrap();
            let events = today.store.trace_events(today.project, trace, None, 100).await.unwrap();
            let (grew, _) = today.store.trace_grew(today.project, trace, 0).await.unwrap();
            assert!(grew);
            assert!(found.rows.is_sorted_by_key(|row| row.time));
            assert_eq!(found.rows.len(), events.len());
            (events.len(), today.rows_read().await - before)
        };
        let (events, read) = of_trace("trace 77").await;
        assert!(events == 8 && read < 100, "without statistics: {events} of {read}");
        cluster::shared().execute(&today.url, "ANALYZE events").unwrap();
        today.append((4_000..8_000).map(span)).await;
        let (events, read) = of_trace("trace 78").await;
        assert!(events == 16 && read < 100, "with statistics: {events} of {read}");
    }
}
