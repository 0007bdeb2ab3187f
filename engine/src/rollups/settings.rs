//! How much is kept.

use eventglass_model::Timestamp;

use super::family::Tier;

const MICROS: i64 = 1_000_000;

/// How much is kept; `default.toml` says what each means.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "default.toml is the documentation")]
pub struct RollupSettings {
    pub series: usize,
    pub rows: usize,
    pub minute_hours: u32,
    pub hour_days: u32,
    pub scan_events: usize,
    pub scan_ms: u64,
}

impl Default for RollupSettings {
    fn default() -> Self {
        Self {
            series: 2_000,
            rows: 1_000,
            minute_hours: 48,
            hour_days: 60,
            scan_events: 500_000,
            scan_ms: 2_000,
        }
    }
}

impl RollupSettings {
    /// The first bucket of a tier that is kept. Where one tier begins, so does
    /// a bucket of the next.
    #[must_use]
    pub fn first_kept(&self, tier: Tier, now: Timestamp) -> i64 {
        let back = |seconds: i64, unit: Tier| unit.bucket_of(now.plus_micros(-seconds * MICROS)) * unit.seconds();
        match tier {
            Tier::Minute => back(i64::from(self.minute_hours) * 3_600, Tier::Hour) / 60,
            Tier::Hour => back(i64::from(self.hour_days) * 86_400, Tier::Day) / 3_600,
            Tier::Day => i64::MIN,
        }
    }
}
