//! From canonical events to committed ones.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use eventglass_model::{BatchOutcome, Duplicates, FieldError, ItemOutcome, ItemStatus};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use crate::clock::SharedClock;
use crate::cost::{Prices, Recompute};
use crate::guard::{Limited, Plans, Policies, Policy, QuotaReached, Quotas, Rates, Reservation};
use crate::ingest::acks::{Acks, Receipt};
use crate::ingest::breaker::Breaker;
use crate::ingest::group::{FIRST_PAUSE, Gauges, Job, Writer, count_group, stage};
use crate::ingest::hash::IdHash;
use crate::ingest::limits::Limits;
use crate::ingest::new_event::{NewEvent, PendingEvent};
use crate::ingest::parts::{NewPart, PendingPart};
use crate::ingest::recorder::Recorder;
use crate::ingest::sender::Sender;
use crate::ingest::upkeep::Upkeep;
use crate::store::{Appended, Expiry, Merged, SharedStore, StoreError};

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
    /// Too many in a minute.
    #[error(transparent)]
    Limited(#[from] Limited),
    /// Too many in a month.
    #[error(transparent)]
    Quota(#[from] QuotaReached),
    /// The queue is full.
    #[error("the ingest queue is full")]
    Busy,
    /// The store could not be written a moment ago, and why.
    #[error("the store cannot be written: {0}")]
    Halted(String),
    /// The program is ending.
    #[error("the server is shutting down")]
    Closed,
    /// The store failed.
    #[error("the store failed: {0}")]
    Store(Arc<StoreError>),
}

impl From<StoreError> for IngestError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

/// What became of a request, and whom to tell when its answer has left.
pub struct Submitted {
    /// Item by item.
    pub outcome: BatchOutcome,
    /// In projects that refuse repeats.
    pub receipt: Option<Receipt>,
}

/// What waits to be written on this server, and how long writing takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Queue {
    /// Events that wait.
    pub events: u64,
    /// Bytes that wait, as they count in memory.
    pub bytes: u64,
    /// Median of the last hundred commits, in milliseconds.
    pub commit_p50_ms: Option<f64>,
    /// 99th percentile of those.
    pub commit_p99_ms: Option<f64>,
}

/// The pipeline. Cheap to clone; the writer ends, after writing what was
/// accepted, when the last clone is gone.
#[derive(Clone)]
pub struct Ingest {
    store: SharedStore,
    queue: mpsc::UnboundedSender<Job>,
    room: Arc<Semaphore>,
    clock: SharedClock,
    limits: Arc<Limits>,
    policies: Arc<Policies>,
    prices: Arc<Prices>,
    rates: Arc<Rates>,
    quotas: Arc<Quotas>,
    acks: Arc<Acks>,
    recorder: Arc<Recorder>,
    breaker: Arc<Breaker>,
    gauges: Arc<Gauges>,
}

impl Ingest {
    /// Starts the writer and the upkeep; the handle ends when all is written.
    #[must_use]
    pub fn start(
        store: SharedStore,
        clock: SharedClock,
        limits: Limits,
        plans: Plans,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        // Unbounded in number, bounded in bytes by the permits that travel with the jobs.
        let (queue, jobs) = mpsc::unbounded_channel();
        let ingest = Self {
            store: Arc::clone(&store),
            queue,
            room: Arc::new(Semaphore::new(limits.queue_bytes.div_ceil(PERMIT_BYTES))),
            policies: Arc::new(Policies::new(Arc::clone(&store), Arc::clone(&clock), plans)),
            prices: Arc::new(Prices::new(Arc::clone(&store), Arc::clone(&clock))),
            rates: Arc::new(Rates::new(Arc::clone(&clock))),
            quotas: Arc::new(Quotas::new(Arc::clone(&store))),
            acks: Arc::new(Acks::new(Arc::clone(&store))),
            recorder: Arc::new(Recorder::new(Arc::clone(&store), Arc::clone(&clock))),
            breaker: Arc::default(),
            gauges: Arc::default(),
            limits: Arc::new(limits),
            clock: Arc::clone(&clock),
        };
        let writer = Writer {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            breaker: Arc::clone(&ingest.breaker),
            gauges: Arc::clone(&ingest.gauges),
            retries: ingest.limits.commit_retries,
        };
        let recompute = Recompute::new(Arc::clone(&store), Arc::clone(&clock), Arc::clone(&ingest.prices));
        let upkeep = Upkeep {
            store,
            clock,
            acks: Arc::clone(&ingest.acks),
            recorder: Arc::clone(&ingest.recorder),
            breaker: Arc::clone(&ingest.breaker),
            expiry: Expiry::of(&ingest.limits),
        };
        let task = tokio::spawn(async move {
            let (end, ended) = watch::channel(());
            let upkeep = upkeep.start(ended.clone());
            let recompute = recompute.start(ended);
            writer.run(jobs).await;
            drop(end);
            // They have logged why, if they failed.
            let _ = (upkeep.await, recompute.await);
        });
        (ingest, task)
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

    /// What applies to each project.
    #[must_use]
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// What models cost each project.
    #[must_use]
    pub fn prices(&self) -> &Arc<Prices> {
        &self.prices
    }

    /// The rates of requests.
    #[must_use]
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// Keeps what was refused and counts what came.
    #[must_use]
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Why nothing can be written at the moment; `None` when all is well.
    #[must_use]
    pub fn halted(&self) -> Option<String> {
        self.breaker.halted()
    }

    /// What waits, and how long commits take.
    #[must_use]
    pub fn queue(&self) -> Queue {
        let mut commits: Vec<u32> = {
            let ring = self.gauges.commits.lock().unwrap_or_else(PoisonError::into_inner);
            ring.iter().copied().collect()
        };
        commits.sort_unstable();
        let percentile = |p: usize| {
            let micros = commits.get(commits.len().saturating_sub(1) * p / 100);
            micros.map(|micros| f64::from(*micros) / 1_000.0)
        };
        Queue {
            events: self.gauges.events.load(Ordering::Relaxed),
            bytes: self.gauges.bytes.load(Ordering::Relaxed),
            commit_p50_ms: percentile(50),
            commit_p99_ms: percentile(99),
        }
    }

    /// Stores what can be stored and says what became of each item, in order.
    /// When this returns `Ok`, every `accepted` item is committed to disk.
    ///
    /// # Errors
    /// [`IngestError`], when nothing of the request was taken.
    pub async fn submit(
        &self,
        sender: &Sender,
        items: Vec<Result<NewEvent, Refused>>,
    ) -> Result<Submitted, IngestError> {
        let policy = self.admit(sender, items.len()).await?;
        let (mut outcomes, mut sound) = self.check(items);
        if sound.is_empty() {
            return Ok(Submitted {
                outcome: BatchOutcome::new(outcomes),
                receipt: None,
            });
        }
        let book = self.prices.of(sender.project_id).await?;
        for event in &mut sound {
            book.price(event);
        }
        let sources: Vec<(String, String)> = if has_event_limits(&policy) {
            let owned = |(service, endpoint): (&str, &str)| (service.to_owned(), endpoint.to_owned());
            sound.iter().map(source).map(owned).collect()
        } else {
            Vec::new()
        };
        let pairs = || {
            sources
                .iter()
                .map(|(service, endpoint)| (service.as_str(), endpoint.as_str()))
        };
        let limits = &policy.settings.limits;
        self.rates.admit_events(sender.project_id, limits, pairs())?;
        let result = self.store(sender, &policy, sound).await;
        if result.is_err() {
            self.rates.give_back(sender.project_id, limits, pairs());
        }
        let (statuses, receipt) = result?;
        let accepted = outcomes
            .iter_mut()
            .filter(|outcome| outcome.status == ItemStatus::Accepted);
        for (outcome, status) in accepted.zip(statuses) {
            outcome.status = status;
        }
        Ok(Submitted {
            outcome: BatchOutcome::new(outcomes),
            receipt,
        })
    }

    /// As [`Ingest::submit`], for events that come in parts. A part is
    /// `accepted` when it is committed, and `duplicate` when it was before.
    ///
    /// # Errors
    /// [`IngestError`], when nothing of the request was taken.
    pub async fn merge(
        &self,
        sender: &Sender,
        items: Vec<Result<NewPart, Refused>>,
    ) -> Result<BatchOutcome, IngestError> {
        let policy = self.admit(sender, items.len()).await?;
        let book = self.prices.of(sender.project_id).await?;
        let now = self.clock.now();
        let mut outcomes = Vec::with_capacity(items.len());
        let mut sound = Vec::new();
        for item in items {
            let checked = item.and_then(|part| match part.event.check(now, &self.limits) {
                errors if errors.is_empty() => Ok(part),
                errors => Err(Refused {
                    event_id: Some(part.part_id),
                    errors,
                }),
            });
            let (event_id, status, errors) = match checked {
                Ok(part) => {
                    let id = part.part_id.clone();
                    sound.push(part.prepare(sender.project_id, Arc::clone(&book)));
                    (Some(id), ItemStatus::Accepted, Vec::new())
                }
                Err(refused) => (refused.event_id, ItemStatus::Rejected, refused.errors),
            };
            outcomes.push(ItemOutcome {
                event_id,
                status,
                errors,
            });
        }
        if !sound.is_empty() {
            let limits = &policy.settings.limits;
            let sound = Arc::new(sound);
            let sources = || sound.iter().map(|part| source(&part.part.event));
            self.rates.admit_events(sender.project_id, limits, sources())?;
            let merged = self.store_parts(sender, &policy, Arc::clone(&sound)).await;
            if merged.is_err() {
                self.rates.give_back(sender.project_id, limits, sources());
            }
            let merged = merged?;
            let accepted = outcomes
                .iter_mut()
                .filter(|outcome| outcome.status == ItemStatus::Accepted);
            for (outcome, merged) in accepted.zip(merged.outcomes) {
                if merged == Appended::Duplicate {
                    outcome.status = ItemStatus::Duplicate;
                }
            }
        }
        Ok(BatchOutcome::new(outcomes))
    }

    /// What applies to a request of so many items, unless none is taken now.
    async fn admit(&self, sender: &Sender, items: usize) -> Result<Arc<Policy>, IngestError> {
        if items > self.limits.batch_events {
            return Err(IngestError::TooManyEvents {
                most: self.limits.batch_events,
                got: items,
            });
        }
        if let Some(reason) = self.breaker.halted() {
            return Err(IngestError::Halted(reason));
        }
        Ok(self.policies.of(sender.project_id).await?)
    }

    /// Commits parts of events, within the month's quota.
    async fn store_parts(
        &self,
        sender: &Sender,
        policy: &Policy,
        parts: Arc<Vec<PendingPart>>,
    ) -> Result<Merged, IngestError> {
        let ids = parts.iter().map(|part| part.part.event.event_id.as_str());
        let reservation = self.reserve(sender, policy, ids).await?;
        let bytes = parts.iter().map(|part| part.part.event.size()).sum();
        let _room = self.room_for(bytes)?;
        self.gauges.expect(parts.len(), bytes);
        let started = Instant::now();
        let merged = self.write_parts(Arc::clone(&parts)).await;
        self.gauges.note(parts.len(), bytes, started.elapsed());
        stage("commit", started.elapsed());
        let merged = merged?;
        if let Some(reservation) = reservation {
            reservation.settle(merged.new_events);
        }
        Ok(merged)
    }

    /// Parts are few: they get a commit of their own, between the groups.
    async fn write_parts(&self, parts: Arc<Vec<PendingPart>>) -> Result<Merged, IngestError> {
        count_group(parts.len());
        let mut attempt = 0;
        loop {
            match self.store.merge(Arc::clone(&parts), self.clock.now()).await {
                Ok(merged) => return Ok(merged),
                Err(error) if attempt < self.limits.commit_retries => {
                    attempt += 1;
                    metrics::counter!("eventglass_commit_retries_total").increment(1);
                    tracing::warn!(parts = parts.len(), attempt, %error, "commit failed, trying again");
                    tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(attempt - 1)).await;
                }
                Err(error) => {
                    metrics::counter!("eventglass_commit_failures_total").increment(1);
                    // What is wrong with these parts alone is nobody else's matter.
                    if error.is_passing() {
                        self.breaker.open(error.to_string());
                    }
                    return Err(error.into());
                }
            }
        }
    }

    /// Room in the month's quota for events with these ids. Where there is none
    /// for all, those that are stored already need none: they are repeats.
    async fn reserve<'a>(
        &self,
        sender: &Sender,
        policy: &Policy,
        ids: impl Iterator<Item = &'a str>,
    ) -> Result<Option<Reservation>, IngestError> {
        let Some(limit) = policy.plan.events_per_month else {
            return Ok(None);
        };
        let ids: BTreeSet<&str> = ids.collect();
        let reserve = |events| {
            self.quotas
                .reserve(sender.project_id, events, &policy.plan_name, limit, self.clock.now())
        };
        let reached = match reserve(ids.len() as u64).await? {
            Ok(reservation) => return Ok(Some(reservation)),
            Err(reached) => reached,
        };
        // As many look-ups as there is room for and one, beside those of repeats.
        let mut new = 0;
        for id in ids {
            let stored = self.store.event(sender.project_id, id).await?;
            if stored.is_none_or(|stored| stored.event_id != id) {
                new += 1;
                if new > reached.room {
                    return Err(reached.into());
                }
            }
        }
        if new == 0 {
            return Ok(None);
        }
        Ok(Some(reserve(new).await??))
    }

    /// Tells the sound items from the others.
    fn check(&self, items: Vec<Result<NewEvent, Refused>>) -> (Vec<ItemOutcome>, Vec<NewEvent>) {
        let now = self.clock.now();
        let mut outcomes = Vec::with_capacity(items.len());
        let mut sound = Vec::with_capacity(items.len());
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
                    outcomes.push(ItemOutcome {
                        event_id: Some(event.event_id.clone()),
                        status: ItemStatus::Accepted,
                        errors: Vec::new(),
                    });
                    sound.push(event);
                }
                Err(refused) => outcomes.push(ItemOutcome {
                    event_id: refused.event_id,
                    status: ItemStatus::Rejected,
                    errors: refused.errors,
                }),
            }
        }
        (outcomes, sound)
    }

    /// Commits sound events, within the month's quota.
    async fn store(
        &self,
        sender: &Sender,
        policy: &Policy,
        events: Vec<NewEvent>,
    ) -> Result<(Vec<ItemStatus>, Option<Receipt>), IngestError> {
        let ids = events.iter().map(|event| event.event_id.as_str());
        let reservation = self.reserve(sender, policy, ids).await?;
        let conflict = policy.settings.duplicates == Duplicates::Conflict;
        let bytes = events.iter().map(NewEvent::size).sum();
        let pending: Vec<PendingEvent> = events
            .into_iter()
            .map(|event| event.prepare(sender.project_id, conflict))
            .collect();
        let hashes: Vec<IdHash> = if conflict {
            pending.iter().map(|event| event.event_hash).collect()
        } else {
            Vec::new()
        };
        let appended = self.commit(pending, bytes).await?;
        if let Some(reservation) = reservation {
            let stored = appended.iter().filter(|one| **one == Appended::New).count();
            reservation.settle(stored as u64);
        }
        if conflict {
            return self.settle_repeats(&appended, hashes).await;
        }
        let status = |appended: &Appended| match appended {
            Appended::New => ItemStatus::Accepted,
            Appended::Duplicate => ItemStatus::Duplicate,
        };
        Ok((appended.iter().map(status).collect(), None))
    }

    /// Tells retries from conflicts; see [`Acks`].
    async fn settle_repeats(
        &self,
        appended: &[Appended],
        hashes: Vec<IdHash>,
    ) -> Result<(Vec<ItemStatus>, Option<Receipt>), IngestError> {
        let repeated: Vec<IdHash> = appended
            .iter()
            .zip(&hashes)
            .filter(|(appended, _)| **appended == Appended::Duplicate)
            .map(|(_, hash)| *hash)
            .collect();
        let unheard = if repeated.is_empty() {
            std::collections::HashSet::new()
        } else {
            self.acks.pending(&repeated).await?
        };
        let statuses: Vec<ItemStatus> = appended
            .iter()
            .zip(&hashes)
            .map(|(appended, hash)| match appended {
                Appended::New => ItemStatus::Accepted,
                Appended::Duplicate if unheard.contains(hash) => ItemStatus::Duplicate,
                Appended::Duplicate => ItemStatus::Conflict,
            })
            .collect();
        let acknowledged = hashes
            .into_iter()
            .zip(&statuses)
            .filter(|(_, status)| **status != ItemStatus::Conflict)
            .map(|(hash, _)| hash)
            .collect();
        Ok((statuses, Some(Acks::receipt(Arc::clone(&self.acks), acknowledged))))
    }

    async fn commit(&self, events: Vec<PendingEvent>, bytes: usize) -> Result<Vec<Appended>, IngestError> {
        let room = self.room_for(bytes)?;
        let (reply, answer) = oneshot::channel();
        self.gauges.expect(events.len(), bytes);
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

    /// Room among what waits for the store. One request larger than all of it
    /// still passes when nothing waits.
    fn room_for(&self, bytes: usize) -> Result<OwnedSemaphorePermit, IngestError> {
        let permits = bytes.min(self.limits.queue_bytes).div_ceil(PERMIT_BYTES);
        Arc::clone(&self.room)
            .try_acquire_many_owned(u32::try_from(permits).unwrap_or(u32::MAX))
            .map_err(|_| IngestError::Busy)
    }
}

const fn has_event_limits(policy: &Policy) -> bool {
    let limits = &policy.settings.limits;
    limits.events_per_minute.is_some() || limits.source_events_per_minute.is_some()
}

/// Whom the flood guard counts: the service and the endpoint, or, of an event
/// that has no endpoint, its name.
fn source(event: &NewEvent) -> (&str, &str) {
    let endpoint = event.endpoint.as_deref().or(event.name.as_deref());
    (event.service.as_deref().unwrap_or(""), endpoint.unwrap_or(""))
}
