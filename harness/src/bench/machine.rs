//! What the figures were measured on.

use eventglass_model::Timestamp;
use serde::Serialize;

use super::store::StoreKind;

/// What was measured, on what, and when.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Occasion {
    pub(super) measured_at: String,
    pub(super) version: &'static str,
    pub(super) store: StoreKind,
    /// A figure of an unoptimised program says nothing.
    pub(super) optimised: bool,
    pub(super) machine: Machine,
}

impl Occasion {
    /// This program, on this machine.
    pub(super) fn of(store: StoreKind, now: Timestamp) -> Self {
        Self {
            measured_at: now.to_string(),
            version: env!("CARGO_PKG_VERSION"),
            store,
            optimised: !cfg!(debug_assertions),
            machine: Machine::look(),
        }
    }
}

/// The machine, as far as it tells.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Machine {
    pub(super) cores: usize,
    pub(super) cpu: String,
    pub(super) kernel: String,
}

impl Machine {
    pub(super) fn look() -> Self {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        let cpu = read("/proc/cpuinfo")
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or_else(|| "unknown".to_owned(), |(_, name)| name.to_owned());
        Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            cpu,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
        }
    }
}
