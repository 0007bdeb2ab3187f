//! Requests: items in their scopes in their resources. Those of spans and
//! those of log records are built alike, down to the field numbers.

use prost::bytes::Bytes;

use super::KeyValue;
use super::json::{integer, items, nullable};

/// `ExportTraceServiceRequest` or `ExportLogsServiceRequest`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ExportRequest {
    #[prost(message, repeated, tag = "1")]
    pub resources: Vec<ResourceItems>,
}

/// `ResourceSpans` or `ResourceLogs`.
#[derive(Clone, PartialEq, prost::Message, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceItems {
    #[prost(message, optional, tag = "1")]
    pub resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    #[serde(
        rename = "scopeSpans",
        alias = "scope_spans",
        alias = "scopeLogs",
        alias = "scope_logs",
        deserialize_with = "nullable"
    )]
    pub scopes: Vec<ScopeItems>,
    #[prost(string, tag = "3")]
    #[serde(alias = "schema_url", deserialize_with = "nullable")]
    pub schema_url: String,
}

/// `ScopeSpans` or `ScopeLogs`.
#[derive(Clone, PartialEq, prost::Message, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScopeItems {
    #[prost(message, optional, tag = "1")]
    pub scope: Option<Scope>,
    /// Each still encoded, so that one that cannot be read harms no other.
    #[prost(bytes = "bytes", repeated, tag = "2")]
    #[serde(
        rename = "spans",
        alias = "logRecords",
        alias = "log_records",
        deserialize_with = "items"
    )]
    pub items: Vec<Bytes>,
    #[prost(string, tag = "3")]
    #[serde(alias = "schema_url", deserialize_with = "nullable")]
    pub schema_url: String,
}

/// What sent it.
#[derive(Clone, PartialEq, prost::Message, serde::Deserialize, serde::Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Resource {
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub attributes: Vec<KeyValue>,
    #[prost(uint32, tag = "2")]
    #[serde(alias = "dropped_attributes_count", deserialize_with = "integer")]
    pub dropped_attributes_count: u32,
}

/// Which library made it.
#[derive(Clone, PartialEq, prost::Message, serde::Deserialize, serde::Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Scope {
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "nullable")]
    pub version: String,
    #[prost(message, repeated, tag = "3")]
    #[serde(deserialize_with = "nullable")]
    pub attributes: Vec<KeyValue>,
    #[prost(uint32, tag = "4")]
    #[serde(alias = "dropped_attributes_count", deserialize_with = "integer")]
    pub dropped_attributes_count: u32,
}

/// A request as JSON, whichever it is.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub struct JsonRequest {
    #[serde(rename = "resourceSpans", alias = "resource_spans")]
    pub traces: Option<Vec<ResourceItems>>,
    #[serde(rename = "resourceLogs", alias = "resource_logs")]
    pub logs: Option<Vec<ResourceItems>>,
    #[serde(rename = "resourceMetrics", alias = "resource_metrics")]
    pub metrics: Option<serde::de::IgnoredAny>,
}
