//! Counting stored events: those from before there were rollups, or all of them anew.
//!
//! A project's rollups are deleted first. Then, at one moment, the events
//! received so far are set apart from those to come, which write deltas of
//! their own; and they are counted chunk by chunk, each of which leaves a delta.
//! When only a family is counted, a migration has set them apart, and nothing
//! is deleted.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::{Deltas, Rollups};
use crate::store::rollups::{BUILD_EVENTS, BuildOf, FACTS, StoredFacts, after, sum_of};
use crate::store::sqlite::SqliteStore;
use crate::store::{BuildProgress, StoreError};

/// Blobs that are deleted in one transaction.
const DELETED: i64 = 2_000;

impl SqliteStore {
    pub(super) async fn build(&self) -> Result<Option<BuildProgress>, StoreError> {
        let waiting: Option<i64> = sqlx::query_scalar("SELECT project_id FROM rollup_builds ORDER BY 1 LIMIT 1")
            .fetch_optional(&self.readers)
            .await?;
        let Some(project_id) = waiting else { return Ok(None) };
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        let rollups = Arc::clone(&self.rollups);
        tokio::task::spawn_blocking(move || {
            writer
                .appender
                .with_connection(|_, connection| step(connection, &rollups, project_id))
        })
        .await
        .map_err(StoreError::panicked)?
    }
}

fn step(
    connection: &mut Connection,
    rollups: &Arc<Rollups>,
    project_id: i64,
) -> Result<Option<BuildProgress>, StoreError> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let build = tx
        .prepare_cached("SELECT through, next_key, events, family FROM rollup_builds WHERE project_id = ?1")?
        .query_row([project_id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((through, next_key, events, family)): Option<(Option<i64>, i64, i64, Option<i64>)> = build else {
        return Ok(None);
    };
    let of = BuildOf::from_code(family)?;
    let Some(through) = through else {
        let deleted = tx
            .prepare_cached(
                "DELETE FROM rollups WHERE rowid IN (SELECT rowid FROM rollups WHERE project_id = ?1 LIMIT ?2)",
            )?
            .execute((project_id, DELETED))?;
        let begun = deleted == 0;
        if begun {
            tx.execute("DELETE FROM rollup_deltas WHERE project_id = ?1", [project_id])?;
            tx.execute(
                "UPDATE rollup_builds SET through = coalesce((SELECT last_event_at FROM projects WHERE id = ?1), 0) \
                 WHERE project_id = ?1",
                [project_id],
            )?;
        }
        tx.commit()?;
        if begun {
            rollups.live.forget(project_id)?;
        }
        return Ok(Some(BuildProgress {
            project_id,
            events: 0,
            done: false,
        }));
    };
    let mut found = Vec::new();
    {
        let mut statement = tx.prepare_cached(&format!(
            "SELECT {FACTS} FROM events e INDEXED BY events_by_project \
             WHERE e.project_id = ?1 AND e.key >= ?2 AND e.received_at <= ?3 ORDER BY e.key LIMIT ?4"
        ))?;
        let mut rows = statement.query((project_id, next_key, through, BUILD_EVENTS))?;
        while let Some(row) = rows.next()? {
            found.push(StoredFacts::read(row)?);
        }
    }
    let count = i64::try_from(found.len()).unwrap_or(0);
    let done = count < BUILD_EVENTS;
    let deltas = Deltas::write(&tx, rollups, sum_of(project_id, &found, of))?;
    if done {
        tx.execute("DELETE FROM rollup_builds WHERE project_id = ?1", [project_id])?;
    } else {
        tx.execute(
            "UPDATE rollup_builds SET next_key = ?2, events = events + ?3 WHERE project_id = ?1",
            (project_id, after(&found), count),
        )?;
    }
    tx.commit()?;
    deltas.committed();
    Ok(Some(BuildProgress {
        project_id,
        events: events + count,
        done,
    }))
}
