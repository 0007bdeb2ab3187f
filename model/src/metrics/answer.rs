//! What `/metrics` answers.

use serde::{Deserialize, Serialize};

use super::{Measure, MetricField, MetricGroup};
use crate::Timestamp;

/// Answer of `GET /api/v1/projects/{id}/metrics`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Metrics {
    /// One for each measure and group: the groups of the first measure, the
    /// greatest first and `other` last, then the same groups of the second, and so on.
    pub series: Vec<MetricSeries>,
    /// The span of time that was looked at. From rollups it begins and ends
    /// with a minute; further back, where only hours or days are kept, with those.
    pub from: Timestamp,
    /// Its end, not included. When it lies in the future of the last event,
    /// the last point is not complete yet.
    pub to: Timestamp,
    /// Seconds between points; `null` when there are none. More than was
    /// asked for where only hours or days are kept.
    pub interval_seconds: Option<i64>,
    /// What the series are grouped by.
    pub group: Vec<MetricGroup>,
    /// What percentiles, means and sums are of.
    pub field: MetricField,
    /// How many groups there are, shown or not.
    pub groups: usize,
    /// Whether time ran out before all events were looked at. Then the newest were.
    pub partial: bool,
    /// Where time ran out: events after this moment were looked at, older ones
    /// were not. Absent when the answer is whole, and when it is partial because
    /// stored events are still being counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub searched_to: Option<Timestamp>,
    /// Where the numbers come from.
    pub source: MetricsSource,
    /// The span of time that `previous` is of, when that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Period>,
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Period {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, not included.
    pub to: Timestamp,
}

/// Where numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MetricsSource {
    /// Counts kept with the events: exact, percentiles and users within 2 %.
    Rollups,
    /// The events themselves.
    Events,
}

/// One measure of one group of events, over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MetricSeries {
    /// What is measured. Counts and tokens are whole numbers, cost is in US
    /// dollars, rates are 0 to 1, durations in milliseconds.
    pub measure: Measure,
    /// For people: the values of the group, joined with ` / `. Empty when
    /// nothing is grouped, `(none)` where the events have no value.
    pub group: String,
    /// The values, in the order of `group` of the answer; `null` where the
    /// events have none. Empty when nothing is grouped, and of `other`.
    pub values: Vec<Option<String>>,
    /// Whether these are the remaining groups together.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other: bool,
    /// Over the whole span of time; `null` where there is nothing to take it of
    /// (a percentile of no durations).
    pub total: Option<f64>,
    /// The same over the period before, when that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<f64>,
    /// In order of time and without gaps.
    pub points: Vec<MetricPoint>,
}

/// A measure from one moment to the next point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MetricPoint {
    /// When it begins.
    pub time: Timestamp,
    /// Zero of what is counted; `null` of the rest, where there are no events.
    pub value: Option<f64>,
}
