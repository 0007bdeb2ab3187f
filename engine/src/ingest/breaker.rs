//! Refuses at once while the store cannot be written.

use std::sync::{PoisonError, RwLock};

/// Closed while all is well; open, with the reason, after writes have failed
/// in spite of retries. A probe that succeeds closes it.
#[derive(Default)]
pub(crate) struct Breaker {
    halted: RwLock<Option<String>>,
}

impl Breaker {
    /// Why nothing can be written; `None` when it can.
    pub(crate) fn halted(&self) -> Option<String> {
        self.halted.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn open(&self, reason: String) {
        metrics::gauge!("eventglass_breaker_open").set(1.0);
        tracing::error!(%reason, "the store cannot be written: refusing until it can");
        *self.halted.write().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    pub(crate) fn close(&self) {
        metrics::gauge!("eventglass_breaker_open").set(0.0);
        let was = self.halted.write().unwrap_or_else(PoisonError::into_inner).take();
        if was.is_some() {
            tracing::info!("the store can be written again");
        }
    }
}
