//! Walks in the order of the keys, through days that have no index of words.
//!
//! Of the day that events pour into Postgres has no statistics, or old ones. It
//! takes a word for rare of which it knows nothing, and would sort all events
//! that have it instead of walking to the first fifty. So it is not asked: a
//! walk goes by the primary key, whatever the statistics say. And as nothing
//! tells how far it is to the next event that has what is looked for, each
//! statement looks at a bounded number of them.

use std::ops::ControlFlow;
use std::time::Instant;

use super::bounded::{Bounded, Tx};
use super::pace::Pace;
use super::sql::{self, to_i64};
use super::walk::{SYNTAX, select, show};
use crate::store::row;
use crate::store::{EventKey, SharedVisit, StoreError, Walk, Walked};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Postgres, QueryBuilder};

/// Events that a statement looks at, for some 20 ms. In between is a look at the clock.
const LOOK: usize = if cfg!(test) { 64 } else { 16_384 };

/// Of what is left of a plan for `ORDER BY key`, the primary key is the one way
/// that need not sort; for `ORDER BY received_at` it is the index of arrival. Processes beside would take ingest its cores, for a page
/// that is full soon.
macro_rules! in_order {
    ($before:literal) => {
        concat!(
            $before,
            "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off; \
             SET LOCAL max_parallel_workers_per_gather = 0"
        )
    };
}

/// How a transaction begins whose statements are planned so.
pub(super) const BEGIN: &str = in_order!("BEGIN; ");
/// The same in one that has begun with other plans.
pub(super) const SET: &str = in_order!("SET LOCAL plan_cache_mode = force_custom_plan; ");

/// Begins one.
pub(super) async fn begin(readers: &Bounded) -> Result<Tx, StoreError> {
    Ok(readers.begin_with(BEGIN).await?)
}

/// Plans the rest of a transaction so.
pub(super) async fn plan(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::raw_sql(in_order!("")).execute(connection).await?;
    Ok(())
}

/// Walks through the events of a span that answer a question to their words, or
/// have numbers that are asked for. Postgres looks at those before it sends an
/// event, and before it looks at its words.
pub(super) async fn look_for(
    readers: &Bounded,
    mut reader: Tx,
    walk: &Walk,
    pace: &mut Pace<'_>,
    visitor: &SharedVisit,
    walked: &mut Walked,
) -> Result<ControlFlow<()>, StoreError> {
    let mut below = walk.below;
    loop {
        let look = LOOK.max(pace.batch);
        let rows = read(&mut reader, walk, below, look, pace.batch).await?;
        // Fewer than there might be: all of them were looked at.
        let looked_to = if rows.len() < pace.batch {
            nth(&mut reader, walk, below, look).await?
        } else {
            rows.last().map(row::key).transpose()?
        };
        reader.end();
        if show(&rows, visitor, walked, walk)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let Some(key) = looked_to else {
            return Ok(ControlFlow::Continue(()));
        };
        below = Some(key);
        if Instant::now() >= walk.deadline {
            walked.last = below;
            walked.out_of_time = true;
            return Ok(ControlFlow::Break(()));
        }
        pace.next().await;
        reader = begin(readers).await?;
    }
}

/// Those of the next `look` events that have the words and the numbers, `batch` at most.
async fn read(
    connection: &mut PgConnection,
    walk: &Walk,
    below: Option<EventKey>,
    look: usize,
    batch: usize,
) -> Result<Vec<PgRow>, StoreError> {
    let mut query = select(walk);
    query.push(" FROM (SELECT e.*");
    push_next(&mut query, walk, below);
    query.push(" LIMIT ").push_bind(to_i64(look)).push(") e WHERE true");
    sql::push_words_apart(&mut query, walk.narrow.as_ref().map(|narrow| narrow.write(&SYNTAX)));
    sql::push_numbers(&mut query, &walk.numbers);
    query.push(" ORDER BY e.key DESC LIMIT ").push_bind(to_i64(batch));
    Ok(query.build().fetch_all(connection).await?)
}

/// The key of the `look`th of the next events, if there are so many.
async fn nth(
    connection: &mut PgConnection,
    walk: &Walk,
    below: Option<EventKey>,
    look: usize,
) -> Result<Option<EventKey>, StoreError> {
    let mut query = QueryBuilder::new("SELECT e.key");
    push_next(&mut query, walk, below);
    query
        .push(" OFFSET ")
        .push_bind(to_i64(look.saturating_sub(1)))
        .push(" LIMIT 1");
    let key: Option<i64> = query.build_query_scalar().fetch_optional(connection).await?;
    Ok(key.map(EventKey))
}

fn push_next(query: &mut QueryBuilder<Postgres>, walk: &Walk, below: Option<EventKey>) {
    query
        .push(" FROM events e WHERE e.project_id = ")
        .push_bind(walk.project_id);
    for (text, bound) in [(" AND e.key >= ", walk.from), (" AND e.key < ", below)] {
        if let Some(bound) = bound {
            query.push(text).push_bind(bound.0);
        }
    }
    query.push(" ORDER BY e.key DESC");
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::store::postgres::cluster;
    use crate::store::postgres::today::Today;

    #[tokio::test]
    async fn a_page_of_today_reads_little_whatever_the_statistics_say() {
        let today = Today::new().await;
        for n in 0..8 {
            today.commit(n * 500..(n + 1) * 500, |_| "loud").await;
        }
        assert!(today.reads("loud", 50).await < 500, "without statistics");
        assert!(today.reads("lou*", 50).await < 500, "the beginning of a word");
        cluster::shared().execute(&today.url, "ANALYZE events").unwrap();
        for n in 8..12 {
            today.commit(n * 500..(n + 1) * 500, |_| "louder").await;
        }
        assert!(today.reads("louder", 50).await < 500, "with statistics from before");
        let day = today.now.to_string().chars().take(10).collect::<String>();
        assert!(
            today.reads(&format!("louder time:>={day}T00:00"), 50).await < 500,
            "a part of the day"
        );
        assert!(today.reads("", 50).await < 500, "all of them");
    }

    #[tokio::test]
    async fn a_word_that_every_commit_has_somewhere_is_found_in_pieces() {
        let today = Today::new().await;
        for n in 0..10 {
            let says = |n: i64| if n % 300 == 77 { "seldom" } else { "often" };
            today.commit(n * 300..(n + 1) * 300, says).await;
        }
        let read = today.reads("seldom", 5).await;
        assert!(read < 300, "{read} rows");
    }

    #[tokio::test]
    async fn what_is_not_found_in_time_is_found_from_the_cursor_on() {
        let today = Today::new().await;
        for n in 0..3 {
            today
                .commit(n * 400..(n + 1) * 400, |n| if n < 2 { "needle" } else { "hay" })
                .await;
        }
        let (mut found, mut pages, mut cursor) = (Vec::new(), 0, None);
        loop {
            let before = today.rows_read().await;
            let page = today.page("nee*", 10, cursor, Duration::ZERO).await;
            let read = today.rows_read().await - before;
            assert!(read < 500, "{read} rows without a look at the clock");
            assert_eq!(page.partial, page.next_cursor.is_some());
            assert_eq!(page.partial, page.searched_to.is_some());
            found.extend(page.items.into_iter().map(|event| event.event_id));
            pages += 1;
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, ["e1", "e0"]);
        assert!(pages > 5, "{pages}");
    }
}
