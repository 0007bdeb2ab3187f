//! How events are spread over time.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// One bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistogramBucket {
    /// Where it begins; it ends where the next one begins.
    pub start: Timestamp,
    /// Events that match.
    pub count: i64,
    /// Those of them that went wrong: severity `error` or `critical`, or
    /// status `error` or `timeout`.
    pub errors: i64,
}

/// Answer of `GET /api/v1/projects/{id}/events/histogram`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Histogram {
    /// Oldest first, without gaps, each `bucket_ms` long.
    pub buckets: Vec<HistogramBucket>,
    /// How long a bucket is, in milliseconds.
    pub bucket_ms: i64,
    /// Whether the time that a search may take was over before everything had
    /// been looked at.
    pub partial: bool,
    /// Of a partial answer: everything from this moment on has been counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub searched_to: Option<Timestamp>,
}
