//! Counting stored events: those from before there were rollups, or all of them anew.
//!
//! A project's rollups are deleted first. Then, while nobody writes its
//! events, those received so far are set apart from those to come, which write
//! deltas of their own; and they are counted chunk by chunk, each of which
//! leaves a delta. When only a family is counted, a migration has set them apart,
//! and nothing is deleted.

use sqlx::PgConnection;

use eventglass_model::Timestamp;

use super::{leads, write};
use crate::store::postgres::PostgresStore;
use crate::store::postgres::project::lock;
use crate::store::rollups::{BUILD_EVENTS, BuildOf, FACTS, StoredFacts, after, sum_of};
use crate::store::{BuildProgress, StoreError};

impl PostgresStore {
    pub(super) async fn build(&self) -> Result<Option<BuildProgress>, StoreError> {
        let mut tx = self.writers.begin().await?;
        if !leads(&mut tx).await? {
            return Ok(None);
        }
        let project_id: Option<i64> = sqlx::query_scalar("SELECT project_id FROM rollup_builds ORDER BY 1 LIMIT 1")
            .fetch_optional(&mut *tx)
            .await?;
        let Some(project_id) = project_id else { return Ok(None) };
        // Nobody writes its events until the commit.
        lock(&mut tx, &[project_id].into(), Timestamp::from_micros(0)).await?;
        let progress = step(&mut tx, project_id).await?;
        tx.commit().await?;
        Ok(progress)
    }
}

async fn step(tx: &mut PgConnection, project_id: i64) -> Result<Option<BuildProgress>, StoreError> {
    let (through, next_key, events, family): (Option<i64>, i64, i64, Option<i64>) =
        sqlx::query_as("SELECT through, next_key, events, family FROM rollup_builds WHERE project_id = $1")
            .bind(project_id)
            .fetch_one(&mut *tx)
            .await?;
    let of = BuildOf::from_code(family)?;
    let Some(through) = through else {
        for statement in [
            "DELETE FROM rollups WHERE project_id = $1",
            "DELETE FROM rollup_deltas WHERE project_id = $1",
            "UPDATE rollup_builds SET through = coalesce((SELECT last_event_at FROM projects WHERE id = $1), 0) \
             WHERE project_id = $1",
        ] {
            sqlx::query(statement).bind(project_id).execute(&mut *tx).await?;
        }
        return Ok(Some(BuildProgress {
            project_id,
            events: 0,
            done: false,
        }));
    };
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {FACTS} FROM events e WHERE e.project_id = $1 AND e.key >= $2 AND e.received_at + 0 <= $3 \
         ORDER BY e.key LIMIT $4"
    )))
    .bind(project_id)
    .bind(next_key)
    .bind(through)
    .bind(BUILD_EVENTS)
    .fetch_all(&mut *tx)
    .await?;
    let found: Vec<StoredFacts> = rows.iter().map(StoredFacts::read).collect::<Result<_, _>>()?;
    let count = i64::try_from(found.len()).unwrap_or(0);
    let done = count < BUILD_EVENTS;
    write(tx, sum_of(project_id, &found, of)).await?;
    let update = if done {
        sqlx::query("DELETE FROM rollup_builds WHERE project_id = $1").bind(project_id)
    } else {
        sqlx::query("UPDATE rollup_builds SET next_key = $2, events = events + $3 WHERE project_id = $1")
            .bind(project_id)
            .bind(after(&found))
            .bind(count)
    };
    update.execute(tx).await?;
    Ok(Some(BuildProgress {
        project_id,
        events: events + count,
        done,
    }))
}
