//! A run: the shop's traffic, batch by batch, each in its time.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;

use serde::Serialize;
use tokio::time::Instant;

use super::count::Tally;
use super::door::{Door, Outcome};
use super::log::{Level, Log};
use super::pace::{Schedule, Work};
use super::progress::Progress;
use crate::shop::{ShopEvent, Traffic};

/// So many attempts to reach somebody are enough, when nobody ever answered.
const NOBODY: u32 = 10;

/// What a run needs while it lasts.
pub(super) struct Run<'a> {
    pub(super) door: Arc<Door>,
    pub(super) traffic: Traffic,
    pub(super) schedule: Schedule,
    /// Events a request; 1 with the route for single events.
    pub(super) batch: u32,
    pub(super) single: bool,
    /// Events yet to be sent.
    pub(super) left: u64,
    pub(super) tally: Tally,
    pub(super) progress: &'a Progress,
    pub(super) log: &'a Log,
    /// Attempts that reached nobody; `None` once somebody answered.
    pub(super) nobody: Option<u32>,
    /// Why the run ended early.
    pub(super) fault: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    events: &'a [ShopEvent],
}

impl Run<'_> {
    fn stop(&mut self, why: String) -> ControlFlow<()> {
        self.log.write(Level::Error, &why);
        self.fault = Some(why);
        ControlFlow::Break(())
    }
}

impl Work for Run<'_> {
    type Outcome = Outcome;

    fn start(&mut self, n: u64, due: Instant) -> Option<Pin<Box<dyn Future<Output = Outcome> + Send>>> {
        let now = self.schedule.offset(n);
        let wanted = u32::try_from(self.left).unwrap_or(u32::MAX).min(self.batch);
        let events: Vec<ShopEvent> = (0..wanted).map_while(|_| self.traffic.next(now)).collect();
        let count = u32::try_from(events.len()).ok().filter(|count| *count > 0)?;
        let body = match events.as_slice() {
            [event] if self.single => serde_json::to_vec(event),
            events => serde_json::to_vec(&Body { events }),
        };
        let body = body.ok()?;
        self.left -= u64::from(count);
        self.tally.send(count);
        let door = Arc::clone(&self.door);
        Some(Box::pin(async move { door.send(body.into(), count, due).await }))
    }

    fn settle(&mut self, outcome: Outcome) -> ControlFlow<()> {
        self.tally.settle(&outcome, crate::now());
        self.progress.advance(outcome.count, outcome.count - outcome.stored);
        self.log.write(
            Level::Debug,
            format_args!(
                "{} of {} events stored in {:.1} ms",
                outcome.stored,
                outcome.count,
                outcome.latency.as_secs_f64() * 1_000.0
            ),
        );
        if let Some(error) = &outcome.error {
            self.log.write(Level::Warning, error);
        }
        match (outcome.status, &outcome.error) {
            (Some(401 | 403), Some(error)) => {
                return self.stop(format!("the server does not accept the API key: {error}"));
            }
            (Some(_), _) => self.nobody = None,
            (None, _) if !outcome.nobody => self.nobody = None,
            (None, error) => {
                self.nobody = self.nobody.map(|count| count + 1);
                if self.nobody >= Some(NOBODY) {
                    let why = error.clone().unwrap_or_default();
                    return self.stop(format!("nobody answers: {why}"));
                }
            }
        }
        ControlFlow::Continue(())
    }
}
