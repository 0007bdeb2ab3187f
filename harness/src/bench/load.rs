//! Sending load in two ways.
//!
//! A closed loop sends the next request when the last is answered: it finds
//! the ceiling, but a server that stalls is sent less, and the stall counts
//! once. An open loop sends at fixed moments and counts from the moment a
//! request was due: every request that a stall delayed counts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::bodies::Bodies;
use super::target::Target;

/// Requests that an open loop has under way at most; further ones wait, and the wait counts.
const IN_FLIGHT: usize = 512;

/// What came of a load.
pub(super) struct Outcome {
    /// Microseconds.
    pub(super) latency: Histogram<u64>,
    /// Events that the server acknowledged.
    pub(super) acknowledged: u64,
    /// Events of requests that failed: stored or not, nobody knows.
    pub(super) uncertain: u64,
    /// Requests that failed.
    pub(super) errors: u64,
    /// How the first of them failed.
    pub(super) first_error: Option<String>,
    /// From the first request to the last answer.
    pub(super) took: Duration,
}

impl Outcome {
    fn new() -> anyhow::Result<Self> {
        Ok(Self {
            latency: Histogram::new_with_max(3_600_000_000, 3)?,
            acknowledged: 0,
            uncertain: 0,
            errors: 0,
            first_error: None,
            took: Duration::ZERO,
        })
    }

    fn count(&mut self, result: Result<(), String>, batch: usize, took: Duration) {
        match result {
            Ok(()) => {
                self.acknowledged += batch as u64;
                let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
                self.latency.saturating_record(micros);
            }
            Err(error) => {
                self.errors += 1;
                self.uncertain += batch as u64;
                self.first_error.get_or_insert(error);
            }
        }
    }

    fn add(&mut self, other: Self) -> anyhow::Result<()> {
        self.latency.add(&other.latency)?;
        self.acknowledged += other.acknowledged;
        self.uncertain += other.uncertain;
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
        Ok(())
    }
}

/// `connections` senders, each sending as soon as it has its answer.
pub(super) async fn closed(
    target: &Target,
    bodies: &Arc<Bodies>,
    connections: usize,
    duration: Duration,
) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..connections {
        let (target, bodies) = (target.clone(), Arc::clone(bodies));
        let mut outcome = Outcome::new()?;
        senders.spawn(async move {
            while started.elapsed() < duration {
                let body = bodies.next(crate::now());
                let sent = Instant::now();
                let result = target.post(body, bodies.batch(), bodies.dialect()).await;
                outcome.count(result, bodies.batch(), sent.elapsed());
            }
            outcome
        });
    }
    let mut total = Outcome::new()?;
    while let Some(outcome) = senders.join_next().await {
        total.add(outcome?)?;
    }
    total.took = started.elapsed();
    Ok(total)
}

/// `rate` requests a second, evenly, whatever the server does.
pub(super) async fn open(
    target: &Target,
    bodies: &Arc<Bodies>,
    rate: f64,
    duration: Duration,
) -> anyhow::Result<Outcome> {
    let batch = bodies.batch();
    let started = Instant::now();
    let room = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut requests = JoinSet::new();
    let mut total = Outcome::new()?;
    let count = (rate * duration.as_secs_f64()).ceil() as u64;
    for n in 0..count {
        let due = started + Duration::from_secs_f64(n as f64 / rate);
        tokio::time::sleep_until(due.into()).await;
        let (target, bodies) = (target.clone(), Arc::clone(bodies));
        let permit = Arc::clone(&room).acquire_owned().await?;
        requests.spawn(async move {
            let body = bodies.next(crate::now());
            let result = target.post(body, batch, bodies.dialect()).await;
            drop(permit);
            (result, due.elapsed())
        });
        while let Some(finished) = requests.try_join_next() {
            let (result, took) = finished?;
            total.count(result, batch, took);
        }
    }
    while let Some(finished) = requests.join_next().await {
        let (result, took) = finished?;
        total.count(result, batch, took);
    }
    total.took = started.elapsed();
    Ok(total)
}
