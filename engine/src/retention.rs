//! Forgets old events, on the one server that leads.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use crate::clock::SharedClock;
use crate::store::{Retention, SharedStore};

/// How often each server looks whether it leads.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often the one that leads forgets what has become too old.
const FORGET_EVERY: Duration = Duration::from_mins(10);

/// Starts the task, which goes on until it is aborted.
#[must_use]
pub fn start(store: SharedStore, clock: SharedClock, retention: Retention) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last: Option<Instant> = None;
        loop {
            ticks.tick().await;
            let leads = store.leads();
            metrics::gauge!("eventglass_leader").set(if leads { 1.0 } else { 0.0 });
            if !leads {
                // Who takes over looks at once: nobody knows how far the other was.
                last = None;
                continue;
            }
            if last.is_some_and(|last| last.elapsed() < FORGET_EVERY) {
                continue;
            }
            last = Some(Instant::now());
            let outcome = match store.forget(clock.now(), &retention).await {
                Ok(forgotten) => {
                    if forgotten.events > 0 {
                        tracing::info!(events = forgotten.events, days = forgotten.days, "forgot old events");
                    }
                    "done"
                }
                Err(error) => {
                    tracing::warn!(%error, "forgetting old events failed; it is tried again");
                    "failed"
                }
            };
            metrics::counter!("eventglass_jobs_total", "job" => "retention", "outcome" => outcome).increment(1);
        }
    })
}
