//! A request that has come through the gate.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Bytes;
use axum::http::HeaderMap;
use eventglass_engine::ingest::{NewEvent, NewPart, Receipt, Refused, Sender};
use eventglass_model::{BatchOutcome, Door, IngestCounts, ItemStatus, Timestamp};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::body::{Held, Room};
use super::refusal::Refusal;
use crate::state::AppState;

/// What is made of a body while it is read may take so many times the largest
/// body. Documented in `docs/trust.md`.
const TIMES: usize = 16;

/// What the gate wants to know when the answer is made.
#[derive(Default)]
pub(super) struct Ledger {
    counts: Mutex<IngestCounts>,
    receipts: Mutex<Vec<Receipt>>,
    door: OnceLock<Door>,
}

impl Ledger {
    /// Where the request is, if its body told.
    pub(super) fn door(&self) -> Option<Door> {
        self.door.get().copied()
    }

    pub(super) fn bytes(&self, bytes: usize) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).bytes += bytes as u64;
    }

    /// One more that was refused.
    pub(super) fn refused(&self) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).refused += 1;
    }

    pub(super) fn counts(&self) -> IngestCounts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take_receipts(&self) -> Vec<Receipt> {
        std::mem::take(&mut *self.receipts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What reading an item needs besides the item.
#[derive(Clone, Copy)]
pub(in crate::doors) struct Reading {
    /// The time of an event that has none.
    pub(in crate::doors) now: Timestamp,
    /// The most bytes that an item may take as a tree of values.
    pub(in crate::doors) most_bytes: usize,
    seed: Option<[u8; 32]>,
    place: usize,
}

impl Reading {
    /// For an item by itself.
    pub(in crate::doors) const fn alone(now: Timestamp) -> Self {
        Self {
            now,
            most_bytes: usize::MAX,
            seed: None,
            place: 0,
        }
    }

    /// An id for an event whose client gave none: at random, or, of a request
    /// with an `Idempotency-Key`, always the same.
    pub(in crate::doors) fn new_id(&self) -> String {
        let Some(seed) = self.seed else {
            return Uuid::now_v7().to_string();
        };
        let digest = Sha256::new()
            .chain_update(seed)
            .chain_update(self.place.to_le_bytes())
            .finalize();
        let bytes = digest.first_chunk().copied().unwrap_or_default();
        Builder::from_custom_bytes(bytes).into_uuid().to_string()
    }
}

/// A request of a known sender, within its rates, read whole.
#[derive(Clone)]
pub(in crate::doors) struct Inbound {
    /// The program.
    pub(in crate::doors) state: AppState,
    /// Whose key it came with.
    pub(in crate::doors) sender: Sender,
    /// Its headers.
    pub(in crate::doors) headers: HeaderMap,
    /// Its body, decompressed.
    pub(in crate::doors) body: Bytes,
    /// When it came.
    pub(in crate::doors) now: Timestamp,
    seed: Option<[u8; 32]>,
    ledger: Arc<Ledger>,
    /// Kept for as long as the body is.
    _room: Room,
}

impl Inbound {
    pub(super) fn new(
        state: AppState,
        sender: Sender,
        headers: HeaderMap,
        body: Held,
        seed: Option<[u8; 32]>,
        ledger: Arc<Ledger>,
    ) -> Self {
        let now = state.clock.now();
        Self {
            state,
            sender,
            headers,
            body: body.bytes,
            now,
            seed,
            ledger,
            _room: body.room,
        }
    }

    /// The body as text, without a byte order mark, which is not JSON but which Windows tools write.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub(in crate::doors) fn text(&self) -> Result<&str, Refusal> {
        let bytes = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        std::str::from_utf8(bytes).map_err(|error| Refusal::Unreadable(error.to_string()))
    }

    /// How many events a request may carry.
    pub(in crate::doors) fn most_events(&self) -> usize {
        self.state.settings.batch_events
    }

    /// How many bytes of memory may be taken to read a body.
    pub(in crate::doors) fn most_bytes(&self) -> usize {
        self.state.settings.body_limit_bytes.saturating_mul(TIMES)
    }

    /// What reading the item at a place needs besides the item.
    pub(in crate::doors) fn reading(&self, place: usize) -> Reading {
        Reading {
            now: self.now,
            most_bytes: self.most_bytes(),
            seed: self.seed,
            place,
        }
    }

    /// The same request, as far as it concerns another project. It counts as
    /// a request of the first one.
    pub(in crate::doors) fn of_project(&self, project_id: i64) -> Self {
        let mut other = self.clone();
        other.sender.project_id = project_id;
        other
    }

    /// The same request at one of the doors that share its route, now that its
    /// body tells which.
    pub(in crate::doors) fn at(&self, door: Door) -> Self {
        self.state.spoken.note(self.sender.key_id, door);
        // A request is at one door: what it told first counts.
        let door = *self.ledger.door.get_or_init(|| door);
        let mut other = self.clone();
        other.sender.door = door;
        other
    }

    /// Stores what can be stored, and keeps what is refused: `payload` gives
    /// an item as it was sent.
    ///
    /// # Errors
    /// When nothing of the request was taken.
    pub(in crate::doors) async fn submit(
        &self,
        events: Vec<Result<NewEvent, Refused>>,
        payload: impl Fn(usize) -> Option<String>,
    ) -> Result<BatchOutcome, Refusal> {
        let submitted = self.state.ingest.submit(&self.sender, events).await?;
        let outcome = submitted.outcome;
        self.note(&outcome, payload);
        if let Some(receipt) = submitted.receipt {
            let mut receipts = self.ledger.receipts.lock().unwrap_or_else(PoisonError::into_inner);
            receipts.push(receipt);
        }
        Ok(outcome)
    }

    /// As [`Inbound::submit`], for events that come in parts.
    ///
    /// # Errors
    /// When nothing of the request was taken.
    pub(in crate::doors) async fn merge(
        &self,
        parts: Vec<Result<NewPart, Refused>>,
        payload: impl Fn(usize) -> Option<String>,
    ) -> Result<BatchOutcome, Refusal> {
        let outcome = self.state.ingest.merge(&self.sender, parts).await?;
        self.note(&outcome, payload);
        Ok(outcome)
    }

    fn note(&self, outcome: &BatchOutcome, payload: impl Fn(usize) -> Option<String>) {
        if outcome.rejected > 0 {
            let recorder = self.state.ingest.recorder();
            for (place, item) in outcome.items.iter().enumerate() {
                if item.status == ItemStatus::Rejected {
                    recorder.refused(&self.sender, item.event_id.clone(), item.errors.clone(), payload(place));
                }
            }
        }
        let mut counts = self.ledger.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.accepted += outcome.accepted as u64;
        counts.duplicates += outcome.duplicates as u64;
        counts.refused += outcome.rejected as u64;
    }
}
