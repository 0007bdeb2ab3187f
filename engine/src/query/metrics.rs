//! Answering questions to the metrics of a project.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventglass_model::{EventQuery, FieldError, MetricGroup, Metrics, MetricsQuery, TimeBound, Timestamp};
use thiserror::Error;
use tokio::sync::Semaphore;

use super::{EventSearch, Filter, Plan, take};
use crate::rollups::{Ask, AskError, RollupSettings, ScannedRows, Source, answer};
use crate::store::rollups::{Attributes, FACTS, StoredFacts};
use crate::store::row::{self, Columns};
use crate::store::{EventKey, SharedStore, Store, StoreError, Visit};

/// Looks at events one by one that may go on at once: each takes a core.
const SCANS: usize = 2;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum MetricsError {
    /// The question makes no sense.
    #[error("{0}")]
    Ask(AskError),
    /// So does its search.
    #[error("{}", .0.msg)]
    Query(FieldError),
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
            Source::Rollups(_) => self.kept(project_id, ask).await,
            Source::Events => self.scan(project_id, query, ask).await,
        }
    }

    /// The same, but nothing where only the events know the answer.
    pub(super) async fn read_kept(
        &self,
        project_id: i64,
        query: &MetricsQuery,
        now: Timestamp,
    ) -> Result<Option<Metrics>, MetricsError> {
        let ask = Ask::new(query, &self.settings, now)?;
        match ask.source() {
            Source::Rollups(_) => self.kept(project_id, ask).await.map(Some),
            Source::Events => Ok(None),
        }
    }

    /// Where the events are.
    pub(super) fn store(&self) -> &dyn Store {
        &*self.store
    }

    async fn kept(&self, project_id: i64, ask: Ask) -> Result<Metrics, MetricsError> {
        let view = self.store.rollups(project_id, &ask.reads()).await?;
        let answered = tokio::task::spawn_blocking(move || answer(&ask, &view));
        Ok(answered.await.map_err(StoreError::panicked)??)
    }

    async fn scan(&self, project_id: i64, query: &MetricsQuery, ask: Ask) -> Result<Metrics, MetricsError> {
        let search = search_of(query, &ask)?;
        // It is never closed; and without a permit one more scan does no harm.
        let _room = self.scans.acquire().await.ok();
        let scanned = ScannedRows::new(self.settings.scan_events, Duration::from_millis(self.settings.scan_ms));
        let scanned = scan(&*self.store, project_id, &ask, &search, scanned).await?;
        let answered = tokio::task::spawn_blocking(move || scanned.answer(&ask));
        Ok(answered.await.map_err(StoreError::panicked)?)
    }
}

/// The events that a question is about, as far as a search can tell. What it
/// cannot, each event is asked for again.
fn search_of(query: &MetricsQuery, ask: &Ask) -> Result<EventSearch, MetricsError> {
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
    EventSearch::new(events, period.to).map_err(MetricsError::Query)
}

/// Shows a question the events that a search finds, newest first, until
/// `scanned` is full or out of time.
///
/// # Errors
/// Those of the store.
pub(crate) async fn scan(
    store: &dyn Store,
    project_id: i64,
    ask: &Ask,
    search: &EventSearch,
    scanned: ScannedRows,
) -> Result<ScannedRows, StoreError> {
    let deadline = scanned.deadline();
    let plan = Plan::new(store, project_id, search, deadline).await?;
    let mut walk = plan.walk(project_id, FACTS.trim_start_matches("e.key, "), deadline);
    let columns = ask.columns();
    walk.read(&columns);
    walk.expected = usize::MAX;
    let showing = Arc::new(Mutex::new(Showing {
        filter: Arc::clone(&plan.filter),
        ask: ask.clone(),
        reads_attributes: columns.contains(&"attributes"),
        scanned,
    }));
    let walked = store.walk(walk, Arc::clone(&showing) as _).await?;
    let mut scanned = take(showing)?.scanned;
    scanned.partial |= walked.out_of_time;
    scanned.searched_to = walked.last.map(EventKey::time);
    Ok(scanned)
}

struct Showing {
    filter: Arc<Filter>,
    ask: Ask,
    reads_attributes: bool,
    scanned: ScannedRows,
}

impl Visit for Showing {
    fn visit(&mut self, _: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError> {
        if self.scanned.is_over() {
            return Ok(ControlFlow::Break(()));
        }
        if self.filter.matches(row)? {
            let attributes = if self.reads_attributes {
                Attributes::read(row::payload(&row)?.attributes.as_deref())
            } else {
                Attributes::default()
            };
            let value = self.ask.attribute().and_then(|path| attributes.number(path));
            let mut apart = Vec::new();
            for group in self.ask.apart() {
                apart.push(match group {
                    MetricGroup::Field(field) => row.maybe_text(field.as_str())?,
                    MetricGroup::Attribute(path) => attributes.text(path),
                });
            }
            self.scanned
                .take(&self.ask, &StoredFacts::read(&row)?.facts(), value, apart);
        }
        Ok(ControlFlow::Continue(()))
    }
}
