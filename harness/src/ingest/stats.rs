//! Counting.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

use super::answer::Fate;

/// Distinct reasons that are told apart; the rest are counted together.
const MAX_REASONS: usize = 50;
const OTHER: &str = "other reasons";

/// What has happened so far.
pub(super) struct Stats {
    /// Events read, malformed ones included.
    pub(super) read: u64,
    /// Stored by this run.
    pub(super) stored: u64,
    /// Stored before.
    pub(super) duplicates: u64,
    /// Refused, given up, or not events at all.
    pub(super) failed: u64,
    /// Requests sent, repeated ones included.
    pub(super) requests: u64,
    /// Requests sent again.
    pub(super) retries: u64,
    /// Answers 429.
    pub(super) rate_limited: u64,
    /// Events not stored, by the status that was final; 0 is no answer.
    pub(super) by_status: BTreeMap<u16, u64>,
    /// Events not stored, by reason.
    pub(super) reasons: BTreeMap<String, u64>,
    /// Microseconds from sending a request to its whole answer.
    pub(super) latency: Histogram<u64>,
}

impl Stats {
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            read: 0,
            stored: 0,
            duplicates: 0,
            failed: 0,
            requests: 0,
            retries: 0,
            rate_limited: 0,
            by_status: BTreeMap::new(),
            reasons: BTreeMap::new(),
            // To an hour, three digits exact.
            latency: Histogram::new_with_max(3_600_000_000, 3)?,
        })
    }

    /// Counts a request; one that is not the last of its kind is sent again.
    pub(super) fn sent(&mut self, last: bool) {
        self.requests += 1;
        self.retries += u64::from(!last);
    }

    /// Counts an answer of the server.
    pub(super) fn answered(&mut self, status: u16, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.latency.saturating_record(micros);
        self.rate_limited += u64::from(status == 429);
    }

    /// Counts what became of an event.
    pub(super) fn settle(&mut self, fate: Fate) {
        match fate {
            Fate::Stored => self.stored += 1,
            Fate::Duplicate => self.duplicates += 1,
            Fate::Refused { status, reason } => {
                *self.by_status.entry(status).or_default() += 1;
                self.fail(reason);
            }
        }
    }

    /// Counts an event that could not even be sent.
    pub(super) fn fail(&mut self, reason: String) {
        self.failed += 1;
        let known = self.reasons.len() < MAX_REASONS || self.reasons.contains_key(&reason);
        let key = if known { reason } else { OTHER.to_owned() };
        *self.reasons.entry(key).or_default() += 1;
    }

    /// Events whose fate is known.
    pub(super) const fn settled(&self) -> u64 {
        self.stored + self.duplicates + self.failed
    }

    /// Events that the server has not acknowledged.
    pub(super) const fn lost(&self) -> u64 {
        self.read.saturating_sub(self.stored + self.duplicates)
    }

    /// The latency that a share of the requests stayed within.
    pub(super) fn quantile_ms(&self, quantile: f64) -> f64 {
        self.latency.value_at_quantile(quantile) as f64 / 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_read_is_accounted_for() {
        let mut stats = Stats::new().unwrap();
        stats.read = 60;
        stats.settle(Fate::Stored);
        stats.settle(Fate::Duplicate);
        for n in 0..57 {
            let reason = format!("reason {n}");
            stats.settle(Fate::Refused { status: 422, reason });
        }
        assert_eq!((stats.settled(), stats.lost()), (59, 58));
        assert_eq!((stats.by_status[&422], stats.reasons[OTHER]), (57, 7));
    }
}
