//! Sessions and users.

use super::list::{last_of, place, push_bounds};
use crate::store::pattern::contains_pattern;
use crate::store::postgres::bounded::Bounded;
use crate::store::postgres::encode::{sent, stored};
use crate::store::postgres::sql::to_i64;
use crate::store::{GroupBucket, GroupBy, GroupTotals, GroupWalk, GroupsFound, StoreError, TracePlace};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Postgres, QueryBuilder, Row};

/// Users of a session that are told.
const USERS: i64 = 5;

/// See [`crate::store::TraceStore::trace_groups`]. A group stands where its
/// newest trace stands, so that every page follows from the cursor alone.
pub(super) async fn find(tx: &mut PgConnection, project_id: i64, walk: &GroupWalk) -> Result<GroupsFound, StoreError> {
    let column = walk.by.column();
    let mut query = QueryBuilder::new(format!("SELECT {column}, start, trace_hash FROM ("));
    push_walk(&mut query, project_id, walk);
    query.push(") t WHERE ");
    if !walk.contains.is_empty() {
        query
            .push(format!("{column} COLLATE \"C\" ILIKE "))
            .push_bind(contains_pattern(&stored(&walk.contains)))
            .push(" AND ");
    }
    query
        .push("NOT EXISTS (SELECT 1 FROM traces n WHERE n.project_id = ")
        .push_bind(project_id);
    query.push(format!(
        " AND n.{column} = t.{column} AND (n.start, n.trace_hash) > (t.start, t.trace_hash)"
    ));
    if let Some(to) = walk.to {
        query.push(" AND n.start < ").push_bind(to);
    }
    if let Some(user) = &walk.user {
        query.push(" AND n.user_id = ").push_bind(stored(user).into_owned());
    }
    query
        .push(") ORDER BY start DESC, trace_hash DESC LIMIT ")
        .push_bind(to_i64(walk.limit.saturating_add(1)));
    let rows = query.build().fetch_all(&mut *tx).await?;
    let item = |row: &PgRow| Ok::<_, StoreError>((sent(row.try_get(0)?), place(row, 1)?));
    let items: Vec<(String, TracePlace)> = rows.iter().map(item).collect::<Result<_, _>>()?;
    let stopped = if items.len() > walk.limit {
        None
    } else {
        let mut query = QueryBuilder::new("SELECT start, trace_hash FROM (");
        push_walk(&mut query, project_id, walk);
        last_of(tx, query, walk.most).await?
    };
    Ok(GroupsFound { items, stopped })
}

fn push_walk(query: &mut QueryBuilder<Postgres>, project_id: i64, walk: &GroupWalk) {
    query
        .push("SELECT start, trace_hash, user_id, session_id FROM traces WHERE project_id = ")
        .push_bind(project_id);
    if let Some(user) = &walk.user {
        query.push(" AND user_id = ").push_bind(stored(user).into_owned());
    }
    query.push(format!(" AND {} IS NOT NULL", walk.by.column()));
    push_bounds(query, walk.from, walk.to, walk.after);
    query
        .push(" ORDER BY start DESC, trace_hash DESC LIMIT ")
        .push_bind(to_i64(walk.most));
}

/// Adds the newest traces of a group.
fn push_group(
    query: &mut QueryBuilder<Postgres>,
    project_id: i64,
    by: GroupBy,
    id: &str,
    times: (Option<i64>, Option<i64>),
    most: usize,
) {
    query
        .push(
            "SELECT start, spans, errors, tokens, cost_nano_usd, unpriced, user_id, session_id \
             FROM traces WHERE project_id = ",
        )
        .push_bind(project_id);
    query
        .push(format!(" AND {} = ", by.column()))
        .push_bind(stored(id).into_owned());
    push_bounds(query, times.0, times.1, None);
    query
        .push(" ORDER BY start DESC, trace_hash DESC LIMIT ")
        .push_bind(to_i64(most));
}

/// See [`crate::store::TraceStore::group_totals`].
pub(super) async fn totals(
    tx: &mut PgConnection,
    project_id: i64,
    by: GroupBy,
    id: &str,
    times: (Option<i64>, Option<i64>),
    most: usize,
) -> Result<Option<GroupTotals>, StoreError> {
    let mut query = QueryBuilder::new(
        "SELECT count(*), count(*) FILTER (WHERE errors > 0), sum(spans)::float8, sum(errors)::float8, \
         sum(tokens)::float8, sum(cost_nano_usd)::float8, sum(unpriced)::float8, min(start), max(start), \
         count(DISTINCT session_id) FROM (",
    );
    push_group(&mut query, project_id, by, id, times, most);
    query.push(") t");
    let row = query.build().fetch_one(&mut *tx).await?;
    let mut totals = GroupTotals {
        traces: row.try_get(0)?,
        failed: row.try_get(1)?,
        spans: total(&row, 2)?,
        errors: total(&row, 3)?,
        tokens: total(&row, 4)?,
        cost_nano_usd: total(&row, 5)?,
        unpriced: total(&row, 6)?,
        first: row.try_get::<Option<i64>, _>(7)?.unwrap_or(0),
        last: row.try_get::<Option<i64>, _>(8)?.unwrap_or(0),
        users: Vec::new(),
        sessions: row.try_get(9)?,
    };
    if totals.traces == 0 {
        return Ok(None);
    }
    if by == GroupBy::Session {
        let mut query = QueryBuilder::new("SELECT user_id FROM (");
        push_group(&mut query, project_id, by, id, times, most);
        query
            .push(") t WHERE user_id IS NOT NULL GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT ")
            .push_bind(USERS);
        let users: Vec<String> = query.build_query_scalar().fetch_all(tx).await?;
        totals.users = users.into_iter().map(sent).collect();
    }
    Ok(Some(totals))
}

/// A sum, of a column that is a float so that it cannot overflow.
#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn total(row: &PgRow, column: usize) -> Result<i64, StoreError> {
    Ok(row.try_get::<Option<f64>, _>(column)?.unwrap_or(0.0).round() as i64)
}

/// See [`crate::store::TraceStore::group_buckets`].
pub(super) async fn buckets(
    readers: &Bounded,
    project_id: i64,
    by: GroupBy,
    id: &str,
    times: (Option<i64>, Option<i64>),
    bucket_us: i64,
    most: usize,
) -> Result<Vec<GroupBucket>, StoreError> {
    // Rounded down, also before 1970.
    let mut query = QueryBuilder::new("SELECT (start - ((start % ");
    query.push_bind(bucket_us).push(") + ").push_bind(bucket_us);
    query
        .push(") % ")
        .push_bind(bucket_us)
        .push(") / ")
        .push_bind(bucket_us);
    query.push(" AS bucket, count(*), sum(errors)::float8, sum(tokens)::float8, sum(cost_nano_usd)::float8 FROM (");
    push_group(&mut query, project_id, by, id, times, most);
    query.push(") t GROUP BY 1 ORDER BY 1");
    let rows = query.build().fetch_all(readers).await?;
    let bucket = |row: &PgRow| {
        Ok(GroupBucket {
            number: row.try_get(0)?,
            traces: row.try_get(1)?,
            errors: total(row, 2)?,
            tokens: total(row, 3)?,
            cost_nano_usd: total(row, 4)?,
        })
    };
    rows.iter().map(bucket).collect()
}
