//! Lists of traces.

use std::collections::BTreeSet;

use sqlx::{PgConnection, Postgres, QueryBuilder, Row};

use crate::ingest::id_hash;
use crate::store::pattern::contains_pattern;
use crate::store::postgres::encode::stored;
use crate::store::postgres::sql::{texts, to_i64};
use crate::store::traces::{state, within};
use crate::store::{StoreError, TraceFilter, TracePlace, TraceWalk, TracesFound};
use crate::traces::TraceState;

/// See [`crate::store::TraceStore::traces`].
pub(super) async fn find(tx: &mut PgConnection, project_id: i64, walk: &TraceWalk) -> Result<TracesFound, StoreError> {
    let mut query = QueryBuilder::new("SELECT state FROM (");
    push_walk(&mut query, "*", project_id, walk);
    query.push(") t WHERE true");
    push_filter(&mut query, &walk.filter);
    query.push(" LIMIT ").push_bind(to_i64(walk.limit.saturating_add(1)));
    let rows = query.build().fetch_all(&mut *tx).await?;
    let items: Vec<TraceState> = rows
        .iter()
        .map(|row| state(row.try_get(0)?))
        .collect::<Result<_, _>>()?;
    let stopped = if items.len() > walk.limit {
        None
    } else {
        let mut query = QueryBuilder::new("SELECT start, trace_hash FROM (");
        push_walk(&mut query, "start, trace_hash", project_id, walk);
        last_of(tx, query, walk.most).await?
    };
    Ok(TracesFound { items, stopped })
}

/// The last place of a walk that is as long as it may be.
pub(super) async fn last_of(
    tx: &mut PgConnection,
    mut query: QueryBuilder<Postgres>,
    most: usize,
) -> Result<Option<TracePlace>, StoreError> {
    query
        .push(") t LIMIT 1 OFFSET ")
        .push_bind(to_i64(most.saturating_sub(1)));
    let last = query.build().fetch_optional(tx).await?;
    last.map(|row| place(&row, 0)).transpose()
}

/// A place, of two columns that begin at one.
pub(super) fn place(row: &sqlx::postgres::PgRow, column: usize) -> Result<TracePlace, StoreError> {
    let hash: Vec<u8> = row.try_get(column + 1)?;
    Ok(TracePlace {
        start: row.try_get(column)?,
        hash: hash
            .try_into()
            .map_err(|_| StoreError::Inconsistent("a hash of another length".to_owned()))?,
    })
}

/// Adds the bounds of a walk that is in the order of start, newest first.
pub(super) fn push_bounds(
    query: &mut QueryBuilder<Postgres>,
    from: Option<i64>,
    to: Option<i64>,
    after: Option<TracePlace>,
) {
    if let Some(from) = from {
        query.push(" AND start >= ").push_bind(from);
    }
    if let Some(to) = to {
        query.push(" AND start < ").push_bind(to);
    }
    if let Some(after) = after {
        query.push(" AND (start, trace_hash) < (").push_bind(after.start);
        query.push(", ").push_bind(after.hash.to_vec()).push(")");
    }
}

/// Adds the newest traces that may be looked at.
fn push_walk(query: &mut QueryBuilder<Postgres>, columns: &str, project_id: i64, walk: &TraceWalk) {
    let filter = &walk.filter;
    query
        .push(format!("SELECT {columns} FROM traces WHERE project_id = "))
        .push_bind(project_id);
    // One user or session has an index of their own.
    match (filter.users.as_slice(), filter.sessions.as_slice()) {
        (_, [session]) => {
            query.push(" AND session_id = ").push_bind(stored(session).into_owned());
        }
        ([user], _) => {
            query.push(" AND user_id = ").push_bind(stored(user).into_owned());
        }
        _ => {}
    }
    push_bounds(query, filter.from, filter.to, walk.after);
    query
        .push(" ORDER BY start DESC, trace_hash DESC LIMIT ")
        .push_bind(to_i64(walk.most));
}

fn push_filter(query: &mut QueryBuilder<Postgres>, filter: &TraceFilter) {
    if !filter.name.is_empty() {
        query
            .push(" AND name COLLATE \"C\" ILIKE ")
            .push_bind(contains_pattern(&stored(&filter.name)));
    }
    for (column, names) in [("services", &filter.services), ("models", &filter.models)] {
        for (n, name) in names.iter().enumerate() {
            query.push(if n == 0 { " AND (" } else { " OR " });
            query
                .push(format!("strpos({column}, "))
                .push_bind(stored(&within(name)).into_owned())
                .push(") > 0");
        }
        if !names.is_empty() {
            query.push(")");
        }
    }
    for (column, values) in [
        ("user_id", &filter.users),
        ("session_id", &filter.sessions),
        ("environment", &filter.environments),
    ] {
        if !values.is_empty() {
            query
                .push(format!(" AND {column} = ANY("))
                .push_bind(texts(values))
                .push(")");
        }
    }
    if filter.errors {
        query.push(" AND errors > 0");
    }
    if let Some(least) = filter.min_duration_us {
        query.push(" AND duration_us >= ").push_bind(least);
    }
    if let Some(least) = filter.min_cost_nano_usd {
        query.push(" AND cost_nano_usd >= ").push_bind(least);
    }
}

/// See [`crate::store::TraceStore::traces_by_id`].
pub(super) async fn by_id<'a>(
    tx: &mut PgConnection,
    project_id: i64,
    trace_ids: impl Iterator<Item = &'a str>,
) -> Result<Vec<TraceState>, StoreError> {
    let hashes: BTreeSet<Vec<u8>> = trace_ids.map(|id| id_hash(project_id, id).to_vec()).collect();
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    // `OFFSET` keeps it a look-up for each: without statistics, Postgres would go through all traces.
    let states: Vec<String> = sqlx::query_scalar(
        "SELECT t.state FROM UNNEST($2::bytea[]) h (hash) CROSS JOIN LATERAL \
         (SELECT state FROM traces WHERE project_id = $1 AND trace_hash = h.hash OFFSET 0) t",
    )
    .bind(project_id)
    .bind(hashes.into_iter().collect::<Vec<_>>())
    .fetch_all(tx)
    .await?;
    states.iter().map(|json| state(json)).collect()
}
