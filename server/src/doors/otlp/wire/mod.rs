//! OTLP's messages, as far as they are read here, in both encodings.
//!
//! Source: `opentelemetry-proto` 1.8 (`common/v1`, `resource/v1`, `trace/v1`,
//! `logs/v1`, `metrics/v1`, `collector/*/v1`). Field numbers are those of the
//! `.proto` files; JSON names are their camelCase, and snake_case is read too.

mod answer;
mod count;
mod json;
mod logs;
mod request;
mod survey;
mod trace;
mod value;

pub(super) use self::answer::{Answer, PartialSuccess, RpcStatus, Signal};
pub(super) use self::count::count;
pub(super) use self::json::{base64, hex};
pub(super) use self::logs::LogRecord;
pub(super) use self::request::{ExportRequest, JsonRequest, ResourceItems, Scope, ScopeItems};
pub(super) use self::survey::{Bounds, Stop, survey};
pub(super) use self::trace::{Link, Span, SpanEvent};
pub(super) use self::value::{AnyValue, KeyValue, Value, non_finite};
#[cfg(test)]
pub(super) use self::{
    trace::SpanStatus,
    value::{ArrayValue, KeyValueList},
};
