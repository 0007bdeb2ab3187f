//! Counts of what arrived, which the older systems' statistics are made of.

use async_trait::async_trait;
use eventglass_model::{IngestCounts, Timestamp};

use crate::store::StoreError;

/// Counts of what arrived.
#[async_trait]
pub trait ScanStore: Send + Sync {
    /// How many events were stored since a moment and are still there, counted up to `most`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn arrivals(&self, project_id: i64, since: Timestamp, most: usize) -> Result<i64, StoreError>;

    /// What came since the minute of a moment, of all projects, as far as it
    /// has been recorded.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn ingest_of_all(&self, since: Timestamp) -> Result<IngestCounts, StoreError>;

    /// When the newest event of all projects was stored.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn last_event_of_all(&self) -> Result<Option<Timestamp>, StoreError>;
}
