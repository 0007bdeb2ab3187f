//! What is done for rollups beside the commits: folding, deleting what is not
//! kept, and counting stored events.

use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::settings::RollupSettings;
use crate::clock::SharedClock;
use crate::store::{FoldPass, SharedStore, StoreError};

/// How often commits are folded. Reads add what is not folded yet, so that it
/// need not be often; but what waits is in memory.
const FOLD_EVERY: Duration = Duration::from_secs(2);
/// The longest that it folds on end, so that the rest has its turn.
const FOLD_FOR: Duration = Duration::from_secs(10);
const EXPIRE_EVERY: Duration = Duration::from_mins(10);
/// How often counting stored events tells how far it is.
const TELL_EVERY: Duration = Duration::from_secs(10);
/// The pause between two steps of counting, so that commits have room.
const STEP_PAUSE: Duration = Duration::from_millis(20);

/// Keeps the rollups of a store until it is aborted.
#[must_use]
pub fn keep(store: SharedStore, clock: SharedClock, settings: RollupSettings) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut keeper = Keeper {
            store,
            clock,
            settings,
            expired: None,
            told: Instant::now(),
        };
        loop {
            let pause = match keeper.turn().await {
                Ok(pause) => pause,
                Err(error) => {
                    metrics::counter!("eventglass_jobs_total", "job" => "rollups", "outcome" => "failed").increment(1);
                    tracing::warn!(%error, "keeping rollups failed; it is tried again, and nothing is lost");
                    FOLD_EVERY
                }
            };
            tokio::time::sleep(pause).await;
        }
    })
}

struct Keeper {
    store: SharedStore,
    clock: SharedClock,
    settings: RollupSettings,
    expired: Option<Instant>,
    told: Instant,
}

impl Keeper {
    /// Folds until hardly anything is left, or it has taken long.
    async fn fold(&self) -> Result<FoldPass, StoreError> {
        let begun = Instant::now();
        loop {
            let started = Instant::now();
            let left = self.store.fold_rollups(&self.settings, self.clock.now()).await?;
            if left != FoldPass::Nothing {
                metrics::histogram!("eventglass_stage_seconds", "stage" => "fold")
                    .record(started.elapsed().as_secs_f64());
            }
            if left != FoldPass::More || begun.elapsed() >= FOLD_FOR {
                return Ok(left);
            }
            tokio::task::yield_now().await;
        }
    }

    /// Does what is to be done, and says after which pause to come again.
    async fn turn(&mut self) -> Result<Duration, StoreError> {
        let left = self.fold().await?;
        if self.expired.is_none_or(|at| at.elapsed() >= EXPIRE_EVERY) {
            self.expired = Some(Instant::now());
            self.store.expire_rollups(&self.settings, self.clock.now()).await?;
        }
        let begun = Instant::now();
        while begun.elapsed() < FOLD_EVERY {
            let Some(step) = self.store.build_rollups().await? else {
                return Ok(if left == FoldPass::More {
                    Duration::ZERO
                } else {
                    FOLD_EVERY
                });
            };
            if step.done || self.told.elapsed() >= TELL_EVERY {
                self.told = Instant::now();
                let (project, events) = (step.project_id, step.events);
                if step.done {
                    tracing::info!(project, events, "counted the stored events of a project");
                } else {
                    tracing::info!(project, events, "counting the stored events of a project");
                }
            }
            tokio::time::sleep(STEP_PAUSE).await;
        }
        Ok(Duration::ZERO)
    }
}
