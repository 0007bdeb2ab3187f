//! What Postgres knows of the days that have an index of words.
//!
//! Without statistics it takes a project for one of many, expects a handful of its
//! events in a day, and goes through all of them instead of asking the index. Its own
//! upkeep looks once a minute, at three tables at a time, if it is not turned off;
//! after an import of old events that is some minutes of searches that take a
//! hundred times as long. So the leader looks, too.

use std::time::Instant;

use sqlx::{AssertSqlSafe, PgConnection};

use crate::store::StoreError;

/// Rows that a partition gets before its statistics are of no use, and what part
/// of it: the more it has, the less often it is looked at.
const ROWS: i64 = 1_000;
const PART: f64 = 0.2;

/// Brings the statistics of partitions up to date.
pub(super) async fn keep(connection: &mut PgConnection) -> Result<(), StoreError> {
    for (partition, index) in stale(connection).await? {
        let started = Instant::now();
        sqlx::query(AssertSqlSafe(format!("ANALYZE {partition}")))
            .execute(&mut *connection)
            .await?;
        // What waits to be put into the index is looked through by every search.
        sqlx::query("SELECT gin_clean_pending_list(to_regclass($1))")
            .bind(index)
            .execute(&mut *connection)
            .await?;
        tracing::debug!(partition, took = ?started.elapsed(), "brought the statistics of a day up to date");
    }
    Ok(())
}

/// The partitions with an index of words that have changed much since they were looked at, and that index.
async fn stale(connection: &mut PgConnection) -> Result<Vec<(String, String)>, StoreError> {
    let stale = sqlx::query_as(
        "SELECT c.relname::text, w.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
         JOIN pg_index x ON x.indrelid = c.oid AND x.indisvalid JOIN pg_class w ON w.oid = x.indexrelid \
         JOIN pg_am a ON a.oid = w.relam AND a.amname = 'gin' WHERE i.inhparent = 'events'::regclass \
         AND pg_stat_get_mod_since_analyze(c.oid) > $1 + $2 * greatest(c.reltuples, 0) ORDER BY 1 DESC",
    );
    Ok(stale.bind(ROWS).bind(PART).fetch_all(connection).await?)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;
    use std::sync::Arc;
    use std::time::Duration;

    use sqlx::Connection;
    use sqlx::postgres::PgConnectOptions;

    use super::super::partitions::DAY_MICROS;
    use super::super::{PostgresStore, cluster};
    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::ingest::{NewEvent, PendingEvent};
    use crate::store::{AccessStore, EventStore};

    /// What a search for a word that there is not does.
    async fn plan(url: &str, project: i64) -> String {
        let question = format!(
            "EXPLAIN SELECT key FROM events e WHERE e.project_id = {project} AND e.words @@ '''zyzzyva'' & ''\u{e000}p{project}'''::tsquery \
             AND e.key < {} ORDER BY e.key DESC LIMIT 50",
            i64::MAX
        );
        cluster::shared().execute(url, &question).unwrap()
    }

    #[tokio::test]
    async fn events_of_old_days_are_found_by_the_index_at_once() {
        let url = cluster::shared().database();
        let store = PostgresStore::open(&url).await.unwrap();
        let options = PgConnectOptions::from_str(&url).unwrap();
        let mut connection = PgConnection::connect_with(&options).await.unwrap();
        let now = SystemClock.now();
        let owner = store.add_user("a", "", now).await.unwrap();
        let p = store.add_project(owner, "p", "p", "", now).await.unwrap().id;
        // Far back: in the partition that has its index from the beginning. Many words, of
        // which most still wait to be put into it.
        let hay = |n: i64| (0..60).map(|m| format!("hay{n}x{m}")).collect::<Vec<_>>().join(" ");
        let event = |n: i64| NewEvent {
            message: Some(hay(n)),
            ..NewEvent::new(format!("e{n}"), now.plus_micros(-30 * DAY_MICROS - n), "k".to_owned())
        };
        for commit in 0..2 {
            let events: Vec<PendingEvent> = (0..1_000)
                .map(|n| event(commit * 1_000 + n).prepare(p, false))
                .collect();
            store.append(Arc::new(events), now).await.unwrap();
        }
        // Backends report what they inserted within a few seconds.
        let started = Instant::now();
        while stale(&mut connection).await.unwrap().is_empty() {
            assert!(started.elapsed() < Duration::from_secs(60), "nothing has changed");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        keep(&mut connection).await.unwrap();
        assert_eq!(stale(&mut connection).await.unwrap(), []);
        let plan = plan(&url, p).await;
        assert!(plan.contains("Bitmap Index Scan on events_before_"), "{plan}");
        assert!(plan.contains("words_idx"), "{plan}");
    }
}
