//! What is written to the results file: the shape that people's scripts read, and latencies.

use std::time::Duration;

use eventglass_model::Timestamp;
use hdrhistogram::Histogram;
use serde::Serialize;

use super::count::{Fault, Tally};
use super::plan::Size;

/// The whole file.
#[derive(Serialize)]
pub(super) struct Results<'a> {
    timestamp: Timestamp,
    config: Size,
    stats: Stats<'a>,
}

#[derive(Serialize)]
struct Stats<'a> {
    total_events: u64,
    successful_events: u64,
    failed_events: u64,
    total_batches: u64,
    successful_batches: u64,
    failed_batches: u64,
    elapsed_seconds: f64,
    events_per_second: f64,
    success_rate: f64,
    errors: Vec<&'a Fault>,
    /// From the moment a batch was due.
    latency_ms: Milliseconds,
    /// From the moment it was sent.
    service_ms: Milliseconds,
    late_batches: u64,
    longest_late_ms: f64,
    rate_limited: u64,
    unavailable: u64,
    sent_again: u64,
}

/// Parts of a distribution.
#[derive(Serialize)]
pub(super) struct Milliseconds {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

impl Milliseconds {
    /// From microseconds.
    pub(super) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| rounded(histogram.value_at_quantile(quantile) as f64 / 1_000.0);
        Self {
            p50: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            max: rounded(histogram.max() as f64 / 1_000.0),
        }
    }
}

impl<'a> Results<'a> {
    pub(super) fn new(size: Size, tally: &'a Tally, took: Duration, now: Timestamp) -> Self {
        let seconds = took.as_secs_f64();
        Self {
            timestamp: now,
            config: size,
            stats: Stats {
                total_events: tally.events,
                successful_events: tally.successful,
                failed_events: tally.failed,
                total_batches: tally.batches,
                successful_batches: tally.successful_batches,
                failed_batches: tally.failed_batches,
                elapsed_seconds: rounded(seconds),
                events_per_second: rounded(tally.successful as f64 / seconds.max(1e-9)),
                success_rate: rounded(tally.success_rate()),
                errors: tally.errors.iter().collect(),
                latency_ms: Milliseconds::of(&tally.latency),
                service_ms: Milliseconds::of(&tally.service),
                late_batches: tally.late_batches,
                longest_late_ms: rounded(tally.longest_late.as_secs_f64() * 1_000.0),
                rate_limited: tally.rate_limited,
                unavailable: tally.unavailable,
                sent_again: tally.sent_again,
            },
        }
    }
}

/// To three decimals.
fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
