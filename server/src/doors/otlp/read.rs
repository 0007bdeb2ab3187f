//! From a request to events, item by item.

use std::fmt::Display;

use eventglass_engine::ingest::text::cut;
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{FieldError, Loc, Timestamp, loc};
use prost::bytes::Bytes;
use serde::Deserialize;

use super::encoding::Encoding;
use super::map::{Repeats, Shared, read_log, read_span};
use super::wire::{ExportRequest, JsonRequest, LogRecord, MetricsRequest, Signal, Span};
use crate::doors::gate::Refusal;

/// The longest reason that is told, in bytes.
const REASON_BYTES: usize = 300;

/// Reads a request down to its items, which stay encoded.
///
/// # Errors
/// When it is not one, or, in JSON, one of another signal.
pub(super) fn open(body: Bytes, encoding: Encoding, signal: Signal) -> Result<ExportRequest, Refusal> {
    if encoding == Encoding::Protobuf {
        return prost::Message::decode(body).map_err(|error| malformed(&error));
    }
    let request: JsonRequest = json(&body)?;
    // Unknown fields are ignored, as the specification wants it; but spans sent
    // to the wrong path would be lost with a success.
    let (ours, others) = match signal {
        Signal::Logs => (request.logs, request.traces.is_some() || request.metrics.is_some()),
        Signal::Traces | Signal::Metrics => (request.traces, request.logs.is_some() || request.metrics.is_some()),
    };
    match ours {
        None if others => Err(Refusal::Malformed(format!(
            "this route takes {}",
            names(signal).resources
        ))),
        ours => Ok(ExportRequest {
            resources: ours.unwrap_or_default(),
        }),
    }
}

/// How many data points a request of metrics holds.
///
/// # Errors
/// When it is not one.
pub(super) fn data_points(body: Bytes, encoding: Encoding) -> Result<usize, Refusal> {
    let request: MetricsRequest = match encoding {
        Encoding::Protobuf => prost::Message::decode(body).map_err(|error| malformed(&error))?,
        Encoding::Json => json(&body)?,
    };
    Ok(request.data_points())
}

fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refusal> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    // Serde would read a list as the fields of a request in their order.
    if !text.trim_start().starts_with('{') {
        return Err(malformed(&"expected a JSON object"));
    }
    serde_json::from_str(text).map_err(|error| malformed(&error))
}

fn malformed(why: &dyn Display) -> Refusal {
    let why = why.to_string();
    Refusal::Malformed(format!("the body is not an OTLP request: {}", cut(&why, REASON_BYTES)))
}

/// What a signal's JSON calls its parts.
pub(super) struct Names {
    pub(super) resources: &'static str,
    pub(super) scopes: &'static str,
    pub(super) items: &'static str,
}

/// See [`Names`].
pub(super) const fn names(signal: Signal) -> Names {
    match signal {
        Signal::Logs => Names {
            resources: "resourceLogs",
            scopes: "scopeLogs",
            items: "logRecords",
        },
        Signal::Traces | Signal::Metrics => Names {
            resources: "resourceSpans",
            scopes: "scopeSpans",
            items: "spans",
        },
    }
}

/// Where an item stands: its resource, its scope, and its place there.
pub(super) type Place = (usize, usize, usize);

/// Where each item stands, in order.
pub(super) fn places(request: &ExportRequest) -> Vec<Place> {
    let mut places = Vec::new();
    for (r, resource) in request.resources.iter().enumerate() {
        for (s, scope) in resource.scopes.iter().enumerate() {
            places.extend((0..scope.items.len()).map(|n| (r, s, n)));
        }
    }
    places
}

/// How many items there are.
pub(super) fn count(request: &ExportRequest) -> usize {
    let scopes = request.resources.iter().flat_map(|resource| &resource.scopes);
    scopes.map(|scope| scope.items.len()).sum()
}

/// Makes an event of each item, in order.
pub(super) fn events(
    request: &ExportRequest,
    encoding: Encoding,
    signal: Signal,
    now: Timestamp,
) -> Vec<Result<NewEvent, Refused>> {
    let mut repeats = Repeats::default();
    let mut events = Vec::with_capacity(count(request));
    let names = names(signal);
    for (r, resource) in request.resources.iter().enumerate() {
        let attributes = Shared::resource(resource);
        for (s, scope) in resource.scopes.iter().enumerate() {
            let shared = Shared::new(resource, &attributes, scope);
            for (n, item) in scope.items.iter().enumerate() {
                let place = loc![names.resources, r, names.scopes, s, names.items, n];
                events.push(event(item, encoding, signal, &shared, place, now, &mut repeats));
            }
        }
    }
    events
}

/// Makes an event of one item.
///
/// # Errors
/// Why it is none.
pub(super) fn event(
    item: &Bytes,
    encoding: Encoding,
    signal: Signal,
    shared: &Shared<'_>,
    place: Vec<Loc>,
    now: Timestamp,
    repeats: &mut Repeats,
) -> Result<NewEvent, Refused> {
    let unread = |place, error: String| Refused {
        event_id: None,
        // The reason may quote what it is about, be it a megabyte.
        errors: vec![FieldError::new(
            place,
            format!("cannot be read: {}", cut(&error, REASON_BYTES)),
        )],
    };
    if signal == Signal::Logs {
        return match encoding.decode::<LogRecord>(item.clone()) {
            Ok(log) => Ok(read_log(&log, shared, place, now, repeats)),
            Err(error) => Err(unread(place, error)),
        };
    }
    match encoding.decode::<Span>(item.clone()) {
        Ok(span) => read_span(&span, shared, place, now),
        Err(error) => Err(unread(place, error)),
    }
}
