//! How often somebody may be wrong.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::clock::SharedClock;

/// The most names that are remembered; beyond, those whose window is over are forgotten.
const REMEMBERED: usize = 100_000;

struct Window {
    since: i64,
    failures: u32,
}

/// Counts failures by name (an address, an IP) in windows of time.
pub struct Attempts {
    clock: SharedClock,
    most: u32,
    window_micros: i64,
    windows: Mutex<HashMap<String, Window>>,
}

impl Attempts {
    /// Allows `most` failures in `window_secs` for each name.
    #[must_use]
    pub fn new(clock: SharedClock, most: u32, window_secs: u32) -> Self {
        Self {
            clock,
            most,
            window_micros: i64::from(window_secs) * 1_000_000,
            windows: Mutex::default(),
        }
    }

    /// `None`: go on. Otherwise: wait so many seconds.
    pub fn wait_secs(&self, name: &str) -> Option<u64> {
        let now = self.clock.now().micros();
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.get(name)?;
        let left = window.since + self.window_micros - now;
        (window.failures >= self.most && left > 0).then(|| left.unsigned_abs().div_ceil(1_000_000))
    }

    /// Notes a failure.
    pub fn failed(&self, name: &str) {
        let now = self.clock.now().micros();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= REMEMBERED {
            windows.retain(|_, window| window.since + self.window_micros > now);
        }
        let window = windows.entry(name.to_owned()).or_insert(Window {
            since: now,
            failures: 0,
        });
        if window.since + self.window_micros <= now {
            *window = Window {
                since: now,
                failures: 0,
            };
        }
        window.failures += 1;
    }

    /// Forgets a name that was right in the end.
    pub fn succeeded(&self, name: &str) {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use eventglass_model::Timestamp;

    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn the_third_failure_waits_out_the_window() {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(0)));
        let attempts = Attempts::new(Arc::clone(&clock) as SharedClock, 2, 60);
        attempts.failed("ada");
        assert_eq!(attempts.wait_secs("ada"), None);
        attempts.failed("ada");
        clock.advance_micros(10_000_000);
        assert_eq!(attempts.wait_secs("ada"), Some(50));
        assert_eq!(attempts.wait_secs("bob"), None);
        clock.advance_micros(50_000_000);
        assert_eq!(attempts.wait_secs("ada"), None);
        attempts.failed("ada");
        assert_eq!(attempts.wait_secs("ada"), None, "a new window begins");
        attempts.failed("ada");
        attempts.succeeded("ada");
        assert_eq!(attempts.wait_secs("ada"), None);
    }
}
