//! Traces, as the API asks for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use eventglass_model::{Timestamp, Trace, TraceUpdate};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use super::fold::{Pass, pass};
use super::skeleton::skeleton_of;
use super::usage::aggregates;
use super::{TraceState, Tree};
use crate::clock::SharedClock;
use crate::store::{SharedStore, StoreError, TraceRows};

/// How often the list is brought up to date when nobody asks.
const EVERY: Duration = Duration::from_secs(1);
/// The longest rest between two passes.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// Projects that are looked after in one turn.
const PROJECTS: usize = 1_000;

/// What bounds the work of one request.
#[derive(Clone, Copy, Debug)]
pub struct TraceLimits {
    /// Events of a trace that are shown.
    pub spans: usize,
    /// Traces that a list looks at to fill one page.
    pub scan: usize,
    /// How long a search for events may take, of those that a list makes.
    pub budget: Duration,
    /// How long a list waits to be brought up to date.
    pub catch_up: Duration,
}

impl Default for TraceLimits {
    fn default() -> Self {
        Self {
            spans: 100_000,
            scan: 50_000,
            budget: Duration::from_secs(2),
            catch_up: Duration::from_millis(300),
        }
    }
}

/// Traces of all projects. Cheap to clone.
#[derive(Clone)]
pub struct Traces {
    pub(super) store: SharedStore,
    pub(super) clock: SharedClock,
    pub(super) limits: TraceLimits,
    /// Whoever holds this makes passes; others wait for the result.
    folding: Arc<Mutex<()>>,
    /// Requests of people so far.
    people: Arc<AtomicU64>,
}

impl Traces {
    /// Over a store.
    #[must_use]
    pub fn new(store: SharedStore, clock: SharedClock, limits: TraceLimits) -> Self {
        Self {
            store,
            clock,
            limits,
            folding: Arc::default(),
            people: Arc::default(),
        }
    }

    /// Notes that somebody asked for something, to whom bringing the lists up to date gives way.
    pub fn note_person(&self) {
        self.people.fetch_add(1, Ordering::Relaxed);
    }

    /// Starts the task that keeps the lists of all projects up to date. It
    /// ends when the sender of `end` says so, or is gone.
    pub fn start(&self, mut end: watch::Receiver<bool>) -> JoinHandle<()> {
        let traces = self.clone();
        tokio::spawn(async move {
            let work = async {
                loop {
                    if let Err(error) = traces.fold_all().await {
                        tracing::warn!(%error, "bringing the list of traces up to date failed; it is tried again");
                    }
                    tokio::time::sleep(EVERY).await;
                }
            };
            tokio::select! {
                () = work => {}
                _ = end.wait_for(|ended| *ended) => {}
            }
        })
    }

    async fn fold_all(&self) -> Result<(), StoreError> {
        for project_id in self.store.projects_to_fold(PROJECTS).await? {
            let mut pace = Pace::default();
            loop {
                let started = Instant::now();
                let done = {
                    let _alone = self.folding.lock().await;
                    pass(&self.store, project_id, self.limits.spans).await?
                };
                metrics::histogram!("eventglass_stage_seconds", "stage" => "fold").record(started.elapsed());
                let Pass::More { last, behind } = done else { break };
                let rest = started.elapsed() * pace.rest(last, self.people.load(Ordering::Relaxed), behind);
                tokio::time::sleep(rest.min(LONGEST_REST)).await;
            }
        }
        Ok(())
    }

    /// Brings a project's list up to date, as far as that is possible in a
    /// moment; says whether it is behind.
    pub(super) async fn catch_up(&self, project_id: i64) -> Result<bool, StoreError> {
        let started = Instant::now();
        while started.elapsed() < self.limits.catch_up {
            let _alone = self.folding.lock().await;
            if pass(&self.store, project_id, self.limits.spans).await? == Pass::Done {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A trace with its skeleton; `None` when nothing of it is stored.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open(&self, project_id: i64, trace_id: &str) -> Result<Option<Trace>, StoreError> {
        let rows = self.rows(project_id, trace_id).await?;
        let (trace_id, now) = (trace_id.to_owned(), self.clock.now());
        in_thread(move || (!rows.rows.is_empty()).then(|| trace_of(&trace_id, &rows, now))).await
    }

    /// The trace, if it got events after a watermark; `None` when nothing of it is stored.
    ///
    /// # Errors
    /// [`StoreError::BadToken`] for a watermark that is none; when the store fails.
    pub async fn updates(
        &self,
        project_id: i64,
        trace_id: &str,
        arrived_after: &str,
    ) -> Result<Option<TraceUpdate>, StoreError> {
        let after = i64::from_str_radix(arrived_after, 16).map_err(|_| StoreError::BadToken("arrived_after"))?;
        let (grew, last) = self.store.trace_grew(project_id, trace_id, after).await?;
        if !grew {
            return Ok(Some(TraceUpdate {
                watermark: format!("{last:x}"),
                trace: None,
            }));
        }
        let trace = self.open(project_id, trace_id).await?;
        Ok(trace.map(|trace| TraceUpdate {
            watermark: trace.watermark.clone(),
            trace: Some(trace),
        }))
    }

    pub(super) async fn rows(&self, project_id: i64, trace_id: &str) -> Result<TraceRows, StoreError> {
        self.store
            .trace_rows(project_id, trace_id, self.limits.spans, None)
            .await
    }
}

/// A task that works for a moment rests so many times as long. Events and people come
/// first, as long as the list is not too far behind: what keeps coming as fast would else
/// leave it further behind for ever.
#[derive(Default)]
struct Pace {
    last: i64,
    people: u64,
}

impl Pace {
    /// After a pass: the last commit of the project and the requests of people until now, and
    /// how far the list is behind, in microseconds.
    const fn rest(&mut self, last: i64, people: u64, behind: i64) -> u32 {
        const MINUTE: i64 = 60 * 1_000_000;
        let is_busy = last != self.last || people != self.people;
        *self = Self { last, people };
        if !is_busy || behind >= 30 * MINUTE {
            1
        } else if behind >= 5 * MINUTE {
            4
        } else {
            9
        }
    }
}

/// A trace of its events.
pub(super) fn trace_of(trace_id: &str, rows: &TraceRows, now: Timestamp) -> Trace {
    let tree = Tree::build(&rows.rows);
    let aggregates = aggregates(&rows.rows, &tree);
    Trace {
        head: TraceState::of_tree(trace_id, &rows.rows, &tree, &aggregates).summary(now),
        truncated: rows.truncated,
        watermark: format!("{:x}", rows.watermark),
        spans: skeleton_of(&rows.rows, &tree, &aggregates),
    }
}

/// Does what takes a while where it holds up nobody.
pub(super) async fn in_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(StoreError::panicked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_gives_way_to_events_and_to_people_until_it_is_far_behind() {
        const MINUTE: i64 = 60_000_000;
        let mut pace = Pace::default();
        assert_eq!(pace.rest(7, 0, 0), 9, "events came");
        assert_eq!(pace.rest(7, 0, 0), 1, "nobody is there");
        assert_eq!(pace.rest(7, 1, 0), 9, "somebody asks");
        assert_eq!(pace.rest(7, 1, 0), 1, "and has gone");
        assert_eq!(pace.rest(8, 2, 5 * MINUTE), 4);
        assert_eq!(pace.rest(9, 3, 30 * MINUTE), 1);
    }
}
