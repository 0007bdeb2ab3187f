//! The events of a trace.

use std::sync::LazyLock;

use eventglass_model::Event;
use rusqlite::Connection;

use super::columns::spans;
use super::limit;
use super::list::Query;
use crate::ingest::words::{Word, word};
use crate::store::row::{self, SPAN, WHOLE};
use crate::store::{StoreError, TraceRows};

/// Through the text index, which has a word for each trace; it holds 40 bits
/// of a hash, so that the row is compared.
static OF_TRACE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {SPAN} FROM event_text t CROSS JOIN events e ON e.key = t.rowid WHERE t.event_text MATCH ?1 \
         AND e.project_id = ?2 AND e.trace_id = ?3 AND e.received_at <= ?4 ORDER BY t.rowid LIMIT ?5"
    )
});

/// See [`crate::store::TraceStore::trace_rows`].
pub(super) fn of_trace(
    tx: &Connection,
    project_id: i64,
    trace_id: &str,
    most: usize,
    upto: Option<i64>,
) -> Result<TraceRows, StoreError> {
    let watermark = last_commit(tx, project_id)?;
    let mut statement = tx.prepare_cached(&OF_TRACE)?;
    let of_trace = word(Word::Trace(trace_id));
    let upto = upto.unwrap_or(i64::MAX);
    let mut rows = spans(statement.query((of_trace, project_id, trace_id, upto, limit(most.saturating_add(1))))?)?;
    let truncated = rows.len() > most;
    rows.truncate(most);
    Ok(TraceRows {
        rows,
        truncated,
        watermark,
    })
}

/// See [`crate::store::TraceStore::trace_events`].
pub(super) fn events(
    tx: &Connection,
    project_id: i64,
    trace_id: &str,
    said_in: Option<&[String]>,
    most: usize,
) -> Result<Vec<Event>, StoreError> {
    let mut query = Query::default();
    query
        .push(&format!(
            "SELECT {WHOLE} FROM event_text t CROSS JOIN events e ON e.key = t.rowid WHERE t.event_text MATCH "
        ))
        .bind(word(Word::Trace(trace_id)));
    query.push(" AND e.project_id = ").bind(project_id);
    query.push(" AND e.trace_id = ").bind(trace_id.to_owned());
    if let Some(spans) = said_in {
        query.push(" AND e.duration_us IS NULL AND (0");
        for span in spans {
            query.push(" OR e.span_id = ").bind(span.clone());
            query.push(" OR e.parent_span_id = ").bind(span.clone());
        }
        query.push(")");
    }
    query.push(" ORDER BY t.rowid LIMIT ").bind(limit(most));
    let mut statement = tx.prepare_cached(&query.sql)?;
    let mut found = statement.query(query.values())?;
    let mut events = Vec::new();
    while let Some(row) = found.next()? {
        events.push(row::event(row)?);
    }
    Ok(events)
}

/// See [`crate::store::TraceStore::trace_grew`].
pub(super) fn grew(tx: &Connection, project_id: i64, trace_id: &str, after: i64) -> Result<(bool, i64), StoreError> {
    let last = last_commit(tx, project_id)?;
    if last <= after {
        return Ok((false, last));
    }
    let grew = tx
        .prepare_cached(
            "SELECT 1 FROM events INDEXED BY events_by_arrival \
             WHERE project_id = ?1 AND received_at > ?2 AND trace_id = ?3 LIMIT 1",
        )?
        .exists((project_id, after, trace_id))?;
    Ok((grew, last))
}

/// `received_at` of the last commit of a project.
pub(super) fn last_commit(tx: &Connection, project_id: i64) -> Result<i64, StoreError> {
    let last: Option<i64> = tx
        .prepare_cached("SELECT last_event_at FROM projects WHERE id = ?1")?
        .query_row([project_id], |row| row.get(0))?;
    Ok(last.unwrap_or(0))
}
