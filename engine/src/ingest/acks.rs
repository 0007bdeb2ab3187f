//! Which acknowledgements have left for their senders.
//!
//! A project that refuses repeats with 409 must still answer a retry with
//! success: a sender who never heard of the first commit has to learn that its
//! event is stored. So events of such projects are noted in the transaction
//! that writes them, and the note goes when the answer has been handed over.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ingest::hash::IdHash;
use crate::store::{SharedStore, StoreError};

/// Knows which events were stored and not yet acknowledged.
pub(crate) struct Acks {
    store: SharedStore,
    /// Acknowledged, while the store still has the note.
    left: Mutex<HashSet<IdHash>>,
}

/// To be told when the answer that acknowledges these events has left.
pub struct Receipt {
    acks: Arc<Acks>,
    hashes: Vec<IdHash>,
}

impl Receipt {
    /// The answer has left. Without this call the events stay unacknowledged,
    /// and a repeat of them is a retry.
    pub fn delivered(self) {
        let mut left = self.acks.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.extend(self.hashes);
    }
}

impl Acks {
    pub(crate) fn new(store: SharedStore) -> Self {
        Self {
            store,
            left: Mutex::default(),
        }
    }

    pub(crate) const fn receipt(acks: Arc<Self>, hashes: Vec<IdHash>) -> Receipt {
        Receipt { acks, hashes }
    }

    /// Those of some stored events whose acknowledgement has not left.
    pub(crate) async fn pending(&self, hashes: &[IdHash]) -> Result<HashSet<IdHash>, StoreError> {
        // The store first: what is acknowledged meanwhile is then seen in `left`.
        let mut pending = self.store.unacknowledged(hashes).await?;
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        pending.retain(|hash| !left.contains(hash));
        Ok(pending)
    }

    /// Takes the notes of what has been acknowledged out of the store.
    pub(crate) async fn flush(&self) -> Result<(), StoreError> {
        let hashes: Vec<IdHash> = {
            let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
            left.iter().copied().collect()
        };
        if hashes.is_empty() {
            return Ok(());
        }
        self.store.acknowledge(&hashes).await?;
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        for hash in hashes {
            left.remove(&hash);
        }
        Ok(())
    }
}
