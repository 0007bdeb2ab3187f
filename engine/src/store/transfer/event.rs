//! An event on its way from one store to the other.

use std::collections::BTreeSet;

use eventglass_model::CostSource;

use super::Value;
use crate::ingest::{IdHash, NewEvent, PendingEvent};
use crate::store::row::{self, Columns, inconsistent};
use crate::store::{EventKey, StoreError};

/// An event with what its store gave it.
pub(crate) struct EventRow {
    pub(crate) key: EventKey,
    pub(crate) received_at: i64,
    pub(crate) event: PendingEvent,
    /// Input, output and attributes, which `event` has as one compressed value.
    pub(crate) long_texts: [Option<String>; 3],
    /// The words it is found by, cut and folded.
    pub(crate) words: BTreeSet<String>,
}

impl EventRow {
    /// Reads a row of [`row::WHOLE`].
    pub(crate) fn read(columns: &impl Columns, words: BTreeSet<String>) -> Result<Self, StoreError> {
        let event = row::event(columns)?;
        let long = row::payload(columns)?;
        let event_hash: IdHash = columns
            .bytes("event_hash")?
            .try_into()
            .map_err(|_| inconsistent("a hash of another length"))?;
        Ok(Self {
            key: row::key(columns)?,
            received_at: event.received_at.micros(),
            words,
            long_texts: [&long.input, &long.output, &long.attributes].map(Clone::clone),
            event: PendingEvent {
                project_id: event.project_id,
                event_hash,
                await_ack: false,
                text: String::new(),
                payload: long.encode(),
                event: NewEvent {
                    event_id: event.event_id,
                    time: event.time,
                    kind: event.kind,
                    name: event.name,
                    message: event.message,
                    severity: event.severity,
                    status: event.status,
                    service: event.service,
                    endpoint: event.endpoint,
                    method: event.method,
                    version: event.version,
                    environment: event.environment,
                    topic: event.topic,
                    user_id: event.user_id,
                    session_id: event.session_id,
                    request_id: event.request_id,
                    trace_id: event.trace_id,
                    span_id: event.span_id,
                    parent_span_id: event.parent_span_id,
                    // Exact, which the event's floating point need not be.
                    duration_us: columns.maybe_int("duration_us")?,
                    status_code: event.status_code,
                    provider: event.provider,
                    model: event.model,
                    tokens: event.tokens,
                    cost_nano_usd: columns.maybe_int("cost_nano_usd")?,
                    cost_source: event.cost_source,
                    country: event.country,
                    city: event.city,
                    region: event.region,
                    device: event.device,
                    input: None,
                    output: None,
                    attributes: None,
                    place: Vec::new(),
                },
            },
        })
    }
}

/// All that is known of an event, for its sum. Written out, so that a field
/// that is added to the event cannot be forgotten here.
pub(crate) fn values(row: &EventRow) -> Vec<Value> {
    let EventRow {
        key,
        received_at,
        event: pending,
        long_texts,
        words,
    } = row;
    let PendingEvent {
        project_id,
        event_hash,
        await_ack: _,
        text: _,
        payload: _,
        event,
    } = pending;
    let NewEvent {
        event_id,
        time,
        kind,
        name,
        message,
        severity,
        status,
        service,
        endpoint,
        method,
        version,
        environment,
        topic,
        user_id,
        session_id,
        request_id,
        trace_id,
        span_id,
        parent_span_id,
        duration_us,
        status_code,
        provider,
        model,
        tokens,
        cost_nano_usd,
        cost_source,
        country,
        city,
        region,
        device,
        input: _,
        output: _,
        attributes: _,
        place: _,
    } = event;
    let tokens = tokens.as_ref().and_then(|tokens| serde_json::to_string(tokens).ok());
    let mut values = vec![
        Value::Int(key.0),
        Value::Int(*received_at),
        Value::Int(*project_id),
        Value::Bytes(event_hash.to_vec()),
        Value::Text(event_id.clone()),
        Value::Int(time.micros()),
        Value::Text(kind.clone()),
        Value::Int(severity.code()),
        Value::Int(status.code()),
    ];
    let number = |value: &Option<i64>| value.map_or(Value::Null, Value::Int);
    let text = |value: &Option<String>| value.clone().map_or(Value::Null, Value::Text);
    values.extend([duration_us, status_code, cost_nano_usd].map(number));
    values.push(number(&cost_source.map(CostSource::code)));
    values.extend(
        [
            name,
            message,
            service,
            endpoint,
            method,
            version,
            environment,
            topic,
            user_id,
            session_id,
            request_id,
            trace_id,
            span_id,
            parent_span_id,
            provider,
            model,
            &tokens,
            country,
            city,
            region,
            device,
        ]
        .map(text),
    );
    values.extend(long_texts.iter().map(text));
    values.extend(words.iter().cloned().map(Value::Text));
    values
}
