//! Since when a group of events has been on its way into the database.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Of the one task that commits groups.
#[derive(Default)]
pub(super) struct Writing(Mutex<Option<Instant>>);

impl Writing {
    /// A commit is under way for as long as this lives.
    pub(super) fn begin(&self) -> Underway<'_> {
        self.set(Some(Instant::now()));
        Underway(self)
    }

    /// When the commit that is under way began.
    pub(super) fn since(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}

/// See [`Writing::begin`].
pub(super) struct Underway<'a>(&'a Writing);

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}
