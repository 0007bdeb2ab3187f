//! The schema's history. The migrator holds an advisory lock while it runs, so
//! that of several servers that start at once one does it.

use sqlx::PgConnection;

use crate::store::StoreError;
use crate::store::schema::{self, Schema, Step};

const HISTORY: &[Step] = &[
    (1, "core", include_str!("../../../../migrations/postgres/0001_core.sql")),
    (
        4,
        "rollups",
        include_str!("../../../../migrations/postgres/0004_rollups.sql"),
    ),
    (
        5,
        "search",
        include_str!("../../../../migrations/postgres/0005_search.sql"),
    ),
    (
        6,
        "traces",
        include_str!("../../../../migrations/postgres/0006_traces.sql"),
    ),
    (7, "cost", include_str!("../../../../migrations/postgres/0007_cost.sql")),
    (
        9,
        "dashboards",
        include_str!("../../../../migrations/postgres/0009_dashboards.sql"),
    ),
    (
        10,
        "payload",
        include_str!("../../../../migrations/postgres/0010_payload.sql"),
    ),
    (
        11,
        "word_filters",
        include_str!("../../../../migrations/postgres/0011_word_filters.sql"),
    ),
    (
        12,
        "word_pieces",
        include_str!("../../../../migrations/postgres/0012_word_pieces.sql"),
    ),
    (
        13,
        "errors_by_name",
        include_str!("../../../../migrations/postgres/0013_errors_by_name.sql"),
    ),
    (
        14,
        "event_days",
        include_str!("../../../../migrations/postgres/0014_event_days.sql"),
    ),
    (
        15,
        "slow_words",
        include_str!("../../../../migrations/postgres/0015_slow_words.sql"),
    ),
    (
        16,
        "beginnings",
        include_str!("../../../../migrations/postgres/0016_beginnings.sql"),
    ),
    (
        18,
        "filter_bits",
        include_str!("../../../../migrations/postgres/0018_filter_bits.sql"),
    ),
    (
        19,
        "arrival_order",
        include_str!("../../../../migrations/postgres/0019_arrival_order.sql"),
    ),
];

/// How far the schema is.
///
/// # Errors
/// [`StoreError::Newer`]; [`StoreError::Database`].
pub(super) async fn state(connection: &mut PgConnection) -> Result<Schema, StoreError> {
    let begun = sqlx::query("SELECT 1 WHERE to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_optional(&mut *connection)
        .await?;
    schema::state(connection, begun.is_some(), HISTORY).await
}

/// Runs what has not run yet.
///
/// # Errors
/// When a migration fails or was changed after it ran; [`StoreError::Newer`].
pub(super) async fn run(connection: &mut PgConnection) -> Result<(), StoreError> {
    state(connection).await?;
    schema::run(connection, HISTORY).await
}
