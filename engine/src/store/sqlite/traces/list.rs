//! Lists of traces.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::limit;
use crate::ingest::id_hash;
use crate::store::pattern::contains_pattern;
use crate::store::traces::{state, within};
use crate::store::{StoreError, TraceFilter, TracePlace, TraceWalk, TracesFound};
use crate::traces::TraceState;

/// SQL with its values.
#[derive(Default)]
pub(super) struct Query {
    pub(super) sql: String,
    values: Vec<Value>,
}

impl Query {
    /// Adds SQL.
    pub(super) fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// Adds a value.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.sql.push('?');
        self.values.push(value.into());
        self
    }

    /// Adds the bounds of a walk that is in the order of start, newest first.
    pub(super) fn push_bounds(&mut self, from: Option<i64>, to: Option<i64>, after: Option<TracePlace>) {
        if let Some(from) = from {
            self.push(" AND start >= ").bind(from);
        }
        if let Some(to) = to {
            self.push(" AND start < ").bind(to);
        }
        if let Some(after) = after {
            self.push(" AND (start, trace_hash) < (").bind(after.start);
            self.push(", ").bind(after.hash.to_vec()).push(")");
        }
    }

    /// What the driver takes.
    pub(super) fn values(&self) -> impl rusqlite::Params + '_ {
        params_from_iter(self.values.iter())
    }
}

/// See [`crate::store::TraceStore::traces`].
pub(super) fn find(tx: &Connection, project_id: i64, walk: &TraceWalk) -> Result<TracesFound, StoreError> {
    let mut query = Query::default();
    query.push("SELECT state FROM (");
    push_walk(&mut query, "*", project_id, walk);
    query.push(") WHERE 1");
    push_filter(&mut query, &walk.filter);
    query.push(" LIMIT ").bind(limit(walk.limit.saturating_add(1)));
    let mut statement = tx.prepare_cached(&query.sql)?;
    let mut found = statement.query(query.values())?;
    let mut items = Vec::new();
    while let Some(row) = found.next()? {
        items.push(state(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?);
    }
    let stopped = if items.len() > walk.limit {
        None
    } else {
        last_of(tx, walk.most, |query| {
            push_walk(query, "start, trace_hash", project_id, walk);
        })?
    };
    Ok(TracesFound { items, stopped })
}

/// The last place of a walk that is as long as it may be.
pub(super) fn last_of(
    tx: &Connection,
    most: usize,
    push_walk: impl FnOnce(&mut Query),
) -> Result<Option<TracePlace>, StoreError> {
    let mut query = Query::default();
    query.push("SELECT start, trace_hash FROM (");
    push_walk(&mut query);
    query.push(") LIMIT 1 OFFSET ").bind(limit(most.saturating_sub(1)));
    let last = tx.prepare_cached(&query.sql)?.query_row(query.values(), |row| {
        Ok(TracePlace {
            start: row.get(0)?,
            hash: row.get(1)?,
        })
    });
    Ok(last.optional()?)
}

/// Adds the newest traces that may be looked at.
fn push_walk(query: &mut Query, columns: &str, project_id: i64, walk: &TraceWalk) {
    let filter = &walk.filter;
    // One user or session has an index of their own.
    let one = match (filter.users.as_slice(), filter.sessions.as_slice()) {
        (_, [session]) => Some(("traces_by_session", "session_id", session)),
        ([user], _) => Some(("traces_by_user", "user_id", user)),
        _ => None,
    };
    let index = one.map_or("traces_by_start", |(index, ..)| index);
    query
        .push(&format!(
            "SELECT {columns} FROM traces INDEXED BY {index} WHERE project_id = "
        ))
        .bind(project_id);
    if let Some((_, column, value)) = one {
        query.push(&format!(" AND {column} = ")).bind(value.clone());
    }
    query.push_bounds(filter.from, filter.to, walk.after);
    query
        .push(" ORDER BY start DESC, trace_hash DESC LIMIT ")
        .bind(limit(walk.most));
}

fn push_filter(query: &mut Query, filter: &TraceFilter) {
    if !filter.name.is_empty() {
        query
            .push(" AND name LIKE ")
            .bind(contains_pattern(&filter.name))
            .push(" ESCAPE '\\'");
    }
    for (column, names) in [("services", &filter.services), ("models", &filter.models)] {
        push_any(query, names, |query, name| {
            query
                .push(&format!("instr({column}, "))
                .bind(within(name))
                .push(") > 0");
        });
    }
    for (column, values) in [
        ("user_id", &filter.users),
        ("session_id", &filter.sessions),
        ("environment", &filter.environments),
    ] {
        push_any(query, values, |query, value| {
            query.push(&format!("{column} = ")).bind(value.to_owned());
        });
    }
    if filter.errors {
        query.push(" AND errors > 0");
    }
    if let Some(least) = filter.min_duration_us {
        query.push(" AND duration_us >= ").bind(least);
    }
    if let Some(least) = filter.min_cost_nano_usd {
        query.push(" AND cost_nano_usd >= ").bind(least);
    }
}

/// Adds "any of these is so", or nothing when there are none.
fn push_any(query: &mut Query, values: &[String], push: impl Fn(&mut Query, &str)) {
    for (n, value) in values.iter().enumerate() {
        query.push(if n == 0 { " AND (" } else { " OR " });
        push(query, value);
    }
    if !values.is_empty() {
        query.push(")");
    }
}

/// See [`crate::store::TraceStore::traces_by_id`].
pub(super) fn by_id<'a>(
    tx: &Connection,
    project_id: i64,
    trace_ids: impl Iterator<Item = &'a str>,
) -> Result<Vec<TraceState>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT state FROM traces INDEXED BY traces_by_hash WHERE project_id = ?1 AND trace_hash = ?2",
    )?;
    let mut states = Vec::new();
    for trace_id in trace_ids {
        let json: Option<String> = statement
            .query_row((project_id, id_hash(project_id, trace_id)), |row| row.get(0))
            .optional()?;
        states.extend(json.as_deref().map(state).transpose()?);
    }
    Ok(states)
}
