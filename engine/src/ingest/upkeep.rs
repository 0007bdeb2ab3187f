//! What has to be done beside the hot path, at its own pace.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use crate::clock::SharedClock;
use crate::ingest::acks::Acks;
use crate::ingest::breaker::Breaker;
use crate::ingest::recorder::Recorder;
use crate::store::{Expiry, SharedStore};

const TICK: Duration = Duration::from_millis(200);
const RECORD_EVERY: Duration = Duration::from_secs(5);
const EXPIRE_EVERY: Duration = Duration::from_mins(10);
/// The longest pause between two probes of a store that failed.
const PROBE_AT_LEAST_EVERY: Duration = Duration::from_secs(5);

/// The parts that need upkeep.
pub(crate) struct Upkeep {
    pub(crate) store: SharedStore,
    pub(crate) clock: SharedClock,
    pub(crate) acks: Arc<Acks>,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) breaker: Arc<Breaker>,
    pub(crate) expiry: Expiry,
}

impl Upkeep {
    /// Starts the task. It ends, after writing what waits, when the sender of `end` is gone.
    pub(crate) fn start(self, mut end: watch::Receiver<()>) -> JoinHandle<()> {
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(TICK);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let (mut recorded, mut expired) = (Instant::now(), None::<Instant>);
            let (mut probe_at, mut pause) = (Instant::now(), TICK);
            loop {
                tokio::select! {
                    _ = ticks.tick() => {}
                    changed = end.changed() => if changed.is_err() { break },
                }
                let now = Instant::now();
                if self.breaker.halted().is_some() {
                    if now >= probe_at {
                        pause = if self.probe().await {
                            TICK
                        } else {
                            (pause * 2).min(PROBE_AT_LEAST_EVERY)
                        };
                        probe_at = Instant::now() + pause;
                    }
                    continue;
                }
                self.note(self.acks.flush().await, "acknowledgements");
                if now - recorded >= RECORD_EVERY {
                    recorded = now;
                    self.note(self.recorder.flush().await, "counts of ingest");
                }
                if expired.is_none_or(|at| now - at >= EXPIRE_EVERY) {
                    expired = Some(now);
                    self.note(self.store.expire(self.clock.now(), &self.expiry).await, "expiry");
                }
            }
            self.note(self.acks.flush().await, "acknowledgements");
            self.note(self.recorder.flush().await, "counts of ingest");
        })
    }

    async fn probe(&self) -> bool {
        match self.store.ready().await {
            Ok(()) => {
                self.breaker.close();
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the store still cannot be written");
                false
            }
        }
    }

    fn note(&self, result: Result<(), crate::store::StoreError>, what: &'static str) {
        let outcome = if result.is_ok() { "done" } else { "failed" };
        metrics::counter!("eventglass_jobs_total", "job" => what, "outcome" => outcome).increment(1);
        if let Err(error) = result {
            tracing::warn!(%error, what, "upkeep failed; it is tried again");
        }
    }
}
