//! How the services of a project are doing.

use serde::{Deserialize, Serialize};

use crate::vocabulary::words;
use crate::{FieldError, TimeBound, Timestamp, UnknownWord, loc};
use std::fmt;

/// The parameters of `GET /api/v1/projects/{id}/services`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServicesQuery {
    /// From this moment on; a day before `to` when absent.
    pub from: Option<TimeBound>,
    /// Before this moment; now when absent.
    pub to: Option<TimeBound>,
    /// Only events of this environment.
    pub environment: Option<String>,
    /// How many, 1 to 200; 100 when absent.
    pub limit: Option<usize>,
}

impl ServicesQuery {
    /// Reads the pairs of a query string.
    ///
    /// # Errors
    /// Every fault, each with `["query", name]` as its place; an unknown name is one.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<FieldError>> {
        let mut query = Self::default();
        let mut errors = Vec::new();
        for (name, value) in pairs {
            if let Err(msg) = query.set(&name, value) {
                errors.push(FieldError::new(loc!["query", name.as_str()], msg));
            }
        }
        if errors.is_empty() { Ok(query) } else { Err(errors) }
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), String> {
        let bound = |value: &str| Ok::<_, String>(Some(TimeBound::parse(value)?));
        match name {
            "from" => self.from = bound(&value)?,
            "to" => self.to = bound(&value)?,
            "environment" => self.environment = Some(value).filter(|value| !value.is_empty()),
            "limit" => match value.parse() {
                Ok(limit) if (1..=200).contains(&limit) => self.limit = Some(limit),
                _ => return Err("must be a number from 1 to 200".to_owned()),
            },
            _ => return Err("unknown parameter; expected one of: from, to, environment, limit".to_owned()),
        }
        Ok(())
    }

    /// Writes the pairs that [`Self::from_pairs`] reads, leaving out what is not set.
    #[must_use]
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![
            ("from", self.from.map(|b| b.to_string()).unwrap_or_default()),
            ("to", self.to.map(|b| b.to_string()).unwrap_or_default()),
            ("environment", self.environment.clone().unwrap_or_default()),
            ("limit", self.limit.map(|n| n.to_string()).unwrap_or_default()),
        ];
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }
}

words! {
    /// How a service is doing, by its numbers of the span of time that was asked for.
    ServiceStatus ("service status") {
        /// Below 1 % of errors, and not much slower than in the period before.
        Healthy = 1 "healthy",
        /// At least 1 % of errors, or a p95 twice that of the period before.
        Degraded = 2 "degraded",
        /// At least 5 % of errors.
        Failing = 3 "failing",
        /// Nothing came in the last tenth of the span, nor in the last five minutes.
        Silent = 4 "silent",
    }
}

/// Answer of `GET /api/v1/projects/{id}/services`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceList {
    /// The busiest first; those without events in the span of time are not among them.
    pub items: Vec<ServiceHealth>,
    /// Always `null`: the list is bounded.
    pub next_cursor: Option<String>,
    /// The span of time that was looked at.
    pub from: Timestamp,
    /// Its end, not included.
    pub to: Timestamp,
    /// Seconds between the points of a sparkline.
    pub interval_seconds: i64,
    /// Whether not all events are counted in it (see [`crate::Metrics::partial`]).
    #[serde(default)]
    pub partial: bool,
}

/// How a service is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceHealth {
    /// Its name; `null` for events without one.
    pub service: Option<String>,
    /// Whether these are the services beyond the limit of series, together.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub other: bool,
    /// How it is doing.
    pub status: ServiceStatus,
    /// Events.
    pub events: u64,
    /// Events a minute, on average.
    pub per_minute: f64,
    /// Those that are errors.
    pub errors: u64,
    /// Errors divided by events; `null` without events.
    pub error_rate: Option<f64>,
    /// Median of the durations in milliseconds; `null` without any.
    pub p50_ms: Option<f64>,
    /// Their 95th percentile.
    pub p95_ms: Option<f64>,
    /// Their 99th percentile.
    pub p99_ms: Option<f64>,
    /// Cost in US dollars.
    pub cost_usd: f64,
    /// Events of the period before, which is as long.
    pub previous_events: u64,
    /// Error rate of the period before.
    pub previous_error_rate: Option<f64>,
    /// 95th percentile of the period before.
    pub previous_p95_ms: Option<f64>,
    /// Over time and without gaps.
    pub points: Vec<ServicePoint>,
    /// Versions seen, the latest first, at most 20. To the hour.
    pub versions: Vec<VersionSeen>,
    /// Environments seen, the busiest first, at most 20.
    pub environments: Vec<String>,
    /// The minute of its last event, when that is in the last hour of the span
    /// of time; else the point of the sparkline that it is in.
    pub last_seen: Option<Timestamp>,
}

/// A point of a service's sparkline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServicePoint {
    /// When it begins.
    pub time: Timestamp,
    /// Events.
    pub count: u64,
    /// Those that are errors.
    pub errors: u64,
}

/// A version of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionSeen {
    /// As the service calls it.
    pub version: String,
    /// Its events.
    pub events: u64,
    /// Those that are errors.
    pub errors: u64,
    /// The hour of its first event in the span of time; the day, where that is more than a week.
    pub first_seen: Timestamp,
    /// The same of its last.
    pub last_seen: Timestamp,
}
