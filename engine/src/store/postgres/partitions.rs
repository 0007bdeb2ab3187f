//! The partitions of `events`: one a day of the events' own time.
//!
//! A partition is made beside the table and then attached, which holds up
//! nobody: no reader waits, and commits of other servers go on. Whoever is to
//! write into a day that is not there makes it, so that late events always have
//! a place; the next day is made with the first event of each.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use eventglass_model::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Row};
use tokio::sync::Mutex;

use crate::store::{EventKey, StoreError};

pub(super) const DAY_MICROS: i64 = 86_400_000_000;
/// Keys of one microsecond.
const TIES: i64 = 1_024;
/// Keys of one day.
const DAY_KEYS: i64 = DAY_MICROS * TIES;
/// Of the lock under which partitions are made and indexed: "eg" and a number.
pub(super) const LOCK: i64 = 0x6567_0001;

/// For how long it is taken for true which days have no index.
const FRESH: Duration = Duration::from_secs(1);

/// Which days have a partition, as far as this server knows.
pub(super) struct Partitions {
    /// One connection, and none that a commit may be waiting for.
    pool: PgPool,
    known: Mutex<HashSet<i64>>,
    /// Days without an index of words, and when that was so.
    open: std::sync::Mutex<Option<(Instant, Arc<[i64]>)>>,
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
    pub(super) fn new(pool: PgPool) -> Self {
        Self {
            pool,
            known: Mutex::default(),
            open: std::sync::Mutex::default(),
        }
    }

    /// The days without an index of words, the latest first, as they were a
    /// second ago or later. A day that is over never loses its index.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub(super) async fn open_days(&self, connection: &mut PgConnection) -> Result<Arc<[i64]>, StoreError> {
        let known = self.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, days)) = known
            && at.elapsed() < FRESH
        {
            return Ok(days);
        }
        let at = Instant::now();
        let names: Vec<String> = sqlx::query_scalar(
            "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
             WHERE i.inhparent = 'events'::regclass AND NOT EXISTS (SELECT 1 FROM pg_index x \
             WHERE x.indexrelid = to_regclass(c.relname || '_words') AND x.indisvalid) ORDER BY 1 DESC",
        )
        .fetch_all(connection)
        .await?;
        let days: Arc<[i64]> = names.iter().filter_map(|name| day_named(name)).collect();
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, Arc::clone(&days)));
        Ok(days)
    }

    /// Makes sure that these events, and those of today and tomorrow, have a place.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub(super) async fn prepare(
        &self,
        keys: impl Iterator<Item = EventKey> + Send,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let today = day_of(EventKey::from_time(now));
        let mut days: Vec<i64> = keys.map(day_of).chain([today, today + 1]).collect();
        days.sort_unstable();
        days.dedup();
        let mut known = self.known.lock().await;
        days.retain(|day| !known.contains(day));
        if days.is_empty() {
            return Ok(());
        }
        let mut tx = self.pool.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(LOCK)
            .execute(&mut *tx)
            .await?;
        let there = names(&mut tx).await?;
        let before = there
            .iter()
            .filter_map(|name| first_day(name))
            .min()
            .unwrap_or(i64::MIN);
        for day in &days {
            let name = name_of(*day);
            if *day < before || there.contains(&name) {
                continue;
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
        known.extend(days);
        Ok(())
    }

    /// Forgets what is known: another server may have dropped a day.
    pub(super) async fn forget(&self) {
        self.known.lock().await.clear();
    }
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
    fn names_tell_days() {
        let noon = EventKey::from_time(Timestamp::from_micros(1_795_262_400_000_000));
        assert_eq!(name_of(day_of(noon)), "events_20261121");
        assert_eq!(day_named("events_20261121"), Some(day_of(noon)));
        assert_eq!(day_named("events_before_20261121"), None);
        assert_eq!(first_day("events_before_20261121"), Some(day_of(noon)));
        assert_eq!(day_of(EventKey(0)), 0);
    }
}
