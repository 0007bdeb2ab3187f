//! The schema's history. The migrator holds an advisory lock while it runs, so
//! that of several servers that start at once one does it.

use std::borrow::Cow;

use sqlx::PgConnection;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::store::StoreError;

const HISTORY: &[(i64, &str, &str)] = &[
    (1, "core", include_str!("../../../../migrations/postgres/0001_core.sql")),
    (
        4,
        "rollups",
        include_str!("../../../../migrations/postgres/0004_rollups.sql"),
    ),
    (7, "cost", include_str!("../../../../migrations/postgres/0007_cost.sql")),
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
];

/// Runs what has not run yet.
///
/// # Errors
/// When a migration fails, was changed after it ran, or is not known to this program.
pub(super) async fn run(connection: &mut PgConnection) -> Result<(), StoreError> {
    let migrations = HISTORY
        .iter()
        .map(|(version, name, text)| {
            let sql = sqlx::SqlStr::from_static(text);
            Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
        })
        .collect();
    let migrator = Migrator::with_migrations(migrations);
    migrator.run_direct(None, connection, false).await?;
    Ok(())
}
