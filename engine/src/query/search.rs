//! A search with every relative thing made absolute.

use eventglass_model::{DEFAULT_PAGE, EventQuery, Severity, Timestamp};

use crate::query::words::Words;
use crate::store::EventKey;

/// What the store is asked for. See [`EventQuery`] for the meaning of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are EventQuery's, resolved")]
pub struct EventSearch {
    pub words: Words,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    pub severity: Vec<Severity>,
    pub kind: Vec<String>,
    pub service: Vec<String>,
    pub environment: Vec<String>,
    pub limit: usize,
    pub cursor: Option<String>,
    pub arrived_after: Option<String>,
    /// Set by the store, when it finds that the words are an id.
    pub only: Option<Only>,
}

/// What an id that was searched for belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Only {
    /// The event with this id of the client's.
    Event(String),
    /// The event with this key.
    Key(EventKey),
    /// The events of this trace.
    Trace(String),
}

impl EventSearch {
    /// Resolves a query at a moment.
    #[must_use]
    pub fn new(query: EventQuery, now: Timestamp) -> Self {
        Self {
            words: Words::parse(&query.q),
            from: query.from.map(|bound| bound.resolve(now)),
            to: query.to.map(|bound| bound.resolve(now)),
            severity: query.severity,
            kind: query.kind,
            service: query.service,
            environment: query.environment,
            limit: query.limit.unwrap_or(DEFAULT_PAGE),
            cursor: query.cursor,
            arrived_after: query.arrived_after,
            only: None,
        }
    }
}
