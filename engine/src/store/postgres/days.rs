//! On which days a project has events, and when the last of each arrived.
//!
//! To plan and to run a statement takes locks on every partition that it may
//! read, and on each of their indexes; there is one partition a day, for ever
//! perhaps. So whatever asks for events by something else than their time names
//! the days on which they can be. A day may be named in vain, and none is missing.

use std::collections::BTreeMap;

use eventglass_model::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, QueryBuilder};

use super::partitions::{DAY_MICROS, Partitions, day_of, keys_of};
use crate::ingest::id_hash;
use crate::store::{EventKey, StoreError};

/// Days that a walk without an end reads together at first; then four times as many, and so on.
pub(super) const FIRST_STRETCH: usize = 4;
/// The same of a walk for words, which collects and sorts all that a stretch has of them.
pub(super) const FIRST_STRETCH_FOR_WORDS: usize = 1;

/// Keys from the first on, below the second.
pub(super) type Range = (EventKey, EventKey);

/// Notes the days of a commit's events. Their projects are locked.
pub(super) async fn note(
    tx: &mut PgConnection,
    partitions: &Partitions,
    keys: impl Iterator<Item = (i64, EventKey, i64)>,
) -> Result<(), StoreError> {
    let mut last: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    let first = partitions.first(tx).await?;
    for (project_id, key, received_at) in keys {
        let day = day_of(key).max(first.saturating_sub(1));
        let at = last.entry((project_id, day)).or_insert(received_at);
        *at = received_at.max(*at);
    }
    if last.is_empty() {
        return Ok(());
    }
    let (mut projects, mut days, mut at) = (Vec::new(), Vec::new(), Vec::new());
    for ((project_id, day), received_at) in last {
        projects.push(project_id);
        days.push(day);
        at.push(received_at);
    }
    sqlx::query(
        "INSERT INTO event_days (project_id, day, last_at) \
         SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) \
         ON CONFLICT (project_id, day) DO UPDATE SET last_at = greatest(event_days.last_at, excluded.last_at)",
    )
    .bind(projects)
    .bind(days)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Where a project's events are that were received after a moment.
pub(super) async fn since(
    connection: &mut PgConnection,
    partitions: &Partitions,
    project_id: i64,
    after: i64,
) -> Result<Vec<Range>, StoreError> {
    let first = partitions.first(connection).await?;
    let days: Vec<i64> = sqlx::query_scalar("SELECT day FROM event_days WHERE project_id = $1 AND last_at > $2")
        .bind(project_id)
        .bind(after)
        .fetch_all(connection)
        .await?;
    Ok(ranges(days, first))
}

/// Where the events of a trace are: within the time that the list of traces knows
/// of it, or among what has arrived since that was brought up to date.
pub(super) async fn of_trace(
    connection: &mut PgConnection,
    partitions: &Partitions,
    project_id: i64,
    trace_id: &str,
) -> Result<Vec<Range>, StoreError> {
    let first = partitions.first(connection).await?;
    let days: Vec<i64> = sqlx::query_scalar(
        "SELECT d.day FROM event_days d LEFT JOIN trace_folds f ON f.project_id = d.project_id \
         LEFT JOIN traces t ON t.project_id = d.project_id AND t.trace_hash = $2 \
         WHERE d.project_id = $1 AND ($3 OR d.last_at > coalesce(f.upto, 0) OR t.start IS NOT NULL \
         AND d.day BETWEEN greatest(least(t.start, $5) / $6, $4) \
         AND greatest(least(t.start + t.duration_us, $5) / $6 + 1, $4))",
    )
    .bind(project_id)
    .bind(id_hash(project_id, trace_id).to_vec())
    // Which no list has.
    .bind(trace_id.is_empty())
    // All days before the first one are noted as one, the last of them.
    .bind(first.saturating_sub(1))
    .bind(EventKey::from_time(Timestamp::from_micros(i64::MAX)).time().micros())
    .bind(DAY_MICROS)
    .fetch_all(connection)
    .await?;
    Ok(ranges(days, first))
}

/// The first and the last key of a project.
pub(super) async fn ends(
    connection: &mut PgConnection,
    partitions: &Partitions,
    project_id: i64,
) -> Result<Option<(EventKey, EventKey)>, StoreError> {
    let first = partitions.first(connection).await?;
    let days = of_project(connection, project_id).await?;
    let (mut least, mut most) = (None, None);
    // Some days may be named in vain.
    for day in days.iter().rev() {
        most = end(connection, project_id, "max", range(*day, first)).await?;
        if most.is_some() {
            break;
        }
    }
    for day in &days {
        least = end(connection, project_id, "min", range(*day, first)).await?;
        if least.is_some() {
            break;
        }
    }
    Ok(least.map(EventKey).zip(most.map(EventKey)))
}

async fn end(
    connection: &mut PgConnection,
    project_id: i64,
    which: &str,
    (from, below): Range,
) -> Result<Option<i64>, StoreError> {
    let query = format!("SELECT {which}(key) FROM events WHERE project_id = $1 AND key >= $2 AND key < $3");
    Ok(sqlx::query_scalar(AssertSqlSafe(query))
        .bind(project_id)
        .bind(from.0)
        .bind(below.0)
        .fetch_one(connection)
        .await?)
}

/// All days of a project, in order.
async fn of_project(connection: &mut PgConnection, project_id: i64) -> Result<Vec<i64>, StoreError> {
    let days = sqlx::query_scalar("SELECT day FROM event_days WHERE project_id = $1 ORDER BY day");
    Ok(days.bind(project_id).fetch_all(connection).await?)
}

/// The days that are noted of a project, in order, each with when the last of its events
/// arrived.
#[derive(Debug)]
pub(super) struct Noted {
    /// The first day with a partition of its own.
    first: i64,
    days: Vec<(i64, i64)>,
}

impl Noted {
    pub(super) fn new(first: i64, days: Vec<i64>, last_at: Vec<i64>) -> Self {
        let days = days.into_iter().zip(last_at).collect();
        Self { first, days }
    }

    /// When the last event of a day arrived that has a partition of its own; `None` without events.
    pub(super) fn last_at(&self, day: i64) -> Option<i64> {
        let place = self.days.binary_search_by_key(&day, |(day, _)| *day).ok()?;
        self.days.get(place).map(|(_, last_at)| *last_at)
    }

    /// Where the events are that were received after a moment.
    pub(super) fn since(&self, after: i64) -> Vec<Range> {
        let days = self.days.iter().filter(|(_, last_at)| *last_at > after);
        ranges(days.map(|(day, _)| *day).collect(), self.first)
    }

    fn ranges(&self) -> impl Iterator<Item = Range> {
        self.days.iter().map(|(day, _)| range(*day, self.first))
    }

    /// Whether there may be events from a key on, below another.
    pub(super) fn has_between(&self, from: Option<EventKey>, below: Option<EventKey>) -> bool {
        self.ranges().any(|day| meets(day, from, below))
    }

    /// All days below a key in stretches, the newest first, for walks that may end soon. The
    /// first has so many days.
    pub(super) fn stretches(&self, first_stretch: usize, below: Option<EventKey>) -> Vec<Range> {
        let days: Vec<Range> = self.ranges().filter(|day| meets(*day, None, below)).collect();
        let mut stretches = Vec::new();
        let mut size = first_stretch;
        let mut rest = days.as_slice();
        while !rest.is_empty() {
            let (older, newer) = rest.split_at(rest.len().saturating_sub(size));
            if let (Some((from, _)), Some((_, end))) = (newer.first(), newer.last()) {
                stretches.push((*from, *end));
            }
            (rest, size) = (older, size.saturating_mul(4));
        }
        stretches
    }
}

/// Whether a range has keys from one on, below another.
pub(super) fn meets((first, end): Range, from: Option<EventKey>, below: Option<EventKey>) -> bool {
    from.is_none_or(|from| from < end) && below.is_none_or(|below| first < below)
}

/// Adds that an event is in one of some ranges.
pub(super) fn push(query: &mut QueryBuilder<Postgres>, ranges: &[Range]) {
    query.push(" AND (");
    for (n, (from, below)) in ranges.iter().enumerate() {
        query.push(if n == 0 { "(e.key >= " } else { " OR (e.key >= " });
        query.push_bind(from.0);
        query.push(" AND e.key < ").push_bind(below.0).push(")");
    }
    query.push(if ranges.is_empty() { "false)" } else { ")" });
}

/// The keys of a day; of the time before the first, all of them.
fn range(day: i64, first: i64) -> Range {
    if day < first {
        return (EventKey(i64::MIN), keys_of(first.saturating_sub(1)).1);
    }
    keys_of(day)
}

/// The keys of days. Those that follow each other are one range.
fn ranges(mut days: Vec<i64>, first: i64) -> Vec<Range> {
    days.sort_unstable();
    let mut ranges: Vec<Range> = Vec::new();
    for (from, below) in days.into_iter().map(|day| range(day, first)) {
        match ranges.last_mut() {
            Some(last) if last.1 >= from => last.1 = last.1.max(below),
            _ => ranges.push((from, below)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use eventglass_model::{EventQuery, TraceQuery, decode_pairs};
    use sqlx::Connection;

    use super::super::partitions::name_of;
    use super::super::{PostgresStore, cluster};
    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::ingest::NewEvent;
    use crate::query::EventSearch;
    use crate::store::{AccessStore, EventStore, ScanStore, SharedStore, TraceStore};
    use crate::traces::{TraceLimits, Traces};

    #[tokio::test]
    async fn other_days_are_not_locked() {
        let url = cluster::shared().database();
        let store = Arc::new(PostgresStore::open(&url).await.unwrap());
        let now = SystemClock.now();
        let owner = store.add_user("a", "", now).await.unwrap();
        let p = store.add_project(owner, "p", "p", "", now).await.unwrap().id;
        // Of days to come, as those long ago have no partitions of their own.
        let append = async |id: &str, day: i64| {
            let event = NewEvent {
                trace_id: Some(format!("trace of {id}")),
                span_id: Some("s".to_owned()),
                duration_us: Some(1_000),
                ..NewEvent::new(id.to_owned(), now.plus_micros(day * DAY_MICROS), "k".to_owned())
            };
            let event = event.prepare(p, false);
            store.append(Arc::new(vec![event]), SystemClock.now()).await.unwrap();
        };
        for day in 0..10 {
            append(&format!("day {day}"), day).await;
        }
        let traces = Traces::new(
            Arc::clone(&store) as SharedStore,
            Arc::new(SystemClock),
            TraceLimits {
                catch_up: Duration::from_secs(60),
                ..TraceLimits::default()
            },
        );
        let list = || async {
            let query = TraceQuery::from_pairs(decode_pairs("")).unwrap();
            let events = traces.events_of(&query).unwrap();
            traces.list(p, query, events).await.unwrap()
        };
        assert!(!list().await.behind);
        let page = async |query: EventQuery| {
            let search = EventSearch::new(query, now).unwrap();
            let page = crate::query::events(&*store, p, &search, Duration::from_secs(60));
            page.await.unwrap()
        };
        let newest = page(EventQuery {
            limit: Some(2),
            ..EventQuery::default()
        })
        .await;
        let watermark = newest.watermark.clone();

        // Nobody can read this day.
        let locked = name_of(day_of(EventKey::from_time(now.plus_micros(3 * DAY_MICROS))));
        let mut other = PgConnection::connect_with(&store.options).await.unwrap();
        let mut lock = other.begin().await.unwrap();
        sqlx::query(AssertSqlSafe(format!("LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE")))
            .execute(&mut *lock)
            .await
            .unwrap();
        let since = SystemClock.now();
        append("new", 1).await;
        append("late", 0).await;
        let work = async {
            let arrived = page(EventQuery {
                arrived_after: Some(watermark),
                ..EventQuery::default()
            })
            .await;
            let ids: Vec<&str> = arrived.items.iter().map(|event| event.event_id.as_str()).collect();
            assert_eq!(ids, ["new", "late"], "by their own time");
            assert_eq!(store.arrivals(p, since, 10).await.unwrap(), 2);
            let newest = page(EventQuery {
                limit: Some(2),
                ..EventQuery::default()
            })
            .await;
            assert_eq!(newest.items.first().unwrap().event_id, "day 9");
            assert_eq!(store.event(p, "day 5").await.unwrap().unwrap().event_id, "day 5");
            // One that the list does not know yet, and one that it knows.
            for (trace, is_new) in [("trace of late", true), ("trace of day 8", false)] {
                let found = store.trace_rows(p, trace, 10, None).await.unwrap();
                assert_eq!(found.rows.len(), 1, "{trace}");
                assert_eq!(store.trace_events(p, trace, None, 10).await.unwrap().len(), 1);
                let (grew, _) = store.trace_grew(p, trace, since.micros() - 1).await.unwrap();
                assert_eq!(grew, is_new, "{trace}");
            }
            assert_eq!(list().await.items.len(), 12);
            let (first, last) = store.ends(p).await.unwrap().unwrap();
            assert_eq!((day_of(last) - day_of(first)), 9);
        };
        tokio::time::timeout(Duration::from_secs(20), work).await.unwrap();
        lock.rollback().await.unwrap();

        // All of them are there nevertheless.
        let all = page(EventQuery::default()).await;
        assert_eq!(all.items.len(), 12);
        assert_eq!(
            store
                .trace_rows(p, "trace of day 3", 10, None)
                .await
                .unwrap()
                .rows
                .len(),
            1
        );
    }

    #[tokio::test]
    async fn a_schema_of_before_knows_all_days() {
        let url = cluster::shared().database();
        let store = PostgresStore::open(&url).await.unwrap();
        let now = SystemClock.now();
        let owner = store.add_user("a", "", now).await.unwrap();
        let p = store.add_project(owner, "p", "p", "", now).await.unwrap().id;
        let events = [0, 2, 400].map(|ago| {
            let time = now.plus_micros(-ago * DAY_MICROS);
            NewEvent::new(format!("{ago}"), time, "k".to_owned()).prepare(p, false)
        });
        store.append(Arc::new(events.into()), now).await.unwrap();
        crate::store::Store::close(&store).await;
        let undo = "DROP TABLE event_days; DELETE FROM _sqlx_migrations WHERE version = 14";
        cluster::shared().execute(&url, undo).unwrap();

        let store = PostgresStore::open(&url).await.unwrap();
        let search = EventSearch::new(EventQuery::default(), now).unwrap();
        let page = crate::query::events(&store, p, &search, Duration::from_secs(60))
            .await
            .unwrap();
        let ids: Vec<&str> = page.items.iter().map(|event| event.event_id.as_str()).collect();
        assert_eq!(ids, ["0", "2", "400"]);
        let (first, last) = store.ends(p).await.unwrap().unwrap();
        assert_eq!(day_of(last) - day_of(first), 400);
    }

    #[test]
    fn days_that_follow_each_other_are_one_range() {
        let (start, end) = (|day| keys_of(day).0, |day| keys_of(day).1);
        assert_eq!(
            ranges(vec![12, 10, 11, 14], 5),
            [(start(10), end(12)), (start(14), end(14))]
        );
        assert_eq!(
            ranges(vec![4, 5, 9], 5),
            [(EventKey(i64::MIN), end(5)), (start(9), end(9))],
            "all before the first is one"
        );
        assert_eq!(ranges(vec![3, 4], 5), [(EventKey(i64::MIN), end(4))]);
        assert_eq!(ranges(Vec::new(), 5), []);
    }
}
