//! Moves the log into the database, beside the writer instead of inside its commits.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Row, SqliteConnection};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::Writer;

/// How often.
const EVERY: Duration = Duration::from_millis(500);
/// A log of this many pages (of 4 KiB) is started over, for which the writer
/// is held up for a few milliseconds; under steady load nothing else ends it.
const RESTART_PAGES: i64 = 16_384;

/// Starts the task.
pub(super) fn start(mut connection: SqliteConnection, writer: Arc<Mutex<Writer>>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = checkpoint(&mut connection, &writer).await {
                tracing::warn!(%error, "checkpoint failed; the log grows until one succeeds");
            }
        }
    })
}

async fn checkpoint(connection: &mut SqliteConnection, writer: &Mutex<Writer>) -> Result<(), sqlx::Error> {
    let result = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .fetch_one(&mut *connection)
        .await?;
    let pages: i64 = result.try_get(1)?;
    if pages > RESTART_PAGES {
        // Nearly all is moved already; with the writer at rest, the remainder
        // is moved and the next commit begins the log anew.
        let _resting = writer.lock().await;
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
            .fetch_one(&mut *connection)
            .await?;
    }
    Ok(())
}
