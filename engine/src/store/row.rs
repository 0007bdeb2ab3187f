//! From rows to what they mean, whichever database they come from.

use std::collections::BTreeMap;

use eventglass_model::{
    CostSource, Event, EventSummary, FieldError, IngestCounts, Project, RefusedItem, Severity, Status, Timestamp,
    Tokens, Usd,
};
use serde_json::value::RawValue;

use crate::ingest::NewEvent;
use crate::store::{EventKey, Payload, StoreError, StoredAnswer, UserRow, Which, door};
use crate::traces::SpanRow;

/// A row, as a driver gives it: its columns by name.
pub trait Columns {
    /// A number.
    fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.maybe_int(column)?
            .ok_or_else(|| inconsistent(format!("{column} is missing")))
    }

    /// A number or NULL.
    fn maybe_int(&self, column: &str) -> Result<Option<i64>, StoreError>;

    /// A text.
    fn text(&self, column: &str) -> Result<String, StoreError> {
        self.maybe_text(column)?
            .ok_or_else(|| inconsistent(format!("{column} is missing")))
    }

    /// A text or NULL.
    fn maybe_text(&self, column: &str) -> Result<Option<String>, StoreError>;

    /// Bytes.
    fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        self.maybe_bytes(column)?
            .ok_or_else(|| inconsistent(format!("{column} is missing")))
    }

    /// Bytes or NULL.
    fn maybe_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError>;
}

impl Columns for &dyn Columns {
    fn maybe_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        (**self).maybe_int(column)
    }

    fn maybe_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        (**self).maybe_text(column)
    }

    fn maybe_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
        (**self).maybe_bytes(column)
    }
}

/// What [`summary`] reads, of the table called `e`.
pub(crate) const SUMMARY: &str = "e.key, e.event_hash, e.event_id, e.time, e.received_at, e.kind, e.name, e.message, \
     e.severity, e.status, e.service, e.endpoint, e.method, e.environment, e.status_code, e.duration_us, e.trace_id, \
     e.user_id, e.model";

/// What [`event`] reads: all that [`SUMMARY`] names, and the rest.
pub(crate) const WHOLE: &str = "e.key, e.event_hash, e.event_id, e.time, e.received_at, e.kind, e.name, e.message, \
     e.severity, e.status, e.service, e.endpoint, e.method, e.environment, e.status_code, e.duration_us, e.trace_id, \
     e.user_id, e.model, e.project_id, e.version, e.topic, e.session_id, e.request_id, e.span_id, e.parent_span_id, \
     e.provider, e.tokens, e.cost_nano_usd, e.cost_source, e.country, e.city, e.region, e.device, e.input, e.output, \
     e.attributes, e.payload";

/// What [`payload`] reads.
pub(crate) const PAYLOAD: &str = "e.input, e.output, e.attributes, e.payload";

/// What [`span`] reads: all but what is long. Of the message, the beginning,
/// and only where it may have to stand for a name.
pub(crate) const SPAN: &str = "e.key, e.event_hash, e.event_id, e.trace_id, e.span_id, e.parent_span_id, e.time, \
     e.received_at, e.kind, e.name, CASE WHEN e.name IS NULL THEN substr(e.message, 1, 160) END AS title, e.severity, \
     e.status, e.service, e.environment, e.user_id, e.session_id, e.duration_us, e.model, e.tokens, e.cost_nano_usd, \
     e.cost_source";

/// The columns of a row of `events`, in the order in which they are bound.
pub(crate) const INSERT_COLUMNS: [&str; 35] = [
    "key",
    "project_id",
    "event_id",
    "event_hash",
    "time",
    "received_at",
    "kind",
    "name",
    "message",
    "severity",
    "status",
    "service",
    "endpoint",
    "method",
    "version",
    "environment",
    "topic",
    "user_id",
    "session_id",
    "request_id",
    "trace_id",
    "span_id",
    "parent_span_id",
    "duration_us",
    "status_code",
    "provider",
    "model",
    "tokens",
    "cost_nano_usd",
    "cost_source",
    "country",
    "city",
    "region",
    "device",
    "payload",
];

/// The key of a row.
pub(crate) fn key(row: &impl Columns) -> Result<EventKey, StoreError> {
    Ok(EventKey(row.int("key")?))
}

/// Reads a row of [`SUMMARY`].
pub(crate) fn summary(row: &impl Columns) -> Result<EventSummary, StoreError> {
    Ok(EventSummary {
        id: id(row)?,
        event_id: row.text("event_id")?,
        time: time(row, "time")?,
        received_at: time(row, "received_at")?,
        kind: row.text("kind")?,
        name: row.maybe_text("name")?,
        message: row.maybe_text("message")?,
        severity: severity(row)?,
        status: status(row)?,
        service: row.maybe_text("service")?,
        endpoint: row.maybe_text("endpoint")?,
        method: row.maybe_text("method")?,
        environment: row.maybe_text("environment")?,
        status_code: row.maybe_int("status_code")?,
        duration_ms: duration_ms(row)?,
        trace_id: row.maybe_text("trace_id")?,
        user_id: row.maybe_text("user_id")?,
        model: row.maybe_text("model")?,
        fields: BTreeMap::new(),
    })
}

/// Reads a row of [`WHOLE`].
pub(crate) fn event(row: &impl Columns) -> Result<Event, StoreError> {
    let cost_nano_usd = row.maybe_int("cost_nano_usd")?;
    let cost_source = row.maybe_int("cost_source")?;
    let payload = payload(row)?;
    Ok(Event {
        id: id(row)?,
        event_id: row.text("event_id")?,
        project_id: row.int("project_id")?,
        time: time(row, "time")?,
        received_at: time(row, "received_at")?,
        kind: row.text("kind")?,
        name: row.maybe_text("name")?,
        message: row.maybe_text("message")?,
        severity: severity(row)?,
        status: status(row)?,
        service: row.maybe_text("service")?,
        endpoint: row.maybe_text("endpoint")?,
        method: row.maybe_text("method")?,
        version: row.maybe_text("version")?,
        environment: row.maybe_text("environment")?,
        topic: row.maybe_text("topic")?,
        user_id: row.maybe_text("user_id")?,
        session_id: row.maybe_text("session_id")?,
        request_id: row.maybe_text("request_id")?,
        trace_id: row.maybe_text("trace_id")?,
        span_id: row.maybe_text("span_id")?,
        parent_span_id: row.maybe_text("parent_span_id")?,
        duration_ms: duration_ms(row)?,
        status_code: row.maybe_int("status_code")?,
        provider: row.maybe_text("provider")?,
        model: row.maybe_text("model")?,
        tokens: tokens(row)?,
        cost_usd: cost_nano_usd.map(dollars),
        cost_source: cost_source.and_then(CostSource::from_code),
        country: row.maybe_text("country")?,
        city: row.maybe_text("city")?,
        region: row.maybe_text("region")?,
        device: row.maybe_text("device")?,
        input: json(payload.input)?,
        output: json(payload.output)?,
        attributes: json(payload.attributes)?,
    })
}

/// What of a row of [`WHOLE`] an event is found by.
pub(crate) fn searched(row: &impl Columns) -> Result<NewEvent, StoreError> {
    let text = |column| row.maybe_text(column);
    let payload = payload(row)?;
    Ok(NewEvent {
        name: text("name")?,
        message: text("message")?,
        severity: severity(row)?,
        status: status(row)?,
        service: text("service")?,
        endpoint: text("endpoint")?,
        method: text("method")?,
        environment: text("environment")?,
        user_id: text("user_id")?,
        session_id: text("session_id")?,
        trace_id: text("trace_id")?,
        status_code: row.maybe_int("status_code")?,
        model: text("model")?,
        input: payload.input,
        output: payload.output,
        attributes: payload.attributes,
        ..NewEvent::new(row.text("event_id")?, time(row, "time")?, row.text("kind")?)
    })
}

/// Reads a row of [`SPAN`].
pub(crate) fn span(row: &impl Columns) -> Result<SpanRow, StoreError> {
    let mut span = SpanRow {
        key: row.int("key")?,
        event_hash: row.bytes("event_hash")?,
        event_id: row.text("event_id")?,
        trace_id: row.maybe_text("trace_id")?.unwrap_or_default(),
        span_id: row.maybe_text("span_id")?,
        parent_span_id: row.maybe_text("parent_span_id")?,
        time: row.int("time")?,
        received_at: row.int("received_at")?,
        kind: row.text("kind")?,
        name: row.maybe_text("name")?,
        severity: severity(row)?,
        status: status(row)?,
        service: row.maybe_text("service")?,
        environment: row.maybe_text("environment")?,
        user_id: row.maybe_text("user_id")?,
        session_id: row.maybe_text("session_id")?,
        duration_us: row.maybe_int("duration_us")?,
        model: row.maybe_text("model")?,
        tokens: tokens(row)?,
        cost_nano_usd: row.maybe_int("cost_nano_usd")?,
        cost_source: row.maybe_int("cost_source")?.and_then(CostSource::from_code),
    };
    if span.name.is_none() {
        // A log is called what it says, and a call what it calls.
        span.name = if span.is_moment() {
            row.maybe_text("title")?
        } else {
            span.model.clone()
        };
    }
    Ok(span)
}

fn tokens(row: &impl Columns) -> Result<Option<Tokens>, StoreError> {
    let json = row.maybe_text("tokens")?;
    json.map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(inconsistent)
}

fn id(row: &impl Columns) -> Result<String, StoreError> {
    Ok(key(row)?.id(&row.bytes("event_hash")?).to_string())
}

fn time(row: &impl Columns, column: &str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_micros(row.int(column)?))
}

fn severity(row: &impl Columns) -> Result<Severity, StoreError> {
    let code = row.int("severity")?;
    Severity::from_code(code).ok_or_else(|| inconsistent(format!("severity {code}")))
}

fn status(row: &impl Columns) -> Result<Status, StoreError> {
    let code = row.int("status")?;
    Status::from_code(code).ok_or_else(|| inconsistent(format!("status {code}")))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "microseconds of a duration are far below 2^52"
)]
fn duration_ms(row: &impl Columns) -> Result<Option<f64>, StoreError> {
    let micros = row.maybe_int("duration_us")?;
    Ok(micros.map(|micros| micros as f64 / 1_000.0))
}

/// With six decimals; sums are made of the integers.
fn dollars(nano: i64) -> f64 {
    Usd::from_nanos(nano).dollars()
}

/// Reads [`PAYLOAD`].
pub(crate) fn payload(row: &impl Columns) -> Result<Payload, StoreError> {
    match row.maybe_bytes("payload")? {
        Some(stored) => Payload::decode(&stored),
        None => Ok(Payload {
            input: row.maybe_text("input")?,
            output: row.maybe_text("output")?,
            attributes: row.maybe_text("attributes")?,
        }),
    }
}

fn json(text: Option<String>) -> Result<Option<Box<RawValue>>, StoreError> {
    text.map(RawValue::from_string).transpose().map_err(inconsistent)
}

pub(crate) fn inconsistent(error: impl std::fmt::Display) -> StoreError {
    StoreError::Inconsistent(error.to_string())
}

/// Reads a user: id, email, password_hash, created_at.
pub(crate) fn user(row: &impl Columns) -> Result<UserRow, StoreError> {
    Ok(UserRow {
        id: row.int("id")?,
        email: row.text("email")?,
        password_hash: row.text("password_hash")?,
        created_at: time(row, "created_at")?,
    })
}

/// What [`project`] reads, of the table called `p`.
pub(crate) const PROJECT: &str = "p.id, p.slug, p.name, p.description, p.created_at, p.event_count, p.last_event_at";

/// Reads a row of [`PROJECT`].
pub(crate) fn project(row: &impl Columns) -> Result<Project, StoreError> {
    Ok(Project {
        id: row.int("id")?,
        slug: row.text("slug")?,
        name: row.text("name")?,
        description: row.text("description")?,
        created_at: time(row, "created_at")?,
        event_count: row.int("event_count")?,
        last_event_at: row.maybe_int("last_event_at")?.map(Timestamp::from_micros),
    })
}

/// The statement that finds a project by its id or slug (`$1`), and what a user (`$2`) may be called in it.
pub(crate) fn select_project_with_role(which: Which<'_>) -> String {
    let by = match which {
        Which::Id(_) => "id",
        Which::Slug(_) => "slug",
    };
    format!(
        "SELECT {PROJECT}, m.role FROM projects p LEFT JOIN members m ON m.project_id = p.id AND m.user_id = $2 \
         WHERE p.{by} = $1"
    )
}

/// Reads a row of [`select_project_with_role`].
pub(crate) fn project_with_role(row: &impl Columns) -> Result<(Project, Option<String>), StoreError> {
    Ok((project(row)?, row.maybe_text("role")?))
}

/// Reads an answer: body_hash, status, content_type, body.
pub(crate) fn answer(row: &impl Columns) -> Result<StoredAnswer, StoreError> {
    Ok(StoredAnswer {
        body_hash: row
            .bytes("body_hash")?
            .try_into()
            .map_err(|_| inconsistent("hash of another length"))?,
        status: u16::try_from(row.int("status")?).unwrap_or(500),
        content_type: row.text("content_type")?,
        body: row.bytes("body")?,
    })
}

/// Reads a refused item, with `key_name` and `key_prefix` of its key.
pub(crate) fn refused_item(row: &impl Columns) -> Result<RefusedItem, StoreError> {
    let errors: Vec<FieldError> = serde_json::from_str(&row.text("errors")?).map_err(inconsistent)?;
    Ok(RefusedItem {
        id: row.int("id")?,
        time: time(row, "time")?,
        door: door(row.int("door")?),
        key: key_label(row)?,
        event_id: row.maybe_text("event_id")?,
        reason: row.text("reason")?,
        errors,
        payload: row.maybe_text("payload")?.map(raw_json),
    })
}

/// What was no JSON is shown as a JSON string.
fn raw_json(payload: String) -> Box<RawValue> {
    RawValue::from_string(payload.clone())
        .or_else(|_| serde_json::value::to_raw_value(&payload))
        .unwrap_or_default()
}

/// Name and prefix of a key that is still there.
pub(crate) fn key_label(row: &impl Columns) -> Result<Option<String>, StoreError> {
    Ok(match (row.maybe_text("key_name")?, row.maybe_text("key_prefix")?) {
        (Some(name), Some(prefix)) if name.is_empty() => Some(prefix),
        (Some(name), Some(prefix)) => Some(format!("{name} ({prefix}…)")),
        _ => None,
    })
}

/// Reads counts of ingest: a column of its name for each.
pub(crate) fn counts(row: &impl Columns) -> Result<IngestCounts, StoreError> {
    let count = |column: &str| Ok::<u64, StoreError>(u64::try_from(row.int(column)?).unwrap_or(0));
    Ok(IngestCounts {
        requests: count("requests")?,
        accepted: count("accepted")?,
        duplicates: count("duplicates")?,
        refused: count("refused")?,
        limited: count("limited")?,
        bytes: count("bytes")?,
    })
}
