//! OTLP's JSON as far as the document describes it: the rest is in the OTLP
//! specification 1.8.

#![expect(dead_code, reason = "these are described, never made")]

use serde_json::Value;
use utoipa::ToSchema;

/// `ExportTraceServiceRequest`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = OtlpTraces, examples(json!({ "resourceSpans": [{
    "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": "shop" } }] },
    "scopeSpans": [{ "spans": [{
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "pay",
        "startTimeUnixNano": "1795262400000000000", "endTimeUnixNano": "1795262400500000000"
    }] }]
}] })))]
pub(super) struct ExportTraces {
    /// `ResourceSpans`.
    #[schema(value_type = Option<Vec<Object>>)]
    resource_spans: Option<Vec<Value>>,
}

/// `ExportLogsServiceRequest`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = OtlpLogs, examples(json!({ "resourceLogs": [{
    "scopeLogs": [{ "logRecords": [{ "timeUnixNano": "1795262400000000000", "body": { "stringValue": "paid" } }] }]
}] })))]
pub(super) struct ExportLogs {
    /// `ResourceLogs`.
    #[schema(value_type = Option<Vec<Object>>)]
    resource_logs: Option<Vec<Value>>,
}

/// `ExportMetricsServiceRequest`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = OtlpMetrics)]
pub(super) struct ExportMetrics {
    /// `ResourceMetrics`.
    #[schema(value_type = Option<Vec<Object>>)]
    resource_metrics: Option<Vec<Value>>,
}

/// An answer.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = OtlpAnswer)]
pub(super) struct Exported {
    /// Absent when everything is stored.
    partial_success: Option<Partial>,
}

/// How many were refused, as text, and why.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", as = OtlpPartialSuccess)]
struct Partial {
    rejected_spans: Option<String>,
    rejected_log_records: Option<String>,
    rejected_data_points: Option<String>,
    error_message: String,
}

/// `google.rpc.Status`.
#[derive(ToSchema)]
#[schema(as = OtlpStatus)]
pub(super) struct Status {
    /// One of `google.rpc.Code`.
    code: i32,
    message: String,
}
