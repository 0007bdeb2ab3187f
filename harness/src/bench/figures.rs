//! What was measured, as it is written to `--json`.

use hdrhistogram::Histogram;
use serde::Serialize;

use super::bodies::{Bodies, Dialect};
use super::load::Outcome;
use super::machine::Occasion;
use super::stages::Stage;

/// A latency distribution, in milliseconds.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Latency {
    pub(super) p50_ms: f64,
    pub(super) p90_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) p999_ms: f64,
    pub(super) max_ms: f64,
}

impl Latency {
    /// From microseconds.
    pub(super) fn new(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1_000.0;
        Self {
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: histogram.max() as f64 / 1_000.0,
        }
    }
}

/// One scenario of load.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LoadFigures {
    pub(super) name: String,
    #[serde(skip)]
    pub(super) dialect: Dialect,
    pub(super) batch: usize,
    /// Of an open loop: what was to be sent.
    pub(super) offered_events_per_sec: Option<f64>,
    pub(super) seconds: f64,
    pub(super) events: u64,
    pub(super) events_per_sec: f64,
    pub(super) latency: Latency,
    pub(super) errors: u64,
    pub(super) first_error: Option<String>,
    /// CPU time, all cores together.
    pub(super) server_cpu_sec: f64,
    /// The same of the database's processes, where it has its own.
    pub(super) database_cpu_sec: f64,
    /// The same of this process, which shares the machine.
    pub(super) client_cpu_sec: f64,
    /// Where the server's time went, by its own account.
    pub(super) stages: Vec<Stage>,
    /// Events that share one commit, on average.
    pub(super) events_per_commit: Option<f64>,
}

impl LoadFigures {
    pub(super) fn new(name: String, bodies: &Bodies, outcome: &Outcome) -> Self {
        let seconds = outcome.took.as_secs_f64();
        Self {
            name,
            dialect: bodies.dialect(),
            batch: bodies.batch(),
            offered_events_per_sec: None,
            seconds,
            events: outcome.acknowledged,
            events_per_sec: outcome.acknowledged as f64 / seconds.max(1e-9),
            latency: Latency::new(&outcome.latency),
            errors: outcome.errors,
            first_error: outcome.first_error.clone(),
            server_cpu_sec: 0.0,
            database_cpu_sec: 0.0,
            client_cpu_sec: 0.0,
            stages: Vec::new(),
            events_per_commit: None,
        }
    }
}

/// One kind of question.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SearchFigures {
    pub(super) question: String,
    pub(super) asked: u64,
    pub(super) latency: Latency,
}

impl SearchFigures {
    pub(super) fn new(question: &str, histogram: &Histogram<u64>) -> Self {
        Self {
            question: question.to_owned(),
            asked: histogram.len(),
            latency: Latency::new(histogram),
        }
    }
}

/// How long the disk takes to promise.
#[derive(Clone, Debug, Serialize)]
pub(super) struct DiskFigures {
    pub(super) writes: u64,
    pub(super) latency: Latency,
}

/// What the server's process took.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct MemoryFigures {
    /// `VmHWM`: everything that was ever resident, mapped files included.
    pub(super) peak_resident_mb: f64,
    /// The highest `RssAnon` seen, five times a second: what cannot be dropped.
    pub(super) peak_anonymous_mb: f64,
}

/// Whether what was acknowledged is there.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct ProofFigures {
    pub(super) acknowledged: u64,
    /// Of requests that got no good answer: may be stored or not.
    pub(super) uncertain: u64,
    pub(super) stored: u64,
    /// Counted again after SIGKILL and a restart.
    pub(super) stored_after_kill: u64,
}

impl ProofFigures {
    pub(super) const fn holds(&self) -> bool {
        let least = self.acknowledged;
        let most = self.acknowledged + self.uncertain;
        least <= self.stored && self.stored <= most && self.stored == self.stored_after_kill
    }
}

/// Everything.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figures {
    #[serde(flatten)]
    pub(super) occasion: Occasion,
    pub(super) disk: DiskFigures,
    pub(super) loads: Vec<LoadFigures>,
    /// Right after the loads, when nothing comes in.
    pub(super) searches_idle: Vec<SearchFigures>,
    pub(super) searches_loaded: Vec<SearchFigures>,
    /// How long the server still worked after the last event.
    pub(super) settle_sec: f64,
    /// After that.
    pub(super) searches_at_rest: Vec<SearchFigures>,
    pub(super) memory: MemoryFigures,
    pub(super) database_mb: f64,
    pub(super) proof: ProofFigures,
}
