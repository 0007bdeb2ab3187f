//! Forgetting events: whole days where nobody keeps them, and batches where
//! only some projects do not.
//!
//! A day is taken from the table without holding up anybody (`DETACH ...
//! CONCURRENTLY`) and renamed, so that its name is free for a late event; then
//! the ids of its events are taken away in steps, and it goes at last. A server
//! that dies on the way leaves a day for the next one to finish. An event is
//! counted out of its project with its id, so that counts are exact throughout.

use std::time::Duration;

use async_trait::async_trait;
use eventglass_model::Timestamp;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::PostgresStore;
use super::partitions::{DAY_MICROS, LOCK, day_named, names};
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
        run(connection, format!("ALTER TABLE {name} RENAME TO {gone}")).await?;
        run(
            connection,
            format!("ALTER INDEX IF EXISTS {name}_words RENAME TO {gone}_words"),
        )
        .await?;
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
            "DELETE FROM traces WHERE project_id = $1 AND trace_hash IN (SELECT trace_hash FROM traces \
             WHERE project_id = $1 AND start < $2 AND start + duration_us < $2 LIMIT $3)",
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
