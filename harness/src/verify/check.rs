//! The twelve checks, and what came of each.

use std::time::Instant;

use serde::Serialize;

use super::probe::Probe;
use super::{errors, flood, once, search};

/// Their names, in order.
pub(super) const NAMES: [&str; 12] = [
    "Basic Ingestion",
    "Duplicate Detection",
    "Idempotency",
    "Concurrent Requests",
    "Rate Limiting",
    "Large Payload",
    "Network Retry",
    "Partial Batch Failure",
    "Transaction Atomicity",
    "High Throughput",
    "Error Handling",
    "Data Consistency",
];

/// What came of a check.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) passed: bool,
    /// From 0 to 100: which part of what was asked was answered well.
    pub(super) score: u32,
    /// In words.
    pub(super) seen: String,
}

impl Finding {
    /// All or nothing.
    pub(super) fn new(passed: bool, seen: impl Into<String>) -> Self {
        Self {
            passed,
            score: if passed { 100 } else { 0 },
            seen: seen.into(),
        }
    }

    /// So many of so many were good.
    pub(super) fn share(passed: bool, good: usize, of: usize, seen: impl Into<String>) -> Self {
        Self {
            passed,
            score: u32::try_from(good * 100 / of.max(1)).unwrap_or(100),
            seen: seen.into(),
        }
    }
}

/// A check that was made.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Checked {
    pub(super) number: usize,
    pub(super) name: &'static str,
    pub(super) passed: bool,
    pub(super) score: u32,
    pub(super) seen: String,
    pub(super) took_ms: u64,
}

/// Makes a check, by its number from 1.
pub(super) async fn check(probe: &Probe, number: usize) -> Checked {
    let started = Instant::now();
    let finding = match number {
        1 => once::basic(probe).await,
        2 => once::duplicate(probe).await,
        3 => once::idempotency(probe).await,
        4 => flood::concurrent(probe).await,
        5 => flood::rate_limit(probe).await,
        6 => once::large_payload(probe).await,
        7 => once::network_retry(probe).await,
        8 => errors::partial_batch(probe).await,
        9 => once::atomicity(probe).await,
        10 => flood::throughput(probe).await,
        11 => errors::malformed(probe).await,
        12 => search::consistency(probe).await,
        _ => Finding::new(false, "there is no such check"),
    };
    let name = number.checked_sub(1).and_then(|place| NAMES.get(place));
    Checked {
        number,
        name: name.copied().unwrap_or_default(),
        passed: finding.passed,
        score: finding.score,
        seen: finding.seen,
        took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}
