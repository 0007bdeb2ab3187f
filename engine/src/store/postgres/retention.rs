//! Forgetting events: whole days where nobody keeps them, and batches where
//! only some projects do not.
//!
//! A day is taken from the table without holding up anybody (`DETACH ...
//! CONCURRENTLY`) and renamed, so that its name is free for a late event; then
//! the ids of its events are taken away in steps, and it goes at last. While the
//! day waits for its readers, late events are written into it directly (see
//! `partitions`); its new name is had when all of those are committed. A server
//! that dies on the way leaves a day for the next one to finish. An event is
//! counted out of its project with its id, so that counts are exact throughout.

use std::time::Duration;

use async_trait::async_trait;
use eventglass_model::Timestamp;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::PostgresStore;
use super::partitions::{DAY_MICROS, LOCK, day_named, keys_of, names};
use super::project::lock;
use crate::store::{EventKey, Forgotten, Retention, RetentionStore, StoreError};

/// Events of a step. Their project is held for as long.
const STEP: i64 = 2_000;
/// Between two steps, for commits to come between.
const PAUSE: Duration = Duration::from_millis(20);
/// What is added to the name of a day that goes.
const GONE: &str = "_gone";

#[async_trait]
impl RetentionStore for PostgresStore {
    fn leads(&self) -> bool {
        self.leads.load(std::sync::atomic::Ordering::Relaxed)
    }

    async fn forget(&self, now: Timestamp, retention: &Retention) -> Result<Forgotten, StoreError> {
        // No limit of time to a statement: to take a day away is to wait for all who read.
        let mut connection = PgConnection::connect_with(&self.options).await?;
        let alone: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
            .bind(LOCK + 3)
            .fetch_one(&mut connection)
            .await?;
        let mut forgotten = Forgotten::default();
        if alone {
            forget_days(&mut connection, now, retention, &mut forgotten).await?;
            forget_in_projects(&mut connection, now, retention, &mut forgotten).await?;
        }
        connection.close().await?;
        self.partitions.forget().await;
        Ok(forgotten)
    }
}

async fn forget_days(
    connection: &mut PgConnection,
    now: Timestamp,
    retention: &Retention,
    forgotten: &mut Forgotten,
) -> Result<(), StoreError> {
    // What was begun by somebody who did not end it.
    let pending: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid \
         WHERE i.inhparent = 'events'::regclass AND i.inhdetachpending",
    )
    .fetch_all(&mut *connection)
    .await?;
    for name in pending {
        run(
            connection,
            format!("ALTER TABLE events DETACH PARTITION {name} FINALIZE"),
        )
        .await?;
    }
    let left: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
         AND c.relname ~ '^events_[0-9]{8}(_gone)?$' AND NOT c.relispartition",
    )
    .fetch_all(&mut *connection)
    .await?;
    for name in left {
        finish(connection, &name, forgotten).await?;
    }
    let Some(before) = retention.of_all(now) else {
        return Ok(());
    };
    let first_kept = before.micros().div_euclid(DAY_MICROS);
    for name in names(&mut *connection).await? {
        if day_named(&name).is_some_and(|day| day < first_kept) {
            run(
                connection,
                format!("ALTER TABLE events DETACH PARTITION {name} CONCURRENTLY"),
            )
            .await?;
            finish(connection, &name, forgotten).await?;
        }
    }
    Ok(())
}

/// Takes away a day that is no part of the table any more, with the ids of its events.
async fn finish(connection: &mut PgConnection, name: &str, forgotten: &mut Forgotten) -> Result<(), StoreError> {
    let gone = if name.ends_with(GONE) {
        name.to_owned()
    } else {
        let gone = format!("{name}{GONE}");
        // At once, so that whoever makes the day anew finds both names free, or none.
        let mut tx = connection.begin().await?;
        run(&mut tx, format!("ALTER TABLE {name} RENAME TO {gone}")).await?;
        run(
            &mut tx,
            format!("ALTER INDEX IF EXISTS {name}_words RENAME TO {gone}_words"),
        )
        .await?;
        tx.commit().await?;
        gone
    };
    let step = format!(
        "SELECT project_id, key, event_hash FROM {gone} WHERE (project_id, key) > ($1, $2) \
         ORDER BY project_id, key LIMIT {STEP}"
    );
    let mut after = (i64::MIN, i64::MIN);
    loop {
        let rows = sqlx::query(AssertSqlSafe(step.clone()))
            .bind(after.0)
            .bind(after.1)
            .fetch_all(&mut *connection)
            .await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in &rows {
            events.push((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
        }
        let Some((project_id, key, _)) = events.last() else {
            break;
        };
        after = (*project_id, *key);
        let mut tx = connection.begin().await?;
        forgotten.events += forget_ids(&mut tx, events).await?;
        tx.commit().await?;
        tokio::time::sleep(PAUSE).await;
    }
    run(connection, format!("DROP TABLE {gone}")).await?;
    forgotten.days += 1;
    if let Some(day) = gone.strip_suffix(GONE).and_then(day_named) {
        forget_day(connection, day).await?;
    }
    Ok(())
}

/// Notes that projects have no events of a day, if late ones have not come since.
async fn forget_day(connection: &mut PgConnection, day: i64) -> Result<(), StoreError> {
    let projects: Vec<i64> = sqlx::query_scalar("SELECT project_id FROM event_days WHERE day = $1 ORDER BY 1")
        .bind(day)
        .fetch_all(&mut *connection)
        .await?;
    let (first, end) = keys_of(day);
    for project_id in projects {
        let mut tx = connection.begin().await?;
        lock(&mut tx, &[project_id].into(), Timestamp::from_micros(0)).await?;
        sqlx::query(
            "DELETE FROM event_days WHERE project_id = $1 AND day = $2 AND NOT EXISTS \
             (SELECT 1 FROM events WHERE project_id = $1 AND key >= $3 AND key < $4)",
        )
        .bind(project_id)
        .bind(day)
        .bind(first.0)
        .bind(end.0)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Events that are too old for their project, and those before the first day.
async fn forget_in_projects(
    connection: &mut PgConnection,
    now: Timestamp,
    retention: &Retention,
    forgotten: &mut Forgotten,
) -> Result<(), StoreError> {
    let projects: Vec<(i64, String)> = sqlx::query_as("SELECT id, plan FROM projects ORDER BY id")
        .fetch_all(&mut *connection)
        .await?;
    for (project_id, plan) in projects {
        let Some(before) = retention.of_plan(&plan, now) else {
            continue;
        };
        // A key may lie up to a second after its event's time, so that the time decides.
        let below = EventKey::before_time(before);
        loop {
            let mut tx = connection.begin().await?;
            lock(&mut tx, &[project_id].into(), now).await?;
            let events: Vec<(i64, i64, Vec<u8>)> = sqlx::query_as(
                "DELETE FROM events WHERE project_id = $1 AND key < $2 AND key IN (SELECT key FROM events \
                 WHERE project_id = $1 AND key < $2 AND time < $3 ORDER BY key LIMIT $4) \
                 RETURNING project_id, key, event_hash",
            )
            .bind(project_id)
            .bind(below.0)
            .bind(before.micros())
            .bind(STEP)
            .fetch_all(&mut *tx)
            .await?;
            if events.is_empty() {
                break;
            }
            forgotten.events += forget_ids(&mut tx, events).await?;
            tx.commit().await?;
            tokio::time::sleep(PAUSE).await;
        }
        forget_traces(connection, project_id, before).await?;
    }
    Ok(())
}

/// Traces of which nothing is left.
async fn forget_traces(connection: &mut PgConnection, project_id: i64, before: Timestamp) -> Result<(), StoreError> {
    loop {
        let deleted = sqlx::query(
            // Not one that a fold is writing at this moment, which locks many of them one after the
            // other: it goes the next time, and nobody waits in a circle.
            "WITH old AS MATERIALIZED (SELECT trace_hash FROM traces \
             WHERE project_id = $1 AND start < $2 AND start + duration_us < $2 \
             ORDER BY start LIMIT $3 FOR UPDATE SKIP LOCKED) \
             DELETE FROM traces t USING old WHERE t.project_id = $1 AND t.trace_hash = old.trace_hash",
        )
        .bind(project_id)
        .bind(before.micros())
        .bind(STEP)
        .execute(&mut *connection)
        .await?;
        if deleted.rows_affected() < STEP.unsigned_abs() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Takes away the ids and the parts of events, and counts them out of their projects.
async fn forget_ids(tx: &mut PgConnection, events: Vec<(i64, i64, Vec<u8>)>) -> Result<u64, StoreError> {
    let (mut projects, mut keys, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for (project_id, key, hash) in events {
        projects.push(project_id);
        keys.push(key);
        hashes.push(hash);
    }
    lock(tx, &projects.iter().copied().collect(), Timestamp::from_micros(0)).await?;
    let counted: i64 = sqlx::query_scalar(
        "WITH old AS (SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::bytea[]) AS o (project_id, key, event_hash)), \
         ids AS (DELETE FROM event_ids i USING old o WHERE i.project_id = o.project_id \
                 AND i.event_hash = o.event_hash AND i.key = o.key RETURNING i.project_id, i.event_hash), \
         parts AS (DELETE FROM event_parts p USING ids WHERE p.project_id = ids.project_id \
                   AND p.event_hash = ids.event_hash), \
         counts AS (SELECT project_id, count(*) AS events FROM ids GROUP BY 1), \
         projects AS (UPDATE projects p SET event_count = p.event_count - c.events FROM counts c \
                      WHERE p.id = c.project_id) \
         SELECT count(*) FROM ids",
    )
    .bind(projects)
    .bind(keys)
    .bind(hashes)
    .fetch_one(tx)
    .await?;
    Ok(u64::try_from(counted).unwrap_or(0))
}

async fn run(connection: &mut PgConnection, statement: String) -> Result<(), StoreError> {
    sqlx::query(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;
    use std::sync::Arc;

    use sqlx::postgres::PgConnectOptions;

    use super::super::cluster;
    use super::super::partitions::{day_of, name_of};
    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::guard::Plans;
    use crate::ingest::NewEvent;
    use crate::store::{AccessStore, Appended, EventStore};

    struct Shop {
        store: Arc<PostgresStore>,
        connection: PgConnection,
        p: i64,
        now: Timestamp,
    }

    impl Shop {
        async fn open() -> Self {
            let url = cluster::shared().database();
            let store = Arc::new(PostgresStore::open(&url).await.unwrap());
            let now = SystemClock.now();
            let owner = store.add_user("a", "", now).await.unwrap();
            let p = store.add_project(owner, "p", "p", "", now).await.unwrap().id;
            let options = PgConnectOptions::from_str(&url).unwrap();
            Self {
                store,
                connection: PgConnection::connect_with(&options).await.unwrap(),
                p,
                now,
            }
        }

        /// Appends events that are so many days old, all of one microsecond, as
        /// the pipeline does: what fails is tried again.
        async fn append(&self, ids: &[String], days: i64) -> Vec<Appended> {
            let time = self.now.plus_micros(-days * DAY_MICROS);
            let pending: Vec<_> = ids
                .iter()
                .map(|id| NewEvent::new(id.clone(), time, "k".to_owned()).prepare(self.p, false))
                .collect();
            let pending = Arc::new(pending);
            let mut last = None;
            for _ in 0..3 {
                match self.store.append(Arc::clone(&pending), self.now).await {
                    Ok(outcomes) => return outcomes,
                    Err(error) => last = Some(error),
                }
            }
            panic!("{}", last.unwrap());
        }

        async fn stored(&self) -> i64 {
            self.store.project_by_id(self.p).await.unwrap().unwrap().event_count
        }

        async fn ids(&mut self) -> i64 {
            sqlx::query_scalar("SELECT count(*) FROM event_ids")
                .fetch_one(&mut self.connection)
                .await
                .unwrap()
        }
    }

    fn ids(name: &str, count: usize) -> Vec<String> {
        (0..count).map(|n| format!("{name}{n}")).collect()
    }

    #[tokio::test]
    async fn late_events_are_taken_while_their_day_goes() {
        let mut shop = Shop::open().await;
        let day = name_of(day_of(EventKey::from_time(shop.now.plus_micros(-5 * DAY_MICROS))));
        // More than a microsecond has room for, so that the next of it meet them.
        shop.append(&ids("old", 1_100), 5).await;
        shop.append(&ids("new", 3), 0).await;

        // A reader, which the day has to wait for.
        let mut reader = PgConnection::connect_with(&shop.store.options).await.unwrap();
        let mut reading = reader.begin().await.unwrap();
        sqlx::query("SELECT count(*) FROM events")
            .execute(&mut *reading)
            .await
            .unwrap();
        let retention = Retention::new(3, Plans::default());
        let forgetting = tokio::spawn({
            let (store, now, retention) = (Arc::clone(&shop.store), shop.now, retention.clone());
            async move { store.forget(now, &retention).await }
        });
        let pending = "SELECT EXISTS (SELECT 1 FROM pg_inherits WHERE inhdetachpending)";
        while !sqlx::query_scalar::<_, bool>(pending)
            .fetch_one(&mut shop.connection)
            .await
            .unwrap()
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for round in 0..2 {
            let late = shop.append(&ids(&format!("late{round}."), 1_100), 5).await;
            assert_eq!(late, [Appended::New; 1_100]);
            let usual = shop.append(&ids(&format!("usual{round}."), 2), 0).await;
            assert_eq!(usual, [Appended::New; 2]);
        }
        assert_eq!(
            shop.append(&ids("late0.", 1), 5).await,
            [Appended::Duplicate],
            "until it is gone"
        );
        assert!(!forgetting.is_finished());
        reading.commit().await.unwrap();
        let forgotten = forgetting.await.unwrap().unwrap();
        assert_eq!((forgotten.events, forgotten.days), (3_300, 1), "with the day");
        assert_eq!(shop.stored().await, 7);
        assert_eq!(shop.ids().await, 7);

        // What is gone is new, and goes again; also when who took the day away died
        // before it was renamed.
        assert_eq!(shop.append(&ids("late0.", 2), 5).await, [Appended::New; 2]);
        let detach = format!("ALTER TABLE events DETACH PARTITION {day} CONCURRENTLY");
        run(&mut shop.connection, detach).await.unwrap();
        assert_eq!(shop.append(&ids("later", 2), 5).await, [Appended::New; 2]);
        assert_eq!(shop.ids().await, 11);
        let forgotten = shop.store.forget(shop.now, &retention).await.unwrap();
        assert_eq!((forgotten.events, forgotten.days), (4, 1));
        assert_eq!((shop.stored().await, shop.ids().await), (7, 7));
    }

    #[tokio::test]
    async fn traces_go_beside_a_fold() {
        let mut shop = Shop::open().await;
        let put = |name: &'static str| {
            sqlx::query(
                "INSERT INTO traces (project_id, trace_hash, trace_id, start, duration_us, spans, errors, tokens, \
                 cost_nano_usd, unpriced, name, services, models, state) \
                 SELECT $1, decode(lpad(to_hex(n), 32, '0'), 'hex'), $3 || n, $2 + n, 1, 1, 0, 0, 0, 0, '', '', '', '{}' \
                 FROM generate_series(1, 30) n ON CONFLICT (project_id, trace_hash) DO UPDATE SET name = $3",
            )
            .bind(shop.p)
            .bind(shop.now.micros() - 5 * DAY_MICROS)
            .bind(name)
        };
        put("first").execute(&mut shop.connection).await.unwrap();
        let mut other = PgConnection::connect_with(&shop.store.options).await.unwrap();
        let mut fold = other.begin().await.unwrap();
        sqlx::query("UPDATE traces SET name = 'folding' WHERE project_id = $1 AND start % 10 = 7")
            .bind(shop.p)
            .execute(&mut *fold)
            .await
            .unwrap();
        let retention = Retention::new(3, Plans::default());
        // In vain it would wait for the fold, which ends after it.
        let forget = shop.store.forget(shop.now, &retention);
        tokio::time::timeout(Duration::from_secs(20), forget)
            .await
            .unwrap()
            .unwrap();
        put("second").execute(&mut *fold).await.unwrap();
        fold.commit().await.unwrap();
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM traces")
            .fetch_one(&mut shop.connection)
            .await
            .unwrap();
        assert_eq!(left, 30, "none was kept from being written");
        shop.store.forget(shop.now, &retention).await.unwrap();
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM traces")
            .fetch_one(&mut shop.connection)
            .await
            .unwrap();
        assert_eq!(left, 0);
    }
}
