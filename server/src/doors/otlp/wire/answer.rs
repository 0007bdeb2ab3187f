//! Answers.

use serde::Serialize;

/// What a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Log records.
    Logs,
    /// Data points.
    Metrics,
}

impl Signal {
    /// What its JSON calls the items that were refused.
    const fn rejected(self) -> &'static str {
        match self {
            Self::Traces => "rejectedSpans",
            Self::Logs => "rejectedLogRecords",
            Self::Metrics => "rejectedDataPoints",
        }
    }
}

/// `ExportTraceServiceResponse` and its two siblings, which differ in one
/// name of their JSON. Without a partial success, everything is stored.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Answer {
    #[prost(message, optional, tag = "1")]
    pub partial_success: Option<PartialSuccess>,
}

/// How many items were refused, and why.
#[derive(Clone, PartialEq, prost::Message)]
pub struct PartialSuccess {
    #[prost(int64, tag = "1")]
    pub rejected: i64,
    #[prost(string, tag = "2")]
    pub error_message: String,
}

impl Answer {
    /// As JSON; 64-bit integers are strings there.
    pub fn json(&self, signal: Signal) -> serde_json::Value {
        match &self.partial_success {
            None => serde_json::json!({}),
            Some(partial) => serde_json::json!({ "partialSuccess": {
                signal.rejected(): partial.rejected.to_string(),
                "errorMessage": partial.error_message,
            }}),
        }
    }
}

/// `google.rpc.Status`, without details.
#[derive(Clone, PartialEq, prost::Message, Serialize)]
pub struct RpcStatus {
    /// One of `google.rpc.Code`.
    #[prost(int32, tag = "1")]
    pub code: i32,
    #[prost(string, tag = "2")]
    pub message: String,
}
