//! What an event and a batch may be. Every number is a setting.

/// Limits of the pipeline; the defaults are those of the settings file.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How far in the future an event's time may be, in seconds.
    pub future_tolerance_secs: u32,
    /// The longest message, in characters.
    pub message_chars: usize,
    /// The most events of one request.
    pub batch_events: usize,
    /// The most bytes of events that wait to be written; beyond, requests are
    /// refused until there is room.
    pub queue_bytes: usize,
    /// How often a failed commit is tried again before the events are refused.
    pub commit_retries: u32,
    /// For how many days refused items are kept.
    pub refused_days: u32,
    /// The most bytes of refused items that are kept of one project.
    pub refused_bytes: u64,
    /// For how many hours the answer to an `Idempotency-Key` is kept.
    pub idempotency_hours: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            future_tolerance_secs: 300,
            message_chars: 100_000,
            batch_events: 10_000,
            queue_bytes: 64 << 20,
            commit_retries: 4,
            refused_days: 7,
            refused_bytes: 16 << 20,
            idempotency_hours: 24,
        }
    }
}
