//! The schema's history. Listed here, not found by a macro, so that building
//! needs no database driver at compile time.

use sqlx::SqliteConnection;

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
];

/// How far the schema is.
///
/// # Errors
/// [`StoreError::Newer`]; [`StoreError::Database`].
pub(super) async fn state(connection: &mut SqliteConnection) -> Result<Schema, StoreError> {
    let begun = sqlx::query("SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations'")
        .fetch_optional(&mut *connection)
        .await?;
    schema::state(connection, begun.is_some(), HISTORY).await
}

/// Runs what has not run yet.
///
/// # Errors
/// When a migration fails or was changed after it ran; [`StoreError::Newer`].
pub(super) async fn run(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    state(connection).await?;
    schema::run(connection, HISTORY).await
}
