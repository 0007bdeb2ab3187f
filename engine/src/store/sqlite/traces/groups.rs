//! Sessions and users.

use rusqlite::{Connection, Row};

use super::limit;
use super::list::{Query, last_of};
use crate::store::pattern::contains_pattern;
use crate::store::{GroupBucket, GroupBy, GroupTotals, GroupWalk, GroupsFound, StoreError, TracePlace};

/// Users of a session that are told.
const USERS: i64 = 5;

const fn index(by: GroupBy) -> &'static str {
    match by {
        GroupBy::Session => "traces_by_session",
        GroupBy::User => "traces_by_user",
    }
}

/// See [`crate::store::TraceStore::trace_groups`]. A group stands where its
/// newest trace stands, so that every page follows from the cursor alone.
pub(super) fn find(tx: &Connection, project_id: i64, walk: &GroupWalk) -> Result<GroupsFound, StoreError> {
    let (column, by) = (walk.by.column(), index(walk.by));
    let mut query = Query::default();
    query.push(&format!("SELECT {column}, start, trace_hash FROM ("));
    push_walk(&mut query, project_id, walk);
    query.push(") t WHERE ");
    if !walk.contains.is_empty() {
        query
            .push(&format!("{column} LIKE "))
            .bind(contains_pattern(&walk.contains))
            .push(" ESCAPE '\\' AND ");
    }
    query
        .push(&format!(
            "NOT EXISTS (SELECT 1 FROM traces n INDEXED BY {by} WHERE n.project_id = "
        ))
        .bind(project_id);
    query.push(&format!(
        " AND n.{column} = t.{column} AND (n.start, n.trace_hash) > (t.start, t.trace_hash)"
    ));
    if let Some(to) = walk.to {
        query.push(" AND n.start < ").bind(to);
    }
    if let Some(user) = &walk.user {
        query.push(" AND n.user_id = ").bind(user.clone());
    }
    query.push(") LIMIT ").bind(limit(walk.limit.saturating_add(1)));
    let mut statement = tx.prepare_cached(&query.sql)?;
    let items: Vec<(String, TracePlace)> = statement
        .query_map(query.values(), |row| {
            let place = TracePlace {
                start: row.get(1)?,
                hash: row.get(2)?,
            };
            Ok((row.get(0)?, place))
        })?
        .collect::<Result<_, _>>()?;
    let stopped = if items.len() > walk.limit {
        None
    } else {
        last_of(tx, walk.most, |query| push_walk(query, project_id, walk))?
    };
    Ok(GroupsFound { items, stopped })
}

fn push_walk(query: &mut Query, project_id: i64, walk: &GroupWalk) {
    let by_user = walk.user.is_some();
    let index = if by_user { "traces_by_user" } else { "traces_by_start" };
    query
        .push(&format!(
            "SELECT start, trace_hash, user_id, session_id FROM traces INDEXED BY {index} WHERE project_id = "
        ))
        .bind(project_id);
    if let Some(user) = &walk.user {
        query.push(" AND user_id = ").bind(user.clone());
    }
    query.push(&format!(" AND {} IS NOT NULL", walk.by.column()));
    query.push_bounds(walk.from, walk.to, walk.after);
    query
        .push(" ORDER BY start DESC, trace_hash DESC LIMIT ")
        .bind(limit(walk.most));
}

/// Adds the newest traces of a group.
fn push_group(
    query: &mut Query,
    project_id: i64,
    by: GroupBy,
    id: &str,
    times: (Option<i64>, Option<i64>),
    most: usize,
) {
    query
        .push(&format!(
            "SELECT start, spans, errors, tokens, cost_nano_usd, unpriced, user_id, session_id \
             FROM traces INDEXED BY {} WHERE project_id = ",
            index(by)
        ))
        .bind(project_id);
    query.push(&format!(" AND {} = ", by.column())).bind(id.to_owned());
    query.push_bounds(times.0, times.1, None);
    query
        .push(" ORDER BY start DESC, trace_hash DESC LIMIT ")
        .bind(limit(most));
}

/// See [`crate::store::TraceStore::group_totals`].
pub(super) fn totals(
    tx: &Connection,
    project_id: i64,
    by: GroupBy,
    id: &str,
    times: (Option<i64>, Option<i64>),
    most: usize,
) -> Result<Option<GroupTotals>, StoreError> {
    let mut query = Query::default();
    query.push(
        "SELECT count(*), count(CASE WHEN errors > 0 THEN 1 END), total(spans), total(errors), total(tokens), \
         total(cost_nano_usd), total(unpriced), min(start), max(start), count(DISTINCT session_id) FROM (",
    );
    push_group(&mut query, project_id, by, id, times, most);
    query.push(")");
    let mut totals = tx.prepare_cached(&query.sql)?.query_row(query.values(), |row| {
        Ok(GroupTotals {
            traces: row.get(0)?,
            failed: row.get(1)?,
            spans: total(row, 2)?,
            errors: total(row, 3)?,
            tokens: total(row, 4)?,
            cost_nano_usd: total(row, 5)?,
            unpriced: total(row, 6)?,
            first: row.get::<_, Option<i64>>(7)?.unwrap_or(0),
            last: row.get::<_, Option<i64>>(8)?.unwrap_or(0),
            users: Vec::new(),
            sessions: row.get(9)?,
        })
    })?;
    if totals.traces == 0 {
        return Ok(None);
    }
    if by == GroupBy::Session {
        let mut query = Query::default();
        query.push("SELECT user_id FROM (");
        push_group(&mut query, project_id, by, id, times, most);
        query
            .push(") WHERE user_id IS NOT NULL GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT ")
            .bind(USERS);
        let mut statement = tx.prepare_cached(&query.sql)?;
        totals.users = statement
            .query_map(query.values(), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
    }
    Ok(Some(totals))
}

/// A sum. SQLite's `total` is a float, which unlike `sum` cannot overflow.
#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn total(row: &Row<'_>, column: usize) -> rusqlite::Result<i64> {
    Ok(row.get::<_, f64>(column)?.round() as i64)
}

/// See [`crate::store::TraceStore::group_buckets`].
pub(super) fn buckets(
    tx: &Connection,
    project_id: i64,
    by: GroupBy,
    id: &str,
    times: (Option<i64>, Option<i64>),
    bucket_us: i64,
    most: usize,
) -> Result<Vec<GroupBucket>, StoreError> {
    let mut query = Query::default();
    // Rounded down, also before 1970.
    query.push("SELECT (start - ((start % ").bind(bucket_us);
    query.push(") + ").bind(bucket_us).push(") % ").bind(bucket_us);
    query.push(") / ").bind(bucket_us);
    query.push(" AS bucket, count(*), total(errors), total(tokens), total(cost_nano_usd) FROM (");
    push_group(&mut query, project_id, by, id, times, most);
    query.push(") GROUP BY bucket ORDER BY bucket");
    let mut statement = tx.prepare_cached(&query.sql)?;
    let buckets = statement.query_map(query.values(), |row| {
        Ok(GroupBucket {
            number: row.get(0)?,
            traces: row.get(1)?,
            errors: total(row, 2)?,
            tokens: total(row, 3)?,
            cost_nano_usd: total(row, 4)?,
        })
    })?;
    Ok(buckets.collect::<Result<_, _>>()?)
}
