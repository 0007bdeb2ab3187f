//! What a commit does to its projects: it locks them, and counts.

use std::collections::{BTreeMap, BTreeSet};

use eventglass_model::Timestamp;
use sqlx::PgConnection;

use super::append::Keyed;
use crate::guard::Month;
use crate::store::StoreError;

/// Locks the rows' projects until the end of the transaction, and gives
/// `received_at` of the commit: later than that of any earlier commit of these projects.
pub(super) async fn lock_projects(
    tx: &mut PgConnection,
    rows: &[Keyed<'_>],
    now: Timestamp,
) -> Result<i64, StoreError> {
    let projects: BTreeSet<i64> = rows.iter().map(|(_, row)| row.project_id).collect();
    lock(tx, &projects, now).await
}

/// As [`lock_projects`]. In order, so that nobody waits in a circle.
pub(super) async fn lock(tx: &mut PgConnection, projects: &BTreeSet<i64>, now: Timestamp) -> Result<i64, StoreError> {
    let projects: Vec<i64> = projects.iter().copied().collect();
    let locked: Vec<Option<i64>> =
        sqlx::query_scalar("SELECT last_event_at FROM projects WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE")
            .bind(projects)
            .fetch_all(tx)
            .await?;
    let last = locked.into_iter().flatten().max().unwrap_or(0);
    Ok(now.micros().max(last + 1))
}

pub(super) async fn note_unacknowledged(
    tx: &mut PgConnection,
    rows: &[Keyed<'_>],
    received_at: i64,
) -> Result<(), StoreError> {
    let hashes: BTreeSet<Vec<u8>> = rows
        .iter()
        .filter(|(_, row)| row.await_ack)
        .map(|(_, row)| row.event_hash.to_vec())
        .collect();
    if !hashes.is_empty() {
        sqlx::query(
            "INSERT INTO unacknowledged (event_hash, since) SELECT hash, $2 FROM UNNEST($1::bytea[]) AS n (hash) \
             ON CONFLICT DO NOTHING",
        )
        .bind(hashes.into_iter().collect::<Vec<_>>())
        .bind(received_at)
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// Counts new events, each project's and each month's.
pub(super) async fn count_events(
    tx: &mut PgConnection,
    rows: &[Keyed<'_>],
    received_at: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut by_project: BTreeMap<i64, i64> = BTreeMap::new();
    for (_, row) in rows {
        *by_project.entry(row.project_id).or_default() += 1;
    }
    if by_project.is_empty() {
        return Ok(());
    }
    let (projects, counts): (Vec<i64>, Vec<i64>) = by_project.into_iter().unzip();
    sqlx::query(
        "UPDATE projects p SET event_count = p.event_count + n.events, last_event_at = $3 \
         FROM UNNEST($1::bigint[], $2::bigint[]) AS n (id, events) WHERE p.id = n.id",
    )
    .bind(&projects)
    .bind(&counts)
    .bind(received_at)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO usage (project_id, month, events) \
         SELECT id, $3, events FROM UNNEST($1::bigint[], $2::bigint[]) AS n (id, events) \
         ON CONFLICT (project_id, month) DO UPDATE SET events = usage.events + excluded.events",
    )
    .bind(&projects)
    .bind(&counts)
    .bind(Month::of(now).number())
    .execute(tx)
    .await?;
    Ok(())
}
