//! What a pass over new events reads and writes.

use sqlx::SqliteConnection;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension};

use super::columns::spans;
use super::rows::last_commit;
use super::{limit, list};
use crate::ingest::id_hash;
use crate::store::row::{self, SPAN};
use crate::store::traces::joined;
use crate::store::{FoldInput, FoldOutput, StoreError, TraceMark};
use crate::traces::TraceState;

/// Marks that one pass takes.
const MARKS: i64 = 200;

static ARRIVED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {SPAN} FROM events e INDEXED BY events_by_arrival \
         WHERE e.project_id = ?1 AND e.received_at > ?2 AND e.received_at <= ?3 AND e.trace_id IS NOT NULL"
    )
});

/// Everything but the id of the row, which stays what it is.
const PUT: &str = "INSERT INTO traces (project_id, trace_hash, trace_id, start, duration_us, spans, errors, tokens, \
     cost_nano_usd, unpriced, name, user_id, session_id, environment, services, models, state) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) \
     ON CONFLICT (project_id, trace_hash) DO UPDATE SET start = excluded.start, duration_us = excluded.duration_us, \
     spans = excluded.spans, errors = excluded.errors, tokens = excluded.tokens, \
     cost_nano_usd = excluded.cost_nano_usd, unpriced = excluded.unpriced, name = excluded.name, \
     user_id = excluded.user_id, session_id = excluded.session_id, environment = excluded.environment, \
     services = excluded.services, models = excluded.models, state = excluded.state";

/// See [`crate::store::TraceStore::projects_to_fold`].
pub(super) fn projects(tx: &Connection, most: usize) -> Result<Vec<i64>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT p.id FROM projects p LEFT JOIN trace_folds f ON f.project_id = p.id \
         WHERE p.last_event_at > coalesce(f.upto, 0) \
         OR EXISTS (SELECT 1 FROM trace_marks m WHERE m.project_id = p.id) ORDER BY p.id LIMIT ?1",
    )?;
    let ids = statement.query_map([limit(most)], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// See [`crate::store::TraceStore::fold_input`].
pub(super) fn input(tx: &Connection, project_id: i64, most: usize) -> Result<Option<FoldInput>, StoreError> {
    let (from, pass): (i64, i64) = tx
        .prepare_cached("SELECT upto, pass FROM trace_folds WHERE project_id = ?1")?
        .query_row([project_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or_default();
    let last = last_commit(tx, project_id)?;
    let marks = marks(tx, project_id)?;
    if last <= from && marks.is_empty() {
        return Ok(None);
    }
    // Whole commits, so that the next pass begins where this one ends.
    let full: Option<i64> = tx
        .prepare_cached(
            "SELECT received_at FROM events INDEXED BY events_by_arrival \
             WHERE project_id = ?1 AND received_at > ?2 ORDER BY received_at LIMIT 1 OFFSET ?3",
        )?
        .query_row((project_id, from, limit(most)), |row| row.get(0))
        .optional()?;
    let upto = full.unwrap_or(last).max(from);
    let mut statement = tx.prepare_cached(&ARRIVED)?;
    let rows = spans(statement.query((project_id, from, upto))?)?;
    let touched: BTreeSet<&str> = rows
        .iter()
        .map(|row| row.trace_id.as_str())
        .chain(marks.iter().map(|mark| mark.trace_id.as_str()))
        .collect();
    let states = list::by_id(tx, project_id, touched.into_iter())?;
    Ok(Some(FoldInput {
        pass,
        upto,
        last,
        rows,
        marks,
        states,
    }))
}

fn marks(tx: &Connection, project_id: i64) -> Result<Vec<TraceMark>, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT trace_id, number FROM trace_marks WHERE project_id = ?1 ORDER BY number LIMIT ?2")?;
    let marks = statement.query_map((project_id, MARKS), |row| {
        Ok(TraceMark {
            trace_id: row.get(0)?,
            number: row.get(1)?,
        })
    })?;
    Ok(marks.collect::<Result<_, _>>()?)
}

/// See [`crate::store::TraceStore::fold_output`].
pub(super) fn output(tx: &Connection, project_id: i64, output: &FoldOutput) -> Result<bool, StoreError> {
    let first = tx
        .prepare_cached(
            "INSERT INTO trace_folds (project_id, upto, pass) SELECT ?1, ?2, 1 WHERE ?3 = 0 \
             ON CONFLICT DO NOTHING",
        )?
        .execute((project_id, output.upto, output.pass))?;
    let next = tx
        .prepare_cached(
            "UPDATE trace_folds SET upto = ?2, pass = pass + 1 WHERE project_id = ?1 AND pass = ?3 AND ?3 > 0",
        )?
        .execute((project_id, output.upto, output.pass))?;
    if first + next == 0 {
        return Ok(false);
    }
    // In the order of the index that is random: neighbours share pages.
    let mut put: Vec<_> = output
        .put
        .iter()
        .map(|state| (id_hash(project_id, &state.trace_id), state))
        .collect();
    put.sort_by_key(|(hash, _)| *hash);
    for (hash, state) in put {
        write(tx, project_id, &hash, state)?;
    }
    for trace_id in &output.removed {
        tx.prepare_cached("DELETE FROM traces WHERE project_id = ?1 AND trace_hash = ?2")?
            .execute((project_id, id_hash(project_id, trace_id)))?;
    }
    for done in &output.done {
        tx.prepare_cached("DELETE FROM trace_marks WHERE project_id = ?1 AND number = ?2 AND trace_hash = ?3")?
            .execute((project_id, done.number, id_hash(project_id, &done.trace_id)))?;
    }
    for trace_id in &output.mark {
        mark(tx, project_id, trace_id)?;
    }
    Ok(true)
}

fn write(tx: &Connection, project_id: i64, hash: &[u8], state: &TraceState) -> Result<(), StoreError> {
    let usage = state.usage();
    let json = serde_json::to_string(state).map_err(row::inconsistent)?;
    let value = |first: &Option<crate::traces::First>| first.as_ref().map(|first| first.value.clone());
    tx.prepare_cached(PUT)?.execute(rusqlite::params![
        project_id,
        hash,
        state.trace_id,
        state.start,
        state.duration_us(),
        state.spans,
        state.errors,
        usage.input.saturating_add(usage.output),
        usage.cost,
        usage.unpriced,
        state.name(),
        value(&state.user),
        value(&state.session),
        value(&state.environment),
        joined(&state.services),
        joined(&state.models),
        json,
    ])?;
    Ok(())
}

/// Marks a trace to be counted anew, in a transaction that changes its events.
/// A mark that a pass is working on stays another one than this.
pub(in crate::store::sqlite) fn mark(tx: &Connection, project_id: i64, trace_id: &str) -> Result<(), StoreError> {
    tx.prepare_cached(MARK)?
        .execute((project_id, id_hash(project_id, trace_id), trace_id))?;
    Ok(())
}

const MARK: &str = "INSERT INTO trace_marks (project_id, number, trace_hash, trace_id) \
     SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3 FROM trace_marks WHERE project_id = ?1";

/// As [`mark`], the trace of an event if it has one, through sqlx.
pub(in crate::store::sqlite) async fn mark_trace_of(
    tx: &mut SqliteConnection,
    project_id: i64,
    key: i64,
) -> Result<(), StoreError> {
    let trace_id: Option<String> = sqlx::query_scalar("SELECT trace_id FROM events WHERE key = ?1 AND project_id = ?2")
        .bind(key)
        .bind(project_id)
        .fetch_optional(&mut *tx)
        .await?
        .flatten();
    if let Some(trace_id) = trace_id {
        sqlx::query(MARK)
            .bind(project_id)
            .bind(id_hash(project_id, &trace_id).to_vec())
            .bind(trace_id)
            .execute(tx)
            .await?;
    }
    Ok(())
}
