//! The server that leads, and the first thing that it does for all: keeping
//! the indexes of words.
//!
//! Kept up with each commit, such an index costs more than the rest of the
//! commit together; built at once, a third of that. So a day has one when it
//! is over, and before that while events come slowly enough that the cost does
//! not matter. While they come fast, a search walks the day from the newest.
//!
//! The leader is whichever server holds an advisory lock, which ends with its
//! connection: when that server dies, another takes over at its next look.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use tokio::task::JoinHandle;

use super::LET_GO;
use super::bounded::within;
use super::filters;
use super::partitions::{DAY_MICROS, LOCK, day_named};
use super::statistics;
use crate::store::StoreError;

/// How often each server looks whether there is something to do.
const EVERY: Duration = Duration::from_secs(2);
/// Events a second into one day from which on its index is too dear.
const BUSY: f64 = 3_000.0;
/// Events a second below which it is worth having.
const QUIET: f64 = 1_000.0;
/// How long a day has to be quiet before it is indexed.
const QUIET_FOR: Duration = Duration::from_secs(20);
/// How often filters of days that have an index are looked for.
const CLEAN_EVERY: Duration = Duration::from_mins(10);
/// For so long after its end a day may still be taken for one that is not over, by somebody
/// who has it from a second ago.
const GRACE: i64 = 10_000_000;
/// An index that was dropped comes back after so many times what building it took.
const PATIENCE: u32 = 10;

/// Starts the task, which ends when it is aborted.
pub(super) fn start(options: PgConnectOptions, leads: Arc<AtomicBool>) -> JoinHandle<()> {
    let options = options.options([
        // A build may take minutes; taking an index away must not hold up commits.
        ("lock_timeout", "500ms"),
        ("maintenance_work_mem", "256MB"),
        // When the machine of the server is gone without a word, its lock is free after 6 s.
        ("tcp_keepalives_idle", "3"),
        ("tcp_keepalives_interval", "1"),
        ("tcp_keepalives_count", "3"),
    ]);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(EVERY).await;
            if let Err(error) = keep(&options, &leads).await {
                tracing::warn!(%error, "keeping the indexes of words failed; it is tried again");
            }
        }
    })
}

/// Keeps the indexes for as long as the connection lasts; returns when another server does.
async fn keep(options: &PgConnectOptions, leads: &AtomicBool) -> Result<(), StoreError> {
    let mut connection = PgConnection::connect_with(options).await?;
    let alone: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
        .bind(LOCK + 1)
        .fetch_one(&mut connection)
        .await?;
    if !alone {
        connection.close().await?;
        return Ok(());
    }
    let _leading = Leading::begin(leads);
    let mut days = Days::default();
    loop {
        if let Err(error) = days.look(&mut connection).await {
            // A lock that was not to be had is no reason to hand over.
            tracing::warn!(%error, "keeping the indexes of words failed; it is tried again");
        }
        tokio::time::sleep(EVERY).await;
        // A network that swallows the answers is: the lock may be another's by now.
        within(LET_GO, async { Ok(connection.ping().await?) }).await?;
    }
}

/// Says that this server leads, for as long as it lives.
struct Leading<'a>(&'a AtomicBool);

impl<'a> Leading<'a> {
    fn begin(leads: &'a AtomicBool) -> Self {
        tracing::info!("this server leads: it does the work that one of all does");
        leads.store(true, Ordering::Relaxed);
        Self(leads)
    }
}

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// What the keeper remembers of each partition.
#[derive(Default)]
struct Days {
    by_name: HashMap<String, Pace>,
    cleaned: Option<Instant>,
}

struct Pace {
    inserted: i64,
    at: Instant,
    quiet_since: Instant,
    /// Not to be built before.
    not_before: Instant,
    build_took: Duration,
}

/// A partition as it is now.
struct Partition {
    name: String,
    /// Whether its day is over.
    over: bool,
    /// Whether everybody knows that.
    long_over: bool,
    /// Rows that were ever inserted, as far as they have been reported.
    inserted: i64,
    /// Whether it has an index of words, and one that is of use.
    indexed: Option<bool>,
}

impl Days {
    /// Looks at every partition, and builds or drops what has to be.
    async fn look(&mut self, connection: &mut PgConnection) -> Result<(), StoreError> {
        let mut done = Vec::new();
        for partition in partitions(connection).await? {
            if partition.long_over && partition.indexed == Some(true) {
                done.extend(day_named(&partition.name));
            }
            let now = Instant::now();
            let pace = self.by_name.entry(partition.name.clone()).or_insert_with(|| Pace {
                inserted: partition.inserted,
                at: now,
                quiet_since: now,
                not_before: now,
                build_took: Duration::ZERO,
            });
            let seconds = (now - pace.at).as_secs_f64();
            #[expect(clippy::cast_precision_loss, reason = "a pace")]
            let per_second = if seconds > 0.0 {
                (partition.inserted - pace.inserted) as f64 / seconds
            } else {
                0.0
            };
            (pace.inserted, pace.at) = (partition.inserted, now);
            if per_second > QUIET {
                pace.quiet_since = now;
            }
            let quiet = now - pace.quiet_since >= QUIET_FOR && now >= pace.not_before;
            match partition.indexed {
                Some(true) if !partition.over && per_second > BUSY => {
                    drop_index(connection, &partition.name).await?;
                    pace.not_before = now + pace.build_took * PATIENCE;
                }
                Some(true) => {}
                _ if partition.over || quiet && partition.inserted > 0 => {
                    build_index(connection, &partition).await?;
                    pace.build_took = now.elapsed();
                }
                _ => {}
            }
        }
        statistics::keep(connection).await?;
        if self.cleaned.is_none_or(|at| at.elapsed() > CLEAN_EVERY) {
            filters::delete(connection, &done).await?;
            self.cleaned = Some(Instant::now());
        }
        Ok(())
    }
}

/// The days that there are, the newest first.
async fn partitions(connection: &mut PgConnection) -> Result<Vec<Partition>, StoreError> {
    let rows = sqlx::query(
        "SELECT c.relname::text, pg_stat_get_tuples_inserted(c.oid), \
         (SELECT x.indisvalid FROM pg_index x WHERE x.indexrelid = to_regclass(c.relname || '_words')), \
         floor(extract(epoch FROM now()) * 1000000)::bigint \
         FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
         WHERE i.inhparent = 'events'::regclass ORDER BY 1 DESC",
    )
    .fetch_all(connection)
    .await?;
    let mut days = Vec::new();
    for row in &rows {
        let (name, now): (String, i64) = (row.try_get(0)?, row.try_get(3)?);
        // The partition of all earlier events was made with its index.
        let Some(day) = day_named(&name) else { continue };
        days.push(Partition {
            over: day < now.div_euclid(DAY_MICROS),
            long_over: day < (now - GRACE).div_euclid(DAY_MICROS),
            inserted: row.try_get(1)?,
            indexed: row.try_get(2)?,
            name,
        });
    }
    Ok(days)
}

async fn build_index(connection: &mut PgConnection, partition: &Partition) -> Result<(), StoreError> {
    if partition.indexed == Some(false) {
        // A build that was cut short leaves an index that is of no use.
        drop_index(connection, &partition.name).await?;
    }
    let name = &partition.name;
    let started = Instant::now();
    // Concurrently: commits go on. The statistics tell a search which words are
    // worth asking the index for.
    for statement in [
        format!("CREATE INDEX CONCURRENTLY {name}_words ON {name} USING gin (words)"),
        format!("ANALYZE {name}"),
    ] {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    tracing::info!(partition = %name, took = ?started.elapsed(), "indexed the words of a day");
    Ok(())
}

async fn drop_index(connection: &mut PgConnection, partition: &str) -> Result<(), StoreError> {
    // In vain, for now, while a search or a commit holds on to it.
    sqlx::query(AssertSqlSafe(format!("DROP INDEX IF EXISTS {partition}_words")))
        .execute(connection)
        .await?;
    tracing::info!(partition, "dropped the index of words: events come fast");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use eventglass_model::{EventQuery, Timestamp};

    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::ingest::{NewEvent, PendingEvent};
    use crate::query::EventSearch;
    use crate::store::postgres::{PostgresStore, cluster};
    use crate::store::{AccessStore, EventStore};

    async fn indexed(connection: &mut PgConnection, over: bool) -> Vec<Option<bool>> {
        // Statistics come in late, unless they are asked for.
        sqlx::query("SELECT pg_stat_force_next_flush()")
            .execute(&mut *connection)
            .await
            .unwrap();
        let days = partitions(connection).await.unwrap();
        days.into_iter()
            .filter(|day| day.over == over && (over || day.inserted > 0))
            .map(|day| day.indexed)
            .collect()
    }

    #[tokio::test]
    async fn indexes_come_when_it_is_quiet_and_go_when_it_is_not() {
        let url = cluster::shared().database();
        let store = PostgresStore::open(&url).await.unwrap();
        let options = PgConnectOptions::from_str(&url).unwrap();
        let mut connection = PgConnection::connect_with(&options).await.unwrap();
        let owner = store.add_user("a", "", Timestamp::from_micros(0)).await.unwrap();
        let p = store
            .add_project(owner, "p", "p", "", Timestamp::from_micros(0))
            .await
            .unwrap()
            .id;
        let now = SystemClock.now();
        let event = |id: &str, days: i64| NewEvent {
            message: Some("needle in hay".to_owned()),
            ..NewEvent::new(id.to_owned(), now.plus_micros(-days * DAY_MICROS), "k".to_owned())
        };
        let events: Vec<PendingEvent> = ["today", "before"]
            .into_iter()
            .zip([0, 2])
            .map(|(id, days)| event(id, days).prepare(p, false))
            .collect();
        store.append(Arc::new(events), now).await.unwrap();
        let search = EventSearch::new(
            EventQuery {
                q: "needle".to_owned(),
                ..EventQuery::default()
            },
            now,
        )
        .unwrap();
        let ids = async || {
            let page = crate::query::events(&store, p, &search, Duration::from_secs(60))
                .await
                .unwrap();
            page.items.into_iter().map(|event| event.event_id).collect::<Vec<_>>()
        };

        // Backends report what they inserted within a second.
        while partitions(&mut connection)
            .await
            .unwrap()
            .iter()
            .all(|day| day.over || day.inserted == 0)
        {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut days = Days::default();
        days.look(&mut connection).await.unwrap();
        assert_eq!(
            indexed(&mut connection, true).await,
            [Some(true)],
            "a day that is over has its index"
        );
        assert_eq!(
            indexed(&mut connection, false).await,
            [None],
            "not quiet for long enough"
        );
        for pace in days.by_name.values_mut() {
            pace.quiet_since -= QUIET_FOR;
        }
        days.look(&mut connection).await.unwrap();
        assert_eq!(indexed(&mut connection, false).await, [Some(true)]);
        assert_eq!(ids().await, ["today", "before"]);
        for pace in days.by_name.values_mut() {
            pace.inserted -= 1_000_000;
            pace.build_took = Duration::from_secs(60);
        }
        days.look(&mut connection).await.unwrap();
        assert_eq!(indexed(&mut connection, false).await, [None], "events come fast");
        assert_eq!(
            indexed(&mut connection, true).await,
            [Some(true)],
            "of a day that is over it stays"
        );
        assert_eq!(ids().await, ["today", "before"]);
        for pace in days.by_name.values_mut() {
            pace.quiet_since -= QUIET_FOR;
        }
        days.look(&mut connection).await.unwrap();
        assert_eq!(indexed(&mut connection, false).await, [None], "dropped not long ago");
    }

    #[tokio::test]
    async fn one_server_keeps_until_it_is_gone() {
        let url = cluster::shared().database();
        let store = PostgresStore::open(&url).await.unwrap();
        let options = PgConnectOptions::from_str(&url).unwrap();
        let leads = AtomicBool::new(false);
        let first = tokio::spawn({
            let options = options.clone();
            async move { keep(&options, &AtomicBool::new(false)).await }
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!first.is_finished());
        // The second finds it taken, and goes.
        tokio::time::timeout(Duration::from_secs(5), keep(&options, &leads))
            .await
            .unwrap()
            .unwrap();
        assert!(!leads.load(Ordering::Relaxed));
        first.abort();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let second = tokio::time::timeout(Duration::from_secs(1), keep(&options, &leads)).await;
        assert!(second.is_err(), "it keeps on keeping");
        drop(store);
    }
}
