//! From canonical events to committed ones.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eventglass_model::{BatchOutcome, FieldError, ItemOutcome, ItemStatus, Timestamp};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::clock::SharedClock;
use crate::ingest::limits::Limits;
use crate::ingest::new_event::{NewEvent, PendingEvent};
use crate::store::{Appended, SharedStore, StoreError};

/// The most events of one commit. A group this size is written in about 50 ms.
const GROUP_EVENTS: usize = 4_000;
/// The most bytes of one commit.
const GROUP_BYTES: usize = 8 << 20;
/// The queue's permits are of this many bytes, because a semaphore counts to 2^29 on small machines.
const PERMIT_BYTES: usize = 1_024;

/// An item that a door could not make an event of.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The client's id, where one could be read.
    pub event_id: Option<String>,
    /// Why, with places relative to the item.
    pub errors: Vec<FieldError>,
}

/// Why a whole request was not taken. Nothing of it is stored, except after
/// [`IngestError::Store`], when it is not known whether it is.
#[derive(Debug, Error)]
pub enum IngestError {
    /// More events than [`Limits::batch_events`].
    #[error("a request may carry at most {most} events, this one carries {got}")]
    TooManyEvents {
        /// The limit.
        most: usize,
        /// What was sent.
        got: usize,
    },
    /// The queue is full.
    #[error("the ingest queue is full")]
    Busy,
    /// The program is ending.
    #[error("the server is shutting down")]
    Closed,
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(Arc<StoreError>),
}

struct Job {
    events: Vec<PendingEvent>,
    bytes: usize,
    queued_at: Instant,
    reply: oneshot::Sender<Result<Vec<Appended>, Arc<StoreError>>>,
    _room: OwnedSemaphorePermit,
}

/// The pipeline. Cheap to clone; the writer ends, after writing what was
/// accepted, when the last clone is gone.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::UnboundedSender<Job>,
    room: Arc<Semaphore>,
    clock: SharedClock,
    limits: Arc<Limits>,
}

impl Ingest {
    /// Starts the writer task; its handle ends when all is written.
    #[must_use]
    pub fn start(store: SharedStore, clock: SharedClock, limits: Limits) -> (Self, tokio::task::JoinHandle<()>) {
        // Unbounded in number, bounded in bytes by the permits that travel with the jobs.
        let (queue, jobs) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(limits.queue_bytes.div_ceil(PERMIT_BYTES)));
        let writer = tokio::spawn(write_groups(store, Arc::clone(&clock), jobs));
        (
            Self {
                queue,
                room,
                clock,
                limits: Arc::new(limits),
            },
            writer,
        )
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The clock that events are checked against.
    #[must_use]
    pub fn clock(&self) -> &SharedClock {
        &self.clock
    }

    /// Stores what can be stored and says what became of each item, in order.
    /// When this returns `Ok`, every `accepted` item is committed to disk.
    ///
    /// # Errors
    /// [`IngestError`], when nothing of the request was taken.
    pub async fn submit(
        &self,
        project_id: i64,
        items: Vec<Result<NewEvent, Refused>>,
    ) -> Result<BatchOutcome, IngestError> {
        if items.len() > self.limits.batch_events {
            return Err(IngestError::TooManyEvents {
                most: self.limits.batch_events,
                got: items.len(),
            });
        }
        let now = self.clock.now();
        let mut outcomes = Vec::with_capacity(items.len());
        let mut pending = Vec::with_capacity(items.len());
        let mut bytes = 0;
        for item in items {
            let checked = item.and_then(|event| {
                let errors = event.check(now, &self.limits);
                if errors.is_empty() {
                    Ok(event)
                } else {
                    Err(Refused {
                        event_id: Some(event.event_id),
                        errors,
                    })
                }
            });
            match checked {
                Ok(event) => {
                    bytes += event.size();
                    outcomes.push(ItemOutcome {
                        event_id: Some(event.event_id.clone()),
                        status: ItemStatus::Accepted,
                        errors: Vec::new(),
                    });
                    pending.push(event.prepare(project_id));
                }
                Err(refused) => outcomes.push(ItemOutcome {
                    event_id: refused.event_id,
                    status: ItemStatus::Rejected,
                    errors: refused.errors,
                }),
            }
        }
        if !pending.is_empty() {
            let appended = self.commit(pending, bytes).await?;
            let accepted = outcomes
                .iter_mut()
                .filter(|outcome| outcome.status == ItemStatus::Accepted);
            for (outcome, appended) in accepted.zip(appended) {
                if appended == Appended::Duplicate {
                    outcome.status = ItemStatus::Duplicate;
                }
            }
        }
        Ok(BatchOutcome::new(outcomes))
    }

    async fn commit(&self, events: Vec<PendingEvent>, bytes: usize) -> Result<Vec<Appended>, IngestError> {
        // One request larger than the whole queue still passes when the queue is empty.
        let permits = bytes.min(self.limits.queue_bytes).div_ceil(PERMIT_BYTES);
        let room = Arc::clone(&self.room)
            .try_acquire_many_owned(u32::try_from(permits).unwrap_or(u32::MAX))
            .map_err(|_| IngestError::Busy)?;
        let (reply, answer) = oneshot::channel();
        let job = Job {
            events,
            bytes,
            queued_at: Instant::now(),
            reply,
            _room: room,
        };
        self.queue.send(job).map_err(|_| IngestError::Closed)?;
        answer
            .await
            .map_err(|_| IngestError::Closed)?
            .map_err(IngestError::Store)
    }
}

/// Natural group commit: whatever queued up while the last commit ran is the
/// next one. No timer: an idle server answers after one commit, a busy one
/// shares each commit among many.
async fn write_groups(store: SharedStore, clock: SharedClock, mut jobs: mpsc::UnboundedReceiver<Job>) {
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
        write_group(&store, clock.now(), group).await;
    }
}

async fn write_group(store: &SharedStore, now: Timestamp, mut group: Vec<Job>) {
    let started = Instant::now();
    let sizes: Vec<usize> = group.iter().map(|job| job.events.len()).collect();
    for job in &group {
        stage("queue", started.duration_since(job.queued_at));
    }
    let events: Vec<PendingEvent> = group
        .iter_mut()
        .flat_map(|job| std::mem::take(&mut job.events))
        .collect();
    metrics::histogram!("eventglass_commit_events").record(count(events.len()));
    let result = store.append(events, now).await;
    stage("commit", started.elapsed());
    match result {
        Ok(appended) => {
            let mut rest = appended.into_iter();
            for (job, size) in group.into_iter().zip(sizes) {
                let of_job = rest.by_ref().take(size).collect();
                // A client that hung up does not hear of it; its events are stored all the same.
                let _ = job.reply.send(Ok(of_job));
            }
        }
        Err(error) => {
            tracing::error!(events = sizes.iter().sum::<usize>(), %error, "commit failed");
            let error = Arc::new(error);
            for job in group {
                let _ = job.reply.send(Err(Arc::clone(&error)));
            }
        }
    }
}

/// Records how long a stage of ingest took, in seconds.
fn stage(name: &'static str, took: Duration) {
    metrics::histogram!("eventglass_stage_seconds", "stage" => name).record(took.as_secs_f64());
}

#[expect(clippy::cast_precision_loss, reason = "a histogram of counts below 2^52")]
fn count(n: usize) -> f64 {
    n as f64
}
