//! Moves the log into the database, beside the writer instead of inside its commits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{Row, SqliteConnection};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::Writer;

/// How often.
const EVERY: Duration = Duration::from_millis(500);
/// A log of this many pages (of 4 KiB) is started over, for which the writer
/// is held up for a few milliseconds; under steady load nothing else ends it.
const RESTART_PAGES: i64 = 16_384;
/// How often more is moved before that.
const ROUNDS: u32 = 2;

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
    if move_pages(connection).await? <= RESTART_PAGES {
        return Ok(());
    }
    // What came while that was moved is moved as well, and again: so little is
    // left then that the writer rests for a moment only. With it at rest, the
    // remainder is moved and the next commit begins the log anew.
    for _ in 0..ROUNDS {
        move_pages(connection).await?;
    }
    let _resting = writer.lock().await;
    let started = Instant::now();
    move_pages(connection).await?;
    metrics::histogram!("eventglass_stage_seconds", "stage" => "restart").record(started.elapsed().as_secs_f64());
    Ok(())
}

/// Moves what can be moved without holding up anybody, and says how many pages the log has.
async fn move_pages(connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    let moved = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .fetch_one(connection)
        .await?;
    moved.try_get(1)
}
