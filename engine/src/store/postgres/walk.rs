//! Walks through the table, newest first, in batches that end where the one before began.

use std::ops::ControlFlow;
use std::sync::PoisonError;
use std::time::Instant;

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::{PostgresStore, sql};
use crate::query::Syntax;
use crate::store::row::{self, Columns};
use crate::store::{EventKey, SharedVisit, StoreError, Walk, Walked};

/// How a `tsquery` writes questions. A word holds letters and numbers only.
pub(super) const SYNTAX: Syntax = Syntax {
    word: |word| format!("'{word}'"),
    prefix: |word| format!("'{word}':*"),
    and: " & ",
    or: " | ",
    and_not: " & !",
};

/// The least and the most events of a batch.
const BATCH: (usize, usize) = (64, 4_096);
/// The most keys of a batch without anything else.
const KEYS: usize = 65_536;

/// Where a batch begins.
#[derive(Clone, Copy, Default)]
struct After {
    key: Option<EventKey>,
    received_at: i64,
}

impl PostgresStore {
    pub(super) async fn walk_through(&self, walk: Walk, visitor: &SharedVisit) -> Result<Walked, StoreError> {
        // The watermark and the first batch are of the same moment.
        let mut tx = self.readers.begin().await?;
        let watermark: Option<Option<i64>> = sqlx::query_scalar("SELECT last_event_at FROM projects WHERE id = $1")
            .bind(walk.project_id)
            .fetch_optional(&mut *tx)
            .await?;
        let mut walked = Walked {
            last: None,
            out_of_time: false,
            watermark: watermark.flatten(),
        };
        let most = if walk.columns.is_empty() { KEYS } else { BATCH.1 };
        let mut batch = walk.expected.clamp(BATCH.0, most);
        let mut after = After::default();
        let mut rows = read(&mut tx, &walk, after, batch).await?;
        tx.commit().await?;
        loop {
            let is_last = rows.len() < batch || walk.only.is_some();
            if show(&rows, visitor, &mut walked, &walk)?.is_break() || is_last {
                return Ok(walked);
            }
            if let (Some(last), true) = (rows.last(), walk.arrived_after.is_some()) {
                after.received_at = last.int("received_at")?;
            }
            after.key = walked.last;
            batch = (batch * 4).min(most);
            let mut reader = self.readers.acquire().await?;
            rows = read(&mut reader, &walk, after, batch).await?;
        }
    }
}

fn show(
    rows: &[PgRow],
    visitor: &SharedVisit,
    walked: &mut Walked,
    walk: &Walk,
) -> Result<ControlFlow<()>, StoreError> {
    let mut visitor = visitor.lock().unwrap_or_else(PoisonError::into_inner);
    for (n, found) in rows.iter().enumerate() {
        let key = row::key(found)?;
        walked.last = Some(key);
        if visitor.visit(key, found)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if (n + 1) % 32 == 0 && Instant::now() >= walk.deadline {
            walked.out_of_time = true;
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

async fn read(
    connection: &mut PgConnection,
    walk: &Walk,
    after: After,
    batch: usize,
) -> Result<Vec<PgRow>, StoreError> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT e.key");
    if !walk.columns.is_empty() {
        query.push(format!(", {}", walk.columns));
    }
    if walk.arrived_after.is_some() && !walk.columns.contains("e.received_at") {
        query.push(", e.received_at");
    }
    query
        .push(" FROM events e WHERE e.project_id = ")
        .push_bind(walk.project_id);
    if let Some(narrow) = walk
        .narrow
        .as_ref()
        .filter(|_| walk.arrived_after.is_none() && walk.only.is_none())
    {
        sql::push_words(&mut query, Some(narrow.write(&SYNTAX)));
    }
    let below = match (walk.arrived_after, after.key) {
        (None, Some(key)) => Some(key),
        _ => walk.below,
    };
    for (text, bound) in [
        (" AND e.key = ", walk.only),
        (" AND e.key >= ", walk.from),
        (" AND e.key < ", below),
    ] {
        if let Some(bound) = bound {
            query.push(text).push_bind(bound.0);
        }
    }
    if let Some(arrived_after) = walk.arrived_after {
        query.push(" AND e.received_at > ").push_bind(arrived_after);
        if let Some(key) = after.key {
            query
                .push(" AND (e.received_at, e.key) < (")
                .push_bind(after.received_at);
            query.push(", ").push_bind(key.0).push(")");
        }
        query.push(" ORDER BY e.received_at DESC, e.key DESC LIMIT ");
    } else {
        query.push(" ORDER BY e.key DESC LIMIT ");
    }
    query.push_bind(i64::try_from(batch).unwrap_or(i64::MAX));
    Ok(query.build().fetch_all(connection).await?)
}
