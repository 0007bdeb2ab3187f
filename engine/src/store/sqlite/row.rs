//! From rows to events.

use eventglass_model::{CostSource, Event, EventSummary, Severity, Status, Timestamp};
use serde_json::value::RawValue;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::store::{EventKey, StoreError};

/// What [`summary`] reads, of the table called `e`.
pub(super) const SUMMARY: &str = "e.key, e.event_hash, e.event_id, e.time, e.received_at, e.kind, e.name, e.message, \
     e.severity, e.status, e.service, e.endpoint, e.method, e.environment, e.status_code, e.duration_us, e.trace_id, \
     e.user_id, e.model";

/// What [`event`] reads: all that [`SUMMARY`] names, and the rest.
pub(super) const WHOLE: &str = "e.key, e.event_hash, e.event_id, e.time, e.received_at, e.kind, e.name, e.message, \
     e.severity, e.status, e.service, e.endpoint, e.method, e.environment, e.status_code, e.duration_us, e.trace_id, \
     e.user_id, e.model, e.project_id, e.version, e.topic, e.session_id, e.request_id, e.span_id, e.parent_span_id, \
     e.provider, e.tokens, e.cost_nano_usd, e.cost_source, e.country, e.city, e.region, e.device, e.input, e.output, \
     e.attributes";

/// The key of a row.
pub(super) fn key(row: &SqliteRow) -> Result<EventKey, StoreError> {
    Ok(EventKey(row.try_get("key")?))
}

/// Reads a row of [`SUMMARY`].
pub(super) fn summary(row: &SqliteRow) -> Result<EventSummary, StoreError> {
    Ok(EventSummary {
        id: id(row)?,
        event_id: row.try_get("event_id")?,
        time: time(row, "time")?,
        received_at: time(row, "received_at")?,
        kind: row.try_get("kind")?,
        name: row.try_get("name")?,
        message: row.try_get("message")?,
        severity: severity(row)?,
        status: status(row)?,
        service: row.try_get("service")?,
        endpoint: row.try_get("endpoint")?,
        method: row.try_get("method")?,
        environment: row.try_get("environment")?,
        status_code: row.try_get("status_code")?,
        duration_ms: duration_ms(row)?,
        trace_id: row.try_get("trace_id")?,
        user_id: row.try_get("user_id")?,
        model: row.try_get("model")?,
    })
}

/// Reads a row of [`WHOLE`].
pub(super) fn event(row: &SqliteRow) -> Result<Event, StoreError> {
    let tokens: Option<String> = row.try_get("tokens")?;
    let cost_nano_usd: Option<i64> = row.try_get("cost_nano_usd")?;
    let cost_source: Option<i64> = row.try_get("cost_source")?;
    Ok(Event {
        id: id(row)?,
        event_id: row.try_get("event_id")?,
        project_id: row.try_get("project_id")?,
        time: time(row, "time")?,
        received_at: time(row, "received_at")?,
        kind: row.try_get("kind")?,
        name: row.try_get("name")?,
        message: row.try_get("message")?,
        severity: severity(row)?,
        status: status(row)?,
        service: row.try_get("service")?,
        endpoint: row.try_get("endpoint")?,
        method: row.try_get("method")?,
        version: row.try_get("version")?,
        environment: row.try_get("environment")?,
        topic: row.try_get("topic")?,
        user_id: row.try_get("user_id")?,
        session_id: row.try_get("session_id")?,
        request_id: row.try_get("request_id")?,
        trace_id: row.try_get("trace_id")?,
        span_id: row.try_get("span_id")?,
        parent_span_id: row.try_get("parent_span_id")?,
        duration_ms: duration_ms(row)?,
        status_code: row.try_get("status_code")?,
        provider: row.try_get("provider")?,
        model: row.try_get("model")?,
        tokens: tokens
            .map(|json| serde_json::from_str(&json))
            .transpose()
            .map_err(inconsistent)?,
        cost_usd: cost_nano_usd.map(dollars),
        cost_source: cost_source.and_then(CostSource::from_code),
        country: row.try_get("country")?,
        city: row.try_get("city")?,
        region: row.try_get("region")?,
        device: row.try_get("device")?,
        input: json(row, "input")?,
        output: json(row, "output")?,
        attributes: json(row, "attributes")?,
    })
}

fn id(row: &SqliteRow) -> Result<String, StoreError> {
    Ok(key(row)?.id(row.try_get("event_hash")?).to_string())
}

fn time(row: &SqliteRow, column: &str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_micros(row.try_get(column)?))
}

fn severity(row: &SqliteRow) -> Result<Severity, StoreError> {
    let code: i64 = row.try_get("severity")?;
    Severity::from_code(code).ok_or_else(|| inconsistent(format!("severity {code}")))
}

fn status(row: &SqliteRow) -> Result<Status, StoreError> {
    let code: i64 = row.try_get("status")?;
    Status::from_code(code).ok_or_else(|| inconsistent(format!("status {code}")))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "microseconds of a duration are far below 2^52"
)]
fn duration_ms(row: &SqliteRow) -> Result<Option<f64>, StoreError> {
    let micros: Option<i64> = row.try_get("duration_us")?;
    Ok(micros.map(|micros| micros as f64 / 1_000.0))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "shown to people; sums are made of the integers"
)]
fn dollars(nano: i64) -> f64 {
    nano as f64 / 1e9
}

fn json(row: &SqliteRow, column: &str) -> Result<Option<Box<RawValue>>, StoreError> {
    let text: Option<String> = row.try_get(column)?;
    text.map(RawValue::from_string).transpose().map_err(inconsistent)
}

fn inconsistent(error: impl std::fmt::Display) -> StoreError {
    StoreError::Inconsistent(error.to_string())
}
