//! Natural group commit: whatever queued up while the last commit ran is the
//! next one. No timer: an idle server answers after one commit, a busy one
//! shares each commit among many. A group is answered when it is on disk; the
//! next is written meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use eventglass_model::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::task::JoinSet;

use crate::clock::SharedClock;
use crate::ingest::PendingEvent;
use crate::ingest::breaker::Breaker;
use crate::store::{Appended, SharedStore, StoreError, Written};

/// The most events of one commit. A group this size is written in about 50 ms.
const GROUP_EVENTS: usize = 4_000;
/// The most bytes of one commit.
const GROUP_BYTES: usize = 8 << 20;
/// The pause before the first retry of a commit; it doubles each time.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The events of one request, on their way to a commit.
pub(super) struct Job {
    pub(super) events: Vec<PendingEvent>,
    pub(super) bytes: usize,
    pub(super) queued_at: Instant,
    pub(super) reply: oneshot::Sender<Result<Vec<Appended>, Arc<StoreError>>>,
    pub(super) _room: OwnedSemaphorePermit,
}

/// What waits, and how long commits take.
#[derive(Default)]
pub(super) struct Gauges {
    pub(super) events: AtomicU64,
    pub(super) bytes: AtomicU64,
    /// Microseconds of the last commits, a ring.
    pub(super) commits: std::sync::Mutex<std::collections::VecDeque<u32>>,
}

/// Commits that the gauges remember.
const COMMITS: usize = 100;

/// The one that writes.
pub(super) struct Writer {
    pub(super) store: SharedStore,
    pub(super) clock: SharedClock,
    pub(super) breaker: Arc<Breaker>,
    pub(super) gauges: Arc<Gauges>,
    pub(super) retries: u32,
}

impl Writer {
    /// Writes until the last sender of jobs is gone and all is written.
    pub(super) async fn run(self, mut jobs: mpsc::UnboundedReceiver<Job>) {
        let mut answers = JoinSet::new();
        while let Some(first) = jobs.recv().await {
            let mut group = vec![first];
            let mut events = group.iter().map(|job| job.events.len()).sum::<usize>();
            let mut bytes = group.iter().map(|job| job.bytes).sum::<usize>();
            while events < GROUP_EVENTS && bytes < GROUP_BYTES {
                let Ok(job) = jobs.try_recv() else { break };
                events += job.events.len();
                bytes += job.bytes;
                group.push(job);
            }
            let group = self.write(group).await;
            answers.spawn(group.answer(Arc::clone(&self.breaker), Arc::clone(&self.gauges)));
            while answers.try_join_next().is_some() {}
        }
        // What was written is answered, also when the program ends.
        while answers.join_next().await.is_some() {}
    }

    async fn write(&self, mut group: Vec<Job>) -> Group {
        let started = Instant::now();
        let sizes: Vec<usize> = group.iter().map(|job| job.events.len()).collect();
        for job in &group {
            stage("queue", started.duration_since(job.queued_at));
        }
        let events: Vec<PendingEvent> = group
            .iter_mut()
            .flat_map(|job| std::mem::take(&mut job.events))
            .collect();
        let count = events.len();
        metrics::histogram!("eventglass_commit_events").record(as_f64(count));
        let events = Arc::new(events);
        let result = self.append(&events, self.clock.now()).await;
        Group {
            jobs: group,
            sizes,
            _events: events,
            started,
            result,
        }
    }

    /// Tries a few times, then opens the breaker. While that is open, what is
    /// still queued gets one try each: the store may have recovered.
    async fn append(&self, events: &Arc<Vec<PendingEvent>>, now: Timestamp) -> Result<Written, StoreError> {
        let tries = if self.breaker.halted().is_some() {
            0
        } else {
            self.retries
        };
        let mut pause = FIRST_PAUSE;
        let mut attempt = 0;
        loop {
            match self.store.write(Arc::clone(events), now).await {
                Ok(written) => return Ok(written),
                Err(error) if attempt < tries => {
                    attempt += 1;
                    metrics::counter!("eventglass_commit_retries_total").increment(1);
                    tracing::warn!(events = events.len(), attempt, %error, "commit failed, trying again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                Err(error) => {
                    metrics::counter!("eventglass_commit_failures_total").increment(1);
                    self.breaker.open(error.to_string());
                    return Err(error);
                }
            }
        }
    }
}

/// Jobs that were written together, or that could not be.
struct Group {
    jobs: Vec<Job>,
    /// Events of each.
    sizes: Vec<usize>,
    /// Held to be freed where it holds up nobody.
    _events: Arc<Vec<PendingEvent>>,
    started: Instant,
    result: Result<Written, StoreError>,
}

impl Group {
    /// Answers each job once the group is on disk.
    async fn answer(self, breaker: Arc<Breaker>, gauges: Arc<Gauges>) {
        let written = Instant::now();
        let result = match self.result {
            Ok(written) => written.durable().await.inspect_err(|error| {
                metrics::counter!("eventglass_commit_failures_total").increment(1);
                breaker.open(error.to_string());
            }),
            Err(error) => Err(error),
        };
        stage("flush", written.elapsed());
        let took = self.started.elapsed();
        stage("commit", took);
        gauges.note(
            self.sizes.iter().sum(),
            self.jobs.iter().map(|job| job.bytes).sum(),
            took,
        );
        match result {
            Ok(appended) => {
                let mut rest = appended.into_iter();
                for (job, size) in self.jobs.into_iter().zip(self.sizes) {
                    let of_job = rest.by_ref().take(size).collect();
                    // A client that hung up does not hear of it; its events are stored all the same.
                    let _ = job.reply.send(Ok(of_job));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for job in self.jobs {
                    let _ = job.reply.send(Err(Arc::clone(&error)));
                }
            }
        }
    }
}

impl Gauges {
    fn note(&self, events: usize, bytes: usize, took: Duration) {
        self.events.fetch_sub(events as u64, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes as u64, Ordering::Relaxed);
        let mut commits = self.commits.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if commits.len() >= COMMITS {
            commits.pop_front();
        }
        commits.push_back(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }
}

/// Records how long a stage of ingest took, in seconds.
fn stage(name: &'static str, took: Duration) {
    metrics::histogram!("eventglass_stage_seconds", "stage" => name).record(took.as_secs_f64());
}

#[expect(clippy::cast_precision_loss, reason = "a histogram of counts below 2^52")]
fn as_f64(n: usize) -> f64 {
    n as f64
}
