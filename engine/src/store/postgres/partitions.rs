//! The partitions of `events`: one a day of the events' own time.
//!
//! A partition is made beside the table and then attached, which holds up
//! nobody: no reader waits, and commits of other servers go on. Whoever is to
//! write into a day that is not there makes it, so that late events always have
//! a place; the next day is made with the first event of each.
//!
//! A day that retention is taking away cannot be made anew before it is gone,
//! and that takes as long as the longest reader. Late events for it are written
//! into the table that goes, and go with it: they are older than anybody keeps.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use eventglass_model::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::bounded::Bounded;
use tokio::sync::Mutex;

use crate::store::{EventKey, StoreError};

pub(super) const DAY_MICROS: i64 = 86_400_000_000;
/// Keys of one microsecond.
const TIES: i64 = 1_024;
/// Keys of one day.
const DAY_KEYS: i64 = DAY_MICROS * TIES;
/// Of the lock under which partitions are made and indexed: "eg" and a number.
pub(super) const LOCK: i64 = 0x6567_0001;

/// Locks that a statement over one day takes: on the partition and its indexes.
const DAY_LOCKS: i64 = 7;
/// Statements over all days, of all servers at once, that there should be room for.
const WIDE: i64 = 16;

/// For how long it is taken for true which days are not over, and which have no index.
const FRESH: Duration = Duration::from_secs(1);

/// Which days have a partition, as far as this server knows.
pub(super) struct Partitions {
    /// One connection, and none that a commit may be waiting for.
    pool: Bounded,
    known: Mutex<HashSet<i64>>,
    /// See [`Self::first`].
    first: OnceLock<i64>,
    /// See [`Self::unfinished`], and when that was so.
    unfinished: std::sync::Mutex<Option<(Instant, Arc<[Unfinished]>)>>,
}

/// A day into which events pour, or one that has no index of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unfinished {
    pub(super) day: i64,
    /// Whether it has one nevertheless, as few events come.
    pub(super) has_index: bool,
}

/// Days that retention is taking from the table (see `retention`).
#[derive(Debug, Default)]
pub(super) struct Going(BTreeSet<i64>);

impl Going {
    /// The day of a key, if it is one of these.
    pub(super) fn day(&self, key: EventKey) -> Option<i64> {
        self.0.get(&day_of(key)).copied()
    }
}

/// A day since the epoch.
pub(super) const fn day_of(key: EventKey) -> i64 {
    key.0.div_euclid(DAY_KEYS)
}

/// The first key of a day, and the first after it.
pub(super) const fn keys_of(day: i64) -> (EventKey, EventKey) {
    let end = (day + 1).saturating_mul(DAY_KEYS);
    (EventKey(day.saturating_mul(DAY_KEYS)), EventKey(end))
}

impl Partitions {
    pub(super) fn new(pool: Bounded) -> Self {
        Self {
            pool,
            known: Mutex::default(),
            first: OnceLock::new(),
            unfinished: std::sync::Mutex::default(),
        }
    }

    /// The days that are not over, and those without an index of words, the latest first,
    /// as they were a second ago or later. A day that is over never loses its index.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub(super) async fn unfinished(&self, connection: &mut PgConnection) -> Result<Arc<[Unfinished]>, StoreError> {
        let known = self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, days)) = known
            && at.elapsed() < FRESH
        {
            return Ok(days);
        }
        let at = Instant::now();
        let found: Vec<(String, bool, i64)> = sqlx::query_as(
            "SELECT c.relname::text, EXISTS (SELECT 1 FROM pg_index x \
             WHERE x.indexrelid = to_regclass(c.relname || '_words') AND x.indisvalid), \
             floor(extract(epoch FROM now()) / 86400)::bigint \
             FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
             WHERE i.inhparent = 'events'::regclass ORDER BY 1 DESC",
        )
        .fetch_all(connection)
        .await?;
        let days: Arc<[Unfinished]> = found
            .iter()
            .filter_map(|(name, has_index, today)| {
                let (day, has_index) = (day_named(name)?, *has_index);
                (!has_index || day >= *today).then_some(Unfinished { day, has_index })
            })
            .collect();
        *self.unfinished.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, Arc::clone(&days)));
        Ok(days)
    }

    /// Makes sure that these events, and those of today and tomorrow, have a
    /// place, and tells of which days that is not the table but what is left of one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub(super) async fn prepare(
        &self,
        keys: impl Iterator<Item = EventKey> + Send,
        now: Timestamp,
    ) -> Result<Going, StoreError> {
        let today = day_of(EventKey::from_time(now));
        let mut days: Vec<i64> = keys.map(day_of).chain([today, today + 1]).collect();
        days.sort_unstable();
        days.dedup();
        let mut known = self.known.lock().await;
        days.retain(|day| !known.contains(day));
        if days.is_empty() {
            return Ok(Going::default());
        }
        let mut tx = self.pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(LOCK)
            .execute(&mut *tx)
            .await?;
        let there = tables(&mut tx).await?;
        let before = there
            .keys()
            .filter_map(|name| first_day(name))
            .min()
            .unwrap_or(i64::MIN);
        let mut going = Going::default();
        for day in &days {
            let name = name_of(*day);
            if *day < before {
                continue;
            }
            match there.get(&name) {
                Some(true) => continue,
                Some(false) => {
                    going.0.insert(*day);
                    continue;
                }
                None => {}
            }
            let (EventKey(from), EventKey(to)) = keys_of(*day);
            // A day that is over gets its words' index at once; see `keeper`.
            let index = if *day < today {
                format!("CREATE INDEX {name}_words ON {name} USING gin (words);")
            } else {
                String::new()
            };
            sqlx::raw_sql(AssertSqlSafe(format!(
                "CREATE TABLE {name} (LIKE events INCLUDING ALL); {index} \
                 ALTER TABLE events ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to});"
            )))
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        // A day that goes is looked at again by the next commit that has events of it.
        known.extend(days.into_iter().filter(|day| !going.0.contains(day)));
        Ok(going)
    }

    /// The first day that has a partition of its own: all events before it share one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub(super) async fn first(&self, connection: &mut PgConnection) -> Result<i64, StoreError> {
        if let Some(first) = self.first.get() {
            return Ok(*first);
        }
        let there = names(connection).await?;
        let first = there.iter().filter_map(|name| first_day(name)).min();
        Ok(*self.first.get_or_init(|| first.unwrap_or(i64::MIN)))
    }

    /// Forgets what is known: another server may have dropped a day.
    pub(super) async fn forget(&self) {
        self.known.lock().await.clear();
    }
}

/// Says so when Postgres has no room for the locks of a few statements that look
/// at all days.
///
/// # Errors
/// [`StoreError::Database`].
pub(super) async fn check_room(connection: &mut PgConnection) -> Result<(), StoreError> {
    let (days, locks, connections): (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass), \
         current_setting('max_locks_per_transaction')::bigint, \
         current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint",
    )
    .fetch_one(connection)
    .await?;
    if let Some(needed) = too_few_locks(days, locks, connections) {
        tracing::warn!(
            days,
            max_locks_per_transaction = locks,
            needed,
            "searches of all days may find no room in Postgres' lock table: raise max_locks_per_transaction \
             (docs/scaling.md), or keep events for less long"
        );
    }
    Ok(())
}

/// What `max_locks_per_transaction` should be at least, if it is less.
const fn too_few_locks(days: i64, locks: i64, connections: i64) -> Option<i64> {
    let needed = days * DAY_LOCKS * WIDE;
    if locks * connections >= needed || connections <= 0 {
        return None;
    }
    Some(needed / connections + 1)
}

/// The partitions that there are.
pub(super) async fn names(connection: &mut PgConnection) -> Result<HashSet<String>, StoreError> {
    let rows = sqlx::query(
        "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
         WHERE i.inhparent = 'events'::regclass",
    )
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// The tables that partitions are or were, and whether they are. One that is
/// being detached takes no events by way of `events` any more, and one that was
/// keeps its name for a moment.
async fn tables(connection: &mut PgConnection) -> Result<HashMap<String, bool>, StoreError> {
    let rows: Vec<(String, bool)> = sqlx::query_as(
        "SELECT c.relname::text, i.inhrelid IS NOT NULL AND NOT i.inhdetachpending FROM pg_class c \
         LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = 'events'::regclass \
         WHERE c.relnamespace = (SELECT p.relnamespace FROM pg_class p WHERE p.oid = 'events'::regclass) \
         AND c.relkind = 'r' AND c.relname ~ '^events_(before_)?[0-9]{8}$'",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().collect())
}

/// The day on which the partition of all earlier events ends.
fn first_day(name: &str) -> Option<i64> {
    day_in(name.strip_prefix("events_before_")?)
}

/// The day of a partition, unless it is the one of all earlier events.
pub(super) fn day_named(name: &str) -> Option<i64> {
    day_in(name.strip_prefix("events_")?)
}

fn day_in(digits: &str) -> Option<i64> {
    let (year, month, day) = (digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?);
    let start = Timestamp::parse(&format!("{year}-{month}-{day}T00:00:00Z")).ok()?;
    Some(start.micros().div_euclid(DAY_MICROS))
}

pub(super) fn name_of(day: i64) -> String {
    let date = Timestamp::from_micros(day.saturating_mul(DAY_MICROS)).to_string();
    let digits: String = date.chars().take(10).filter(char::is_ascii_digit).collect();
    format!("events_{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_days_is_too_much_for_the_defaults() {
        assert_eq!(too_few_locks(50, 64, 100), None);
        assert_eq!(too_few_locks(366, 64, 100), Some(410));
        assert_eq!(too_few_locks(366, 410, 100), None);
    }

    #[test]
    fn names_tell_days() {
        let noon = EventKey::from_time(Timestamp::from_micros(1_795_262_400_000_000));
        assert_eq!(name_of(day_of(noon)), "events_20261121");
        assert_eq!(day_named("events_20261121"), Some(day_of(noon)));
        assert_eq!(day_named("events_before_20261121"), None);
        assert_eq!(first_day("events_before_20261121"), Some(day_of(noon)));
        assert_eq!(day_of(EventKey(0)), 0);
    }
}
