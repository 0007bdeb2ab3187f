//! Reads that look at a bounded number of a project's newest events, and
//! counts of what arrived: what the older systems' statistics are made of.

use async_trait::async_trait;
use eventglass_model::{Event, IngestCounts, Timestamp};
use serde_json::value::RawValue;

use crate::query::EventSearch;
use crate::store::StoreError;

/// What some events add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// How many there are.
    pub events: i64,
    /// Those whose status is an error or a timeout.
    pub errors: i64,
    /// Those whose cost is known.
    pub priced: i64,
    /// What those cost, in US dollars.
    pub cost_usd: f64,
    /// Those whose duration is known.
    pub timed: i64,
    /// What those took together, in milliseconds.
    pub duration_ms: f64,
    /// The shortest of those.
    pub shortest_ms: Option<f64>,
    /// The longest of those.
    pub longest_ms: Option<f64>,
    /// Whether there may be older ones that were not looked at.
    pub partial: bool,
}

/// Which whole events to give, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Somewhere in kind, name, message, input, output or attributes, in any
    /// case of ASCII letters.
    pub contains: Option<String>,
    /// Only events of a trace.
    pub traced: bool,
    /// How many.
    pub limit: usize,
    /// After so many.
    pub offset: usize,
    /// Of `contains` and `traced`: look at so many of the newest.
    pub most: usize,
}

/// The events that a [`Scan`] found.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// Those that were asked for.
    pub events: Vec<Event>,
    /// How many match.
    pub matching: i64,
    /// Whether there may be older ones that were not looked at.
    pub partial: bool,
}

/// Picks the events of a [`Scan`] for a text, from rows newest first. The text
/// may stand in a compressed payload, where no database finds it.
pub(crate) struct Picker<'a> {
    text: String,
    scan: &'a Scan,
    matching: usize,
    events: Vec<Event>,
}

impl<'a> Picker<'a> {
    /// For a scan's `contains`.
    pub(crate) fn new(text: &str, scan: &'a Scan) -> Self {
        Self {
            text: text.to_ascii_lowercase(),
            scan,
            matching: 0,
            events: Vec::new(),
        }
    }

    /// Looks at the next event.
    pub(crate) fn offer(&mut self, event: Event) {
        let holds = |text: Option<&str>| text.is_some_and(|text| text.to_ascii_lowercase().contains(&self.text));
        let matches = holds(Some(&event.kind))
            || holds(event.name.as_deref())
            || holds(event.message.as_deref())
            || [&event.input, &event.output, &event.attributes]
                .into_iter()
                .any(|json| holds(json.as_deref().map(RawValue::get)));
        if !matches {
            return;
        }
        self.matching += 1;
        if self.matching > self.scan.offset && self.events.len() < self.scan.limit {
            self.events.push(event);
        }
    }

    /// All have been looked at. `partial`: there may be older ones.
    pub(crate) fn finish(self, partial: bool) -> Scanned {
        Scanned {
            events: self.events,
            matching: i64::try_from(self.matching).unwrap_or(i64::MAX),
            partial,
        }
    }
}

/// Bounded reads.
#[async_trait]
pub trait ScanStore: Send + Sync {
    /// What the newest `most` events that match add up to.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn totals(&self, project_id: i64, search: &EventSearch, most: usize) -> Result<Totals, StoreError>;

    /// Whole events.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn scan(&self, project_id: i64, scan: &Scan) -> Result<Scanned, StoreError>;

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
