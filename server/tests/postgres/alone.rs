//! Faults are of the whole cluster: one test at a time. All of them together are
//! to take less than three minutes, wherever they run.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What all of them may take.
const MOST: Duration = Duration::from_secs(180);

/// A test that causes faults waits for its turn here.
pub static ALONE: Alone = Alone {
    turn: tokio::sync::Mutex::const_new(()),
    taken: Mutex::new(Duration::ZERO),
};

pub struct Alone {
    turn: tokio::sync::Mutex<()>,
    /// By those that have ended.
    taken: Mutex<Duration>,
}

/// Ends the turn when it is dropped.
pub struct Turn {
    begun: Instant,
    _alone: tokio::sync::MutexGuard<'static, ()>,
}

impl Alone {
    /// Waits until no other test runs.
    pub async fn lock(&'static self) -> Turn {
        let alone = self.turn.lock().await;
        Turn {
            begun: Instant::now(),
            _alone: alone,
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = ALONE.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken += self.begun.elapsed();
        let all = *taken;
        // Not to poison it for those that come.
        drop(taken);
        println!("{:.1?}; {all:.1?} of all faults until now", self.begun.elapsed());
        if !std::thread::panicking() {
            assert!(all < MOST, "the tests of faults take {all:?}, and {MOST:?} at most");
        }
    }
}
