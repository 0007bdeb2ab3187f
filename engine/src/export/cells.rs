//! Events as tables: the columns of CSV and Parquet.

use eventglass_model::{Event, Timestamp, Tokens};

/// A value of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Text(Option<&'a str>),
    Int(Option<i64>),
    Float(Option<f64>),
    Time(Timestamp),
}

/// A column: its name, and how it is read from an event.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) of: for<'a> fn(&'a Event) -> Cell<'a>,
}

/// What the values of a column are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Int,
    Float,
    Time,
}

macro_rules! columns {
    ($($name:literal $kind:ident |$event:ident| $value:expr;)+) => {
        /// Every column, in order.
        pub(super) const COLUMNS: &[Column] = &[
            $(Column { name: $name, kind: Kind::$kind, of: |$event| Cell::$kind($value) }),+
        ];
    };
}

columns! {
    "time" Time |e| e.time;
    "received_at" Time |e| e.received_at;
    "id" Text |e| Some(&e.id);
    "event_id" Text |e| Some(&e.event_id);
    "kind" Text |e| Some(&e.kind);
    "name" Text |e| e.name.as_deref();
    "message" Text |e| e.message.as_deref();
    "severity" Text |e| Some(e.severity.as_str());
    "status" Text |e| Some(e.status.as_str());
    "service" Text |e| e.service.as_deref();
    "endpoint" Text |e| e.endpoint.as_deref();
    "method" Text |e| e.method.as_deref();
    "version" Text |e| e.version.as_deref();
    "environment" Text |e| e.environment.as_deref();
    "topic" Text |e| e.topic.as_deref();
    "user_id" Text |e| e.user_id.as_deref();
    "session_id" Text |e| e.session_id.as_deref();
    "request_id" Text |e| e.request_id.as_deref();
    "trace_id" Text |e| e.trace_id.as_deref();
    "span_id" Text |e| e.span_id.as_deref();
    "parent_span_id" Text |e| e.parent_span_id.as_deref();
    "duration_ms" Float |e| e.duration_ms;
    "status_code" Int |e| e.status_code;
    "provider" Text |e| e.provider.as_deref();
    "model" Text |e| e.model.as_deref();
    "input_tokens" Int |e| tokens(e, |t| t.input_total);
    "output_tokens" Int |e| tokens(e, |t| t.output_total);
    "cache_read_tokens" Int |e| tokens(e, |t| t.cache_read);
    "cache_write_tokens" Int |e| tokens(e, |t| t.cache_write);
    "reasoning_tokens" Int |e| tokens(e, |t| t.output_reasoning);
    "total_tokens" Int |e| tokens(e, |t| if t.total > 0 { t.total } else { t.input_total.saturating_add(t.output_total) });
    "cost_usd" Float |e| e.cost_usd;
    "cost_source" Text |e| e.cost_source.map(eventglass_model::CostSource::as_str);
    "country" Text |e| e.country.as_deref();
    "city" Text |e| e.city.as_deref();
    "region" Text |e| e.region.as_deref();
    "device" Text |e| e.device.as_deref();
    "input" Text |e| e.input.as_deref().map(serde_json::value::RawValue::get);
    "output" Text |e| e.output.as_deref().map(serde_json::value::RawValue::get);
    "attributes" Text |e| e.attributes.as_deref().map(serde_json::value::RawValue::get);
}

fn tokens(event: &Event, count: fn(&Tokens) -> i64) -> Option<i64> {
    event.tokens.as_ref().map(count)
}
