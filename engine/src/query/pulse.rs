//! The filters of the older PulseStream search.

use eventglass_model::{Severity, Timestamp};

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
