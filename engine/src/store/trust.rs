//! What a store keeps to make ingest trustworthy.

use std::collections::HashSet;

use async_trait::async_trait;
use eventglass_model::{
    Door, DoorMinute, IngestCounts, ProjectSettings, RefusedItem, RefusedReason, SenderCounts, Timestamp,
};

use crate::ingest::{IdHash, Limits, Sender};
use crate::store::StoreError;

/// What one sender brought in one minute.
#[derive(Clone, Debug)]
pub struct IngestMinute {
    /// Minutes since the epoch.
    pub minute: i64,
    /// Who.
    pub sender: Sender,
    /// What.
    pub counts: IngestCounts,
}

/// A refused item to be kept.
#[derive(Clone, Debug)]
pub struct NewRefused {
    /// Whose.
    pub project_id: i64,
    /// When it came.
    pub time: Timestamp,
    /// In which dialect.
    pub door: Door,
    /// With which key.
    pub key_id: i64,
    /// The client's id, where it gave one.
    pub event_id: Option<String>,
    /// Why, in a few words.
    pub reason: String,
    /// Why, as JSON: `[{loc, msg}]`.
    pub errors: String,
    /// As it was sent.
    pub payload: Option<String>,
    /// What it takes to keep it.
    pub bytes: usize,
}

/// An answer that is given again to the same `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// SHA-256 of the body that it answered.
    pub body_hash: [u8; 32],
    /// HTTP status.
    pub status: u16,
    /// Media type.
    pub content_type: String,
    /// Body.
    pub body: Vec<u8>,
}

/// How long things are kept.
#[derive(Clone, Debug)]
pub struct Expiry {
    /// Refused items, in microseconds.
    pub refused: i64,
    /// The most bytes of refused items of one project.
    pub refused_bytes: u64,
    /// Answers to an `Idempotency-Key`, in microseconds.
    pub answers: i64,
    /// Notes of acknowledgements that never left, in microseconds.
    pub unacknowledged: i64,
    /// Counts of ingest, in microseconds.
    pub counts: i64,
}

impl Expiry {
    /// As the limits say.
    #[must_use]
    pub fn of(limits: &Limits) -> Self {
        const HOUR: i64 = 3_600_000_000;
        const DAY: i64 = 24 * HOUR;
        Self {
            refused: i64::from(limits.refused_days) * DAY,
            refused_bytes: limits.refused_bytes,
            answers: i64::from(limits.idempotency_hours) * HOUR,
            unacknowledged: 7 * DAY,
            counts: 31 * DAY,
        }
    }
}

/// Settings, usage, acknowledgements, answers, refused items, counts.
#[async_trait]
pub trait TrustStore: Send + Sync {
    /// A project's settings, and the name of its plan (empty: the default).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn project_settings(&self, project_id: i64) -> Result<Option<(ProjectSettings, String)>, StoreError>;

    /// Changes them.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn set_project_settings(
        &self,
        project_id: i64,
        settings: &ProjectSettings,
        plan: &str,
    ) -> Result<(), StoreError>;

    /// Events stored in a month (`202611`), exactly: written with the events.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn usage(&self, project_id: i64, month: i64) -> Result<u64, StoreError>;

    /// Those of some events that are noted as not acknowledged.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn unacknowledged(&self, hashes: &[IdHash]) -> Result<HashSet<IdHash>, StoreError>;

    /// Takes such notes away.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn acknowledge(&self, hashes: &[IdHash]) -> Result<(), StoreError>;

    /// The answer to an `Idempotency-Key`, unless it is older than `since`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn answer(
        &self,
        project_id: i64,
        key_hash: [u8; 32],
        since: Timestamp,
    ) -> Result<Option<StoredAnswer>, StoreError>;

    /// Keeps an answer; of two for one key that are not too old, the first stays.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn keep_answer(
        &self,
        project_id: i64,
        key_hash: [u8; 32],
        answer: &StoredAnswer,
        now: Timestamp,
        since: Timestamp,
    ) -> Result<(), StoreError>;

    /// Adds counts and keeps refused items, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing of it is kept.
    async fn record_ingest(&self, minutes: &[IngestMinute], refused: &[NewRefused]) -> Result<(), StoreError>;

    /// A project's refused items, newest first, below an id, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn refused(
        &self,
        project_id: i64,
        reason: Option<&str>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<RefusedItem>, StoreError>;

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn refused_item(&self, project_id: i64, id: i64) -> Result<Option<RefusedItem>, StoreError>;

    /// Forgets some, or all with a reason, or with neither all of them; says how many.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn remove_refused(&self, project_id: i64, ids: &[i64], reason: Option<&str>) -> Result<u64, StoreError>;

    /// The most frequent reasons, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn refused_reasons(&self, project_id: i64, limit: usize) -> Result<Vec<RefusedReason>, StoreError>;

    /// Counts by minute and door since a moment, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn ingest_minutes(&self, project_id: i64, since: Timestamp) -> Result<Vec<DoorMinute>, StoreError>;

    /// Counts by door, key and SDK since a moment, latest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn ingest_senders(
        &self,
        project_id: i64,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<SenderCounts>, StoreError>;

    /// Forgets what is too old or too much.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn expire(&self, now: Timestamp, expiry: &Expiry) -> Result<(), StoreError>;

    /// Forgets an event; `false` when there was none with this id of the client's.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn remove_event(&self, project_id: i64, event_id: &str) -> Result<bool, StoreError>;
}

/// A door by its number; a number that this program does not know is ours.
pub(crate) fn door(code: i64) -> Door {
    Door::from_code(code).unwrap_or(Door::Native)
}
