//! The filters of the older PulseStream search.

use eventglass_model::{Severity, Timestamp};

use super::narrow::{Narrow, of_project};
use crate::ingest::words::{Word, word};

/// What `GET /api/v1/ingestion/events/search` can be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PulseSearch {
    /// Exactly this kind.
    pub event_type: Option<String>,
    /// Exactly this severity.
    pub severity: Option<Severity>,
    /// Somewhere in the service's name, in any case of ASCII letters.
    pub service: Option<String>,
    /// Exactly this endpoint.
    pub endpoint: Option<String>,
    /// Exactly this status code.
    pub status_code: Option<i64>,
    /// Exactly this user.
    pub user_id: Option<String>,
    /// From this moment on.
    pub start_time: Option<Timestamp>,
    /// Up to and with this moment.
    pub end_time: Option<Timestamp>,
    /// How many.
    pub limit: i64,
    /// After so many.
    pub offset: i64,
}

impl PulseSearch {
    /// What the words of the index are asked, if they have a say.
    pub(crate) fn narrow(&self, project_id: i64) -> Option<Narrow> {
        let kind = self
            .event_type
            .as_deref()
            .map(|kind| Narrow::Word(word(Word::Kind(kind))));
        let severity = self
            .severity
            .map(|severity| Narrow::Word(word(Word::Severity(severity))));
        let all: Vec<Narrow> = kind.into_iter().chain(severity).collect();
        (!all.is_empty()).then(|| of_project(project_id, Narrow::And(all)))
    }
}
