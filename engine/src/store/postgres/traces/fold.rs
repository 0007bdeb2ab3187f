//! What a pass over new events reads and writes.

use std::collections::BTreeSet;

use super::list;
use super::rows::last_commit;
use crate::ingest::id_hash;
use crate::store::postgres::bounded::Bounded;
use crate::store::postgres::days;
use crate::store::postgres::encode::{sent, stored};
use crate::store::postgres::partitions::Partitions;
use crate::store::postgres::project;
use crate::store::postgres::sql::to_i64;
use crate::store::row::{self, SPAN};
use crate::store::traces::joined;
use crate::store::{FoldInput, FoldOutput, StoreError, TraceMark};
use crate::traces::{First, SpanRow, TraceState};
use eventglass_model::Timestamp;
use sqlx::{PgConnection, QueryBuilder, Row};

/// Marks that one pass takes.
const MARKS: i64 = 200;

/// See [`crate::store::TraceStore::projects_to_fold`].
pub(super) async fn projects(readers: &Bounded, most: usize) -> Result<Vec<i64>, StoreError> {
    let ids = sqlx::query_scalar(
        "SELECT p.id FROM projects p LEFT JOIN trace_folds f ON f.project_id = p.id \
         WHERE p.last_event_at > coalesce(f.upto, 0) \
         OR EXISTS (SELECT 1 FROM trace_marks m WHERE m.project_id = p.id) ORDER BY p.id LIMIT $1",
    );
    Ok(ids.bind(to_i64(most)).fetch_all(readers).await?)
}

/// See [`crate::store::TraceStore::fold_input`].
pub(super) async fn input(
    tx: &mut PgConnection,
    partitions: &Partitions,
    project_id: i64,
    most: usize,
) -> Result<Option<FoldInput>, StoreError> {
    let fold = sqlx::query("SELECT upto, pass FROM trace_folds WHERE project_id = $1")
        .bind(project_id)
        .fetch_optional(&mut *tx)
        .await?;
    let (from, pass): (i64, i64) = match fold {
        Some(fold) => (fold.try_get(0)?, fold.try_get(1)?),
        None => (0, 0),
    };
    let last = last_commit(tx, project_id).await?;
    let marks = marks(tx, project_id).await?;
    if last <= from && marks.is_empty() {
        return Ok(None);
    }
    // Whole commits, so that the next pass begins where this one ends. In the order of
    // arrival, so that Postgres goes by the index of that (see `in_order`): without
    // statistics it takes the days' keys for the rarer thing, and goes through all of them.
    let days = days::since(tx, partitions, project_id, from).await?;
    let arrived = |columns: &str| {
        let mut query = QueryBuilder::new(format!("SELECT {columns} FROM events e WHERE e.project_id = "));
        query
            .push_bind(project_id)
            .push(" AND e.received_at > ")
            .push_bind(from);
        days::push(&mut query, &days);
        query
    };
    let mut query = arrived("e.received_at");
    query
        .push(" ORDER BY e.received_at LIMIT 1 OFFSET ")
        .push_bind(to_i64(most));
    let full: Option<i64> = query.build_query_scalar().fetch_optional(&mut *tx).await?;
    let upto = full.unwrap_or(last).max(from);
    let mut query = arrived(SPAN);
    query
        .push(" AND e.trace_id IS NOT NULL AND e.received_at <= ")
        .push_bind(upto)
        .push(" ORDER BY e.received_at");
    let found = query.build().fetch_all(&mut *tx).await?;
    let rows: Vec<SpanRow> = found.iter().map(row::span).collect::<Result<_, _>>()?;
    let touched: BTreeSet<&str> = rows
        .iter()
        .map(|row| row.trace_id.as_str())
        .chain(marks.iter().map(|mark| mark.trace_id.as_str()))
        .collect();
    let states = list::by_id(tx, project_id, touched.into_iter()).await?;
    Ok(Some(FoldInput {
        pass,
        upto,
        last,
        rows,
        marks,
        states,
    }))
}

async fn marks(tx: &mut PgConnection, project_id: i64) -> Result<Vec<TraceMark>, StoreError> {
    let marks = sqlx::query("SELECT trace_id, number FROM trace_marks WHERE project_id = $1 ORDER BY number LIMIT $2")
        .bind(project_id)
        .bind(MARKS)
        .fetch_all(tx)
        .await?;
    let mark = |row: &sqlx::postgres::PgRow| {
        Ok(TraceMark {
            trace_id: sent(row.try_get(0)?),
            number: row.try_get(1)?,
        })
    };
    marks.iter().map(mark).collect()
}

/// See [`crate::store::TraceStore::fold_output`].
pub(super) async fn output(tx: &mut PgConnection, project_id: i64, output: &FoldOutput) -> Result<bool, StoreError> {
    let counts = if output.pass == 0 {
        sqlx::query("INSERT INTO trace_folds (project_id, upto, pass) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING")
            .bind(project_id)
            .bind(output.upto)
            .execute(&mut *tx)
            .await?
    } else {
        sqlx::query("UPDATE trace_folds SET upto = $2, pass = pass + 1 WHERE project_id = $1 AND pass = $3")
            .bind(project_id)
            .bind(output.upto)
            .bind(output.pass)
            .execute(&mut *tx)
            .await?
    };
    // Who comes second has waited for the first, and reads anew.
    if counts.rows_affected() == 0 {
        return Ok(false);
    }
    put(tx, project_id, &output.put).await?;
    let hashes = |ids: &mut dyn Iterator<Item = &String>| -> Vec<Vec<u8>> {
        ids.map(|id| id_hash(project_id, id).to_vec()).collect()
    };
    if !output.removed.is_empty() {
        sqlx::query("DELETE FROM traces WHERE project_id = $1 AND trace_hash = ANY($2)")
            .bind(project_id)
            .bind(hashes(&mut output.removed.iter()))
            .execute(&mut *tx)
            .await?;
    }
    if !output.done.is_empty() {
        let numbers: Vec<i64> = output.done.iter().map(|done| done.number).collect();
        sqlx::query(
            "DELETE FROM trace_marks m USING UNNEST($2::bigint[], $3::bytea[]) AS d (number, hash) \
             WHERE m.project_id = $1 AND m.number = d.number AND m.trace_hash = d.hash",
        )
        .bind(project_id)
        .bind(numbers)
        .bind(hashes(&mut output.done.iter().map(|done| &done.trace_id)))
        .execute(&mut *tx)
        .await?;
    }
    if !output.mark.is_empty() {
        lock(tx, project_id).await?;
        mark(tx, project_id, output.mark.iter().map(String::as_str)).await?;
    }
    Ok(true)
}

/// The columns of traces, transposed.
#[derive(Default)]
struct Columns {
    hashes: Vec<Vec<u8>>,
    ids: Vec<String>,
    numbers: [Vec<i64>; 7],
    names: Vec<String>,
    maybes: [Vec<Option<String>>; 3],
    lists: [Vec<String>; 2],
    states: Vec<String>,
}

async fn put(tx: &mut PgConnection, project_id: i64, states: &[TraceState]) -> Result<(), StoreError> {
    if states.is_empty() {
        return Ok(());
    }
    // In one order, always.
    let mut sorted: Vec<_> = states
        .iter()
        .map(|state| (id_hash(project_id, &state.trace_id), state))
        .collect();
    sorted.sort_by_key(|(hash, _)| *hash);
    let mut columns = Columns::default();
    let text = |text: &str| stored(text).into_owned();
    for (hash, state) in sorted {
        let usage = state.usage();
        columns.hashes.push(hash.to_vec());
        columns.ids.push(text(&state.trace_id));
        let numbers = [
            state.start,
            state.duration_us(),
            state.spans,
            state.errors,
            usage.input.saturating_add(usage.output),
            usage.cost,
            usage.unpriced,
        ];
        for (column, number) in columns.numbers.iter_mut().zip(numbers) {
            column.push(number);
        }
        columns.names.push(text(state.name()));
        let maybe = |first: &Option<First>| first.as_ref().map(|first| text(&first.value));
        for (column, first) in columns
            .maybes
            .iter_mut()
            .zip([&state.user, &state.session, &state.environment])
        {
            column.push(maybe(first));
        }
        for (column, names) in columns.lists.iter_mut().zip([&state.services, &state.models]) {
            column.push(text(&joined(names)));
        }
        columns
            .states
            .push(serde_json::to_string(state).map_err(row::inconsistent)?);
    }
    let [start, duration, spans, errors, tokens, cost, unpriced] = columns.numbers;
    let [users, sessions, environments] = columns.maybes;
    let [services, models] = columns.lists;
    sqlx::query(
        "INSERT INTO traces (project_id, trace_hash, trace_id, start, duration_us, spans, errors, tokens, \
         cost_nano_usd, unpriced, name, user_id, session_id, environment, services, models, state) \
         SELECT $1, * FROM UNNEST($2::bytea[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], \
         $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], \
         $16::text[], $17::text[]) \
         ON CONFLICT (project_id, trace_hash) DO UPDATE SET start = excluded.start, \
         duration_us = excluded.duration_us, spans = excluded.spans, errors = excluded.errors, \
         tokens = excluded.tokens, cost_nano_usd = excluded.cost_nano_usd, unpriced = excluded.unpriced, \
         name = excluded.name, user_id = excluded.user_id, session_id = excluded.session_id, \
         environment = excluded.environment, services = excluded.services, models = excluded.models, \
         state = excluded.state",
    )
    .bind(project_id)
    .bind(columns.hashes)
    .bind(columns.ids)
    .bind(start)
    .bind(duration)
    .bind(spans)
    .bind(errors)
    .bind(tokens)
    .bind(cost)
    .bind(unpriced)
    .bind(columns.names)
    .bind(users)
    .bind(sessions)
    .bind(environments)
    .bind(services)
    .bind(models)
    .bind(columns.states)
    .execute(tx)
    .await?;
    Ok(())
}

/// Locks the project, as every commit of events does: see [`mark`].
pub(super) async fn lock(tx: &mut PgConnection, project_id: i64) -> Result<(), StoreError> {
    project::lock(tx, &[project_id].into(), Timestamp::from_micros(0))
        .await
        .map(drop)
}

/// Marks traces to be counted anew, in a transaction that has locked their
/// project: a mark that a pass is working on stays another one than these.
pub(in crate::store::postgres) async fn mark<'t>(
    tx: &mut PgConnection,
    project_id: i64,
    trace_ids: impl IntoIterator<Item = &'t str>,
) -> Result<(), StoreError> {
    let trace_ids: BTreeSet<&str> = trace_ids.into_iter().collect();
    if trace_ids.is_empty() {
        return Ok(());
    }
    let hashes: Vec<Vec<u8>> = trace_ids.iter().map(|id| id_hash(project_id, id).to_vec()).collect();
    let ids: Vec<String> = trace_ids.into_iter().map(|id| stored(id).into_owned()).collect();
    sqlx::query(
        "INSERT INTO trace_marks (project_id, number, trace_hash, trace_id) \
         SELECT $1, (SELECT coalesce(max(m.number), 0) + 1 FROM trace_marks m WHERE m.project_id = $1), n.* \
         FROM UNNEST($2::bytea[], $3::text[]) AS n",
    )
    .bind(project_id)
    .bind(hashes)
    .bind(ids)
    .execute(tx)
    .await?;
    Ok(())
}
