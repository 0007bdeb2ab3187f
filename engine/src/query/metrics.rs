//! Answering questions to the metrics of a project.

use std::sync::Arc;
use std::time::Duration;

use eventglass_model::{EventQuery, Metrics, MetricsQuery, TimeBound, Timestamp};
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::query::EventSearch;
use crate::rollups::{Ask, AskError, RollupSettings, ScannedRows, Source, answer};
use crate::store::{SharedStore, StoreError};

/// Looks at events one by one that may go on at once: each takes a core.
const SCANS: usize = 2;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum MetricsError {
    /// The question makes no sense.
    #[error("{0}")]
    Ask(AskError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AskError> for MetricsError {
    fn from(error: AskError) -> Self {
        Self::Ask(error)
    }
}

/// Answers questions, from rollups where they know enough.
pub struct MetricsReader {
    store: SharedStore,
    settings: RollupSettings,
    scans: Semaphore,
}

impl MetricsReader {
    /// A reader of a store.
    #[must_use]
    pub fn new(store: SharedStore, settings: RollupSettings) -> Self {
        Self {
            store,
            settings,
            scans: Semaphore::new(SCANS),
        }
    }

    /// Answers a question.
    ///
    /// # Errors
    /// [`MetricsError`].
    pub async fn read(&self, project_id: i64, query: &MetricsQuery, now: Timestamp) -> Result<Metrics, MetricsError> {
        let ask = Ask::new(query, &self.settings, now)?;
        match ask.source() {
            Source::Rollups(_) => {
                let view = self.store.rollups(project_id, &ask.reads()).await?;
                let answered = tokio::task::spawn_blocking(move || answer(&ask, &view));
                Ok(answered.await.map_err(StoreError::panicked)??)
            }
            Source::Events => self.scan(project_id, query, ask).await,
        }
    }

    async fn scan(&self, project_id: i64, query: &MetricsQuery, ask: Ask) -> Result<Metrics, MetricsError> {
        let search = search_of(query, &ask);
        // It is never closed; and without a permit one more scan does no harm.
        let _room = self.scans.acquire().await.ok();
        let scanned = ScannedRows::new(self.settings.scan_events, Duration::from_millis(self.settings.scan_ms));
        let (store, ask) = (Arc::clone(&self.store), Arc::new(ask));
        let scanned = store.scan_facts(project_id, &ask, &search, scanned).await?;
        let answered = tokio::task::spawn_blocking(move || scanned.answer(&ask));
        Ok(answered.await.map_err(StoreError::panicked)?)
    }
}

/// The events that a question is about, as far as a search can tell. What it
/// cannot, each event is asked for again.
fn search_of(query: &MetricsQuery, ask: &Ask) -> EventSearch {
    let exact = |values: &[String]| {
        if values.iter().any(|value| value.ends_with('*')) {
            Vec::new()
        } else {
            values.to_vec()
        }
    };
    let period = ask.period();
    let events = EventQuery {
        q: ask.words().to_owned(),
        from: Some(TimeBound::At(period.from)),
        to: Some(TimeBound::At(period.to)),
        kind: exact(&query.kind),
        service: exact(&query.service),
        environment: exact(&query.environment),
        ..EventQuery::default()
    };
    EventSearch::new(events, period.to)
}
