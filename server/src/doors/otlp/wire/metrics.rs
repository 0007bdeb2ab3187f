//! Metrics, which are counted and not read.

use prost::bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny};

use super::json::nullable;

/// `ExportMetricsServiceRequest`, down to the data points.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct MetricsRequest {
    #[prost(message, repeated, tag = "1")]
    #[serde(
        rename = "resourceMetrics",
        alias = "resource_metrics",
        deserialize_with = "nullable"
    )]
    resources: Vec<ResourceMetrics>,
}

#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
struct ResourceMetrics {
    #[prost(message, repeated, tag = "2")]
    #[serde(rename = "scopeMetrics", alias = "scope_metrics", deserialize_with = "nullable")]
    scopes: Vec<ScopeMetrics>,
}

#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
struct ScopeMetrics {
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    metrics: Vec<Metric>,
}

/// One metric: a oneof of five kinds, which all have their points at tag 1.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metric {
    #[prost(message, optional, tag = "5")]
    gauge: Option<Points>,
    #[prost(message, optional, tag = "7")]
    sum: Option<Points>,
    #[prost(message, optional, tag = "9")]
    histogram: Option<Points>,
    #[prost(message, optional, tag = "10")]
    #[serde(alias = "exponential_histogram")]
    exponential_histogram: Option<Points>,
    #[prost(message, optional, tag = "11")]
    summary: Option<Points>,
}

#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
struct Points {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    #[serde(rename = "dataPoints", alias = "data_points", deserialize_with = "ignored")]
    data_points: Vec<Bytes>,
}

/// As many empty ones as there are.
fn ignored<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Bytes>, D::Error> {
    let points: Option<Vec<IgnoredAny>> = Option::deserialize(deserializer)?;
    Ok(vec![Bytes::new(); points.map_or(0, |points| points.len())])
}

impl MetricsRequest {
    /// How many data points it holds.
    pub fn data_points(&self) -> usize {
        let of = |metric: &Metric| {
            [
                &metric.gauge,
                &metric.sum,
                &metric.histogram,
                &metric.exponential_histogram,
                &metric.summary,
            ]
            .into_iter()
            .flatten()
            .map(|points| points.data_points.len())
            .sum::<usize>()
        };
        let scopes = self.resources.iter().flat_map(|resource| &resource.scopes);
        scopes.flat_map(|scope| &scope.metrics).map(of).sum()
    }
}
