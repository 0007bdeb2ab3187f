//! Counting what became of the events.

use std::collections::VecDeque;
use std::time::Duration;

use eventglass_model::Timestamp;
use hdrhistogram::Histogram;
use serde::Serialize;

use super::door::Outcome;

/// Errors that are kept: the last.
const ERRORS: usize = 10;
/// What is sent so long after its moment is late.
const LATE: Duration = Duration::from_millis(10);

/// What went wrong, and when.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fault {
    pub(super) time: Timestamp,
    pub(super) error: String,
}

/// What has happened so far.
pub(super) struct Tally {
    /// Events sent, those not answered yet included.
    pub(super) events: u64,
    pub(super) successful: u64,
    pub(super) failed: u64,
    pub(super) batches: u64,
    /// Of which every event is stored.
    pub(super) successful_batches: u64,
    /// Of which none is.
    pub(super) failed_batches: u64,
    pub(super) errors: VecDeque<Fault>,
    pub(super) rate_limited: u64,
    pub(super) unavailable: u64,
    pub(super) sent_again: u64,
    pub(super) late_batches: u64,
    pub(super) longest_late: Duration,
    /// Microseconds from the moment a batch was due to its end.
    pub(super) latency: Histogram<u64>,
    /// Microseconds of its last request.
    pub(super) service: Histogram<u64>,
}

impl Tally {
    pub(super) fn new() -> anyhow::Result<Self> {
        // To an hour, three digits exact.
        let histogram = Histogram::new_with_max(3_600_000_000, 3)?;
        Ok(Self {
            events: 0,
            successful: 0,
            failed: 0,
            batches: 0,
            successful_batches: 0,
            failed_batches: 0,
            errors: VecDeque::new(),
            rate_limited: 0,
            unavailable: 0,
            sent_again: 0,
            late_batches: 0,
            longest_late: Duration::ZERO,
            latency: histogram.clone(),
            service: histogram,
        })
    }

    /// Counts a batch that is sent now.
    pub(super) fn send(&mut self, count: u32) {
        self.events += u64::from(count);
        self.batches += 1;
    }

    /// Counts what became of a batch.
    pub(super) fn settle(&mut self, outcome: &Outcome, now: Timestamp) {
        self.successful += u64::from(outcome.stored);
        self.failed += u64::from(outcome.count - outcome.stored);
        self.successful_batches += u64::from(outcome.stored == outcome.count);
        self.failed_batches += u64::from(outcome.stored == 0);
        self.rate_limited += u64::from(outcome.rate_limited);
        self.unavailable += u64::from(outcome.unavailable);
        self.sent_again += u64::from(outcome.sent_again);
        self.late_batches += u64::from(outcome.late > LATE);
        self.longest_late = self.longest_late.max(outcome.late);
        // To be turned away at the door is quick, and says nothing of the server's speed.
        if !outcome.nobody {
            self.latency.saturating_record(micros(outcome.latency));
            self.service.saturating_record(micros(outcome.service));
        }
        if let Some(error) = &outcome.error {
            if self.errors.len() == ERRORS {
                self.errors.pop_front();
            }
            self.errors.push_back(Fault {
                time: now,
                error: error.clone(),
            });
        }
    }

    /// Events that were sent and of which nothing was heard.
    pub(super) const fn unfinished(&self) -> u64 {
        self.events.saturating_sub(self.successful + self.failed)
    }

    /// The share of what was sent that is stored, in percent.
    pub(super) fn success_rate(&self) -> f64 {
        100.0 * self.successful as f64 / self.events.max(1) as f64
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
