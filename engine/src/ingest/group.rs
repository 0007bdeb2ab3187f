//! Natural group commit: whatever queued up while the last commit ran is the
//! next one. No timer: an idle server answers after one commit, a busy one
//! shares each commit among many. A group is answered when it is on disk; the
//! next is written meanwhile. A group that the store refuses for what is in it is
//! halved, so that nobody is refused for the events of others.

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
/// Commits of the parts of one group that may fail before the rest is halved no more.
const FAILED_PARTS: usize = 32;

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
            for group in self.write(group).await {
                answers.spawn(group.answer(Arc::clone(&self.breaker), Arc::clone(&self.gauges)));
            }
            while answers.try_join_next().is_some() {}
        }
        // What was written is answered, also when the program ends.
        while answers.join_next().await.is_some() {}
    }

    /// Writes jobs together. Those of a group that fails for what is in it are
    /// written in halves, and the breaker stays closed if some are stored.
    async fn write(&self, mut group: Vec<Job>) -> Vec<Group> {
        let started = Instant::now();
        let sizes: Vec<usize> = group.iter().map(|job| job.events.len()).collect();
        for job in &group {
            stage("queue", started.duration_since(job.queued_at));
        }
        let events: Vec<PendingEvent> = group
            .iter_mut()
            .flat_map(|job| std::mem::take(&mut job.events))
            .collect();
        let (mut done, mut failed) = (Vec::new(), 0);
        let mut parts = vec![(group, sizes, events)];
        while let Some((mut jobs, mut sizes, events)) = parts.pop() {
            count_group(events.len());
            let events = Arc::new(events);
            let result = self.append(&events, self.clock.now(), failed == 0).await;
            let is_lasting = result.as_ref().is_err_and(|error| !error.is_passing());
            failed += usize::from(result.is_err());
            if is_lasting && jobs.len() > 1 && failed < FAILED_PARTS {
                let mut events = Arc::unwrap_or_clone(events);
                let half = jobs.len() / 2;
                let (later_jobs, later_sizes) = (jobs.split_off(half), sizes.split_off(half));
                let later = events.split_off(sizes.iter().sum());
                parts.push((later_jobs, later_sizes, later));
                parts.push((jobs, sizes, events));
                continue;
            }
            done.push(Group {
                jobs,
                sizes,
                _events: events,
                started,
                result,
            });
        }
        self.judge(&done);
        done
    }

    /// Opens the breaker when the store is away, or takes nothing at all.
    fn judge(&self, groups: &[Group]) {
        let errors = || groups.iter().filter_map(|group| group.result.as_ref().err());
        let stored = groups.iter().any(|group| group.result.is_ok());
        if let Some(error) = errors().find(|error| !stored || error.is_passing()) {
            self.breaker.open(error.to_string());
        } else if let Some(error) = errors().next() {
            tracing::error!(%error, "some events cannot be stored; others of their group are");
        }
    }

    /// Tries a few times; the part of a group that was tried already, only while
    /// the store is away. While the breaker is open, what is still queued gets
    /// one try each: the store may have recovered.
    async fn append(
        &self,
        events: &Arc<Vec<PendingEvent>>,
        now: Timestamp,
        is_first: bool,
    ) -> Result<Written, StoreError> {
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
                Err(error) if attempt < tries && (is_first || error.is_passing()) => {
                    attempt += 1;
                    metrics::counter!("eventglass_commit_retries_total").increment(1);
                    tracing::warn!(events = events.len(), attempt, %error, "commit failed, trying again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                Err(error) => {
                    metrics::counter!("eventglass_commit_failures_total").increment(1);
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
    /// So many wait to be written.
    pub(super) fn expect(&self, events: usize, bytes: usize) {
        self.events.fetch_add(events as u64, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// They wait no more, and how long they were written.
    pub(super) fn note(&self, events: usize, bytes: usize, took: Duration) {
        self.events.fetch_sub(events as u64, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes as u64, Ordering::Relaxed);
        let mut commits = self.commits.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if commits.len() >= COMMITS {
            commits.pop_front();
        }
        commits.push_back(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }
}

/// Records how many events a commit has.
pub(super) fn count_group(events: usize) {
    metrics::histogram!("eventglass_commit_events").record(as_f64(events));
}

/// Records how long a stage of ingest took, in seconds.
pub(super) fn stage(name: &'static str, took: Duration) {
    metrics::histogram!("eventglass_stage_seconds", "stage" => name).record(took.as_secs_f64());
}

#[expect(clippy::cast_precision_loss, reason = "a histogram of counts below 2^52")]
fn as_f64(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::ingest::NewEvent;
    use crate::store::AccessStore;
    use crate::store::postgres::{PostgresStore, cluster};

    /// What becomes of jobs of one event each, written as one group.
    async fn write(store: &Arc<PostgresStore>, p: i64, ids: &[&str]) -> (Vec<bool>, Option<String>) {
        let (queue, jobs) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(ids.len()));
        let mut replies = Vec::new();
        for id in ids {
            let event = NewEvent::new((*id).to_owned(), SystemClock.now(), "k".to_owned());
            let (reply, answer) = oneshot::channel();
            replies.push(answer);
            let job = Job {
                events: vec![event.prepare(p, false)],
                bytes: 1,
                queued_at: Instant::now(),
                reply,
                _room: Arc::clone(&room).acquire_owned().await.unwrap(),
            };
            assert!(queue.send(job).is_ok());
        }
        drop(queue);
        let writer = Writer {
            store: Arc::clone(store) as SharedStore,
            clock: Arc::new(SystemClock),
            breaker: Arc::default(),
            gauges: Arc::default(),
            retries: 1,
        };
        let breaker = Arc::clone(&writer.breaker);
        let gauges = Arc::clone(&writer.gauges);
        // As if all had been counted in.
        gauges.events.store(ids.len() as u64, Ordering::Relaxed);
        gauges.bytes.store(ids.len() as u64, Ordering::Relaxed);
        writer.run(jobs).await;
        let mut stored = Vec::new();
        for reply in replies {
            stored.push(reply.await.unwrap().is_ok_and(|outcomes| outcomes == [Appended::New]));
        }
        assert_eq!(gauges.events.load(Ordering::Relaxed), 0, "each job leaves once");
        assert_eq!(gauges.bytes.load(Ordering::Relaxed), 0);
        (stored, breaker.halted())
    }

    #[tokio::test]
    async fn nobody_is_refused_for_the_events_of_others() {
        let url = cluster::shared().database();
        let store = Arc::new(PostgresStore::open(&url).await.unwrap());
        let now = SystemClock.now();
        let owner = store.add_user("a", "", now).await.unwrap();
        let p = store.add_project(owner, "p", "p", "", now).await.unwrap().id;
        cluster::shared()
            .execute(&url, "ALTER TABLE events ADD CHECK (event_id NOT LIKE 'bad%')")
            .unwrap();

        let (stored, halted) = write(&store, p, &["a", "b", "bad", "c", "d", "bad too", "e"]).await;
        assert_eq!(stored, [true, true, false, true, true, false, true]);
        assert_eq!(halted, None, "the store takes events");
        assert_eq!(store.project_by_id(p).await.unwrap().unwrap().event_count, 5);

        // Where nothing is stored at all, it is the store.
        let (stored, halted) = write(&store, p, &["bad 1", "bad 2", "bad 3"]).await;
        assert_eq!(stored, [false; 3]);
        assert!(halted.is_some());
    }
}
