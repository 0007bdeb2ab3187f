//! The schema's history. Listed here, not found by a macro, so that building
//! needs no database driver at compile time.

use sqlx::SqliteConnection;

use super::upgrade;
use crate::store::StoreError;
use crate::store::schema::{self, Schema, Step};

const HISTORY: &[Step] = &[
    (1, "core", include_str!("../../../../migrations/sqlite/0001_core.sql")),
    (2, "trust", include_str!("../../../../migrations/sqlite/0002_trust.sql")),
    (3, "ids", include_str!("../../../../migrations/sqlite/0003_ids.sql")),
    (
        4,
        "rollups",
        include_str!("../../../../migrations/sqlite/0004_rollups.sql"),
    ),
    (
        5,
        "search",
        include_str!("../../../../migrations/sqlite/0005_search.sql"),
    ),
    (
        6,
        "traces",
        include_str!("../../../../migrations/sqlite/0006_traces.sql"),
    ),
    (7, "cost", include_str!("../../../../migrations/sqlite/0007_cost.sql")),
    (
        9,
        "dashboards",
        include_str!("../../../../migrations/sqlite/0009_dashboards.sql"),
    ),
    (
        10,
        "payload",
        include_str!("../../../../migrations/sqlite/0010_payload.sql"),
    ),
    (
        13,
        "errors_by_name",
        include_str!("../../../../migrations/sqlite/0013_errors_by_name.sql"),
    ),
    (
        15,
        "slow_words",
        include_str!("../../../../migrations/sqlite/0015_slow_words.sql"),
    ),
    (
        17,
        "events_by_arrival",
        include_str!("../../../../migrations/sqlite/0017_events_by_arrival.sql"),
    ),
];

/// How far the schema is. A step whose events are not all moved is pending.
///
/// # Errors
/// [`StoreError::Newer`]; [`StoreError::Database`].
pub(super) async fn state(connection: &mut SqliteConnection) -> Result<Schema, StoreError> {
    let begun = sqlx::query("SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations'")
        .fetch_optional(&mut *connection)
        .await?;
    let mut schema = schema::state(connection, begun.is_some(), HISTORY).await?;
    if upgrade::is_waiting(connection).await? {
        let step = HISTORY.iter().find(|(version, ..)| *version == upgrade::STEP);
        schema.pending.extend(step.map(|(version, name, _)| (*version, *name)));
    }
    Ok(schema)
}

/// Runs what has not run yet.
///
/// # Errors
/// When a migration fails or was changed after it ran; [`StoreError::Newer`].
pub(super) async fn run(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    state(connection).await?;
    schema::run(connection, HISTORY).await
}

/// Makes a database of before a step.
#[cfg(test)]
pub(super) async fn run_below(connection: &mut SqliteConnection, step: i64) -> Result<(), StoreError> {
    let older: Vec<Step> = HISTORY
        .iter()
        .copied()
        .filter(|(version, ..)| *version < step)
        .collect();
    schema::run(connection, &older).await
}
