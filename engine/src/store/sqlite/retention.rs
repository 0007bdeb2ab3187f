//! Forgetting events. The text index does not know what words an event has, and
//! has to be told them to forget them: they are gathered from it first, for
//! many events at once.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use eventglass_model::Timestamp;
use sqlx::{Connection, SqliteConnection};

use super::SqliteStore;
use super::transfer::Words;
use crate::store::{EventKey, Forgotten, Retention, RetentionStore, StoreError};

/// Events whose words are gathered at once.
const BATCH: i64 = 100_000;
/// Events of a commit. Writing waits for it.
const STEP: usize = 250;
/// Traces of a commit.
const TRACES: i64 = 1_000;
/// Between two commits, for others to come between.
const PAUSE: Duration = Duration::from_millis(20);

/// An event that is too old: its key, its project, when it was stored, and the hash of its id.
type Old = (i64, i64, i64, Vec<u8>);

#[async_trait]
impl RetentionStore for SqliteStore {
    fn leads(&self) -> bool {
        true
    }

    async fn forget(&self, now: Timestamp, retention: &Retention) -> Result<Forgotten, StoreError> {
        let projects: Vec<(i64, String)> = sqlx::query_as("SELECT id, plan FROM projects")
            .fetch_all(&self.readers)
            .await?;
        let mut forgotten = Forgotten::default();
        for (project_id, plan) in projects {
            let Some(before) = retention.of_plan(&plan, now) else {
                continue;
            };
            loop {
                let old: Vec<Old> = sqlx::query_as(
                    "SELECT key, project_id, received_at, event_hash FROM events \
                     WHERE project_id = $1 AND key < $2 AND time < $3 ORDER BY key LIMIT $4",
                )
                .bind(project_id)
                .bind(EventKey::before_time(before).0)
                .bind(before.micros())
                .bind(BATCH)
                .fetch_all(&self.readers)
                .await?;
                let (Some(first), Some(last)) = (old.first(), old.last()) else {
                    break;
                };
                let (path, from, to) = (self.path.clone(), first.0, last.0 + 1);
                let words = tokio::task::spawn_blocking(move || Words::gather(&path, from, to))
                    .await
                    .map_err(StoreError::panicked)??;
                for step in old.chunks(STEP) {
                    let mut writer = self.writer.lock().await;
                    forgotten.events += forget(&mut writer.connection, step, &words).await?;
                    drop(writer);
                    tokio::time::sleep(PAUSE).await;
                }
            }
            self.forget_traces(project_id, before).await?;
        }
        Ok(forgotten)
    }
}

impl SqliteStore {
    /// Traces of which nothing is left.
    async fn forget_traces(&self, project_id: i64, before: Timestamp) -> Result<(), StoreError> {
        loop {
            let mut writer = self.writer.lock().await;
            let deleted = sqlx::query(
                "DELETE FROM traces WHERE id IN (SELECT id FROM traces WHERE project_id = $1 AND start < $2 \
                 AND start + duration_us < $2 LIMIT $3)",
            )
            .bind(project_id)
            .bind(before.micros())
            .bind(TRACES)
            .execute(&mut writer.connection)
            .await?;
            drop(writer);
            if deleted.rows_affected() < TRACES.unsigned_abs() {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn forget(connection: &mut SqliteConnection, step: &[Old], words: &Words) -> Result<u64, StoreError> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut by_project: BTreeMap<i64, i64> = BTreeMap::new();
    for (key, project_id, received_at, hash) in step {
        // One that has changed since has other words now, and goes the next time.
        let gone = sqlx::query("DELETE FROM events WHERE key = $1 AND received_at = $2")
            .bind(key)
            .bind(received_at)
            .execute(&mut *tx)
            .await?;
        if gone.rows_affected() == 0 {
            continue;
        }
        let text: Vec<String> = words.of(EventKey(*key)).into_iter().collect();
        sqlx::query("INSERT INTO event_text (event_text, rowid, text) VALUES ('delete', $1, $2)")
            .bind(key)
            .bind(text.join(" "))
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM event_ids WHERE hash = substr($1, 1, 8) AND key = $2")
            .bind(hash)
            .bind(key)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM event_parts WHERE project_id = $1 AND event_hash = $2")
            .bind(project_id)
            .bind(hash)
            .execute(&mut *tx)
            .await?;
        *by_project.entry(*project_id).or_default() += 1;
    }
    let mut events = 0;
    for (project_id, count) in by_project {
        sqlx::query("UPDATE projects SET event_count = event_count - $1 WHERE id = $2")
            .bind(count)
            .bind(project_id)
            .execute(&mut *tx)
            .await?;
        events += u64::try_from(count).unwrap_or(0);
    }
    tx.commit().await?;
    Ok(events)
}
