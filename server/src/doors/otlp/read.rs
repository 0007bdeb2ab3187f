//! From a request to events, item by item.

use std::fmt::Display;

use eventglass_engine::ingest::text::cut;
use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{FieldError, Loc, Timestamp, loc};
use prost::bytes::Bytes;
use serde::Deserialize;

use super::encoding::Encoding;
use super::map::{Repeats, Shared, read_log, read_span};
use super::wire::{self, Bounds, ExportRequest, JsonRequest, LogRecord, Signal, Span, Stop};
use crate::doors::gate::Refusal;
use crate::doors::items::weight;

/// The longest reason that is told, in bytes.
const REASON_BYTES: usize = 300;

/// What an object of a request in JSON takes in memory at most, and any other value.
const OBJECT_BYTES: usize = 128;
const VALUE_BYTES: usize = 32;

/// Looks a request over before anything is made of it.
///
/// # Errors
/// When it has too many items, would take too much memory, or, in JSON, is none.
pub(super) fn survey(body: &[u8], encoding: Encoding, signal: Signal, bounds: Bounds) -> Result<(), Refusal> {
    let stopped = match encoding {
        Encoding::Protobuf => wire::survey(body, signal, bounds).err(),
        Encoding::Json => {
            let json = object(body)?;
            let too_heavy = || (weight(json, OBJECT_BYTES, VALUE_BYTES) > bounds.bytes).then_some(Stop::Bytes);
            match wire::count(json, signal, bounds.items) {
                Ok(_) => too_heavy(),
                Err(stop) => Some(stop),
            }
        }
    };
    match stopped {
        None => Ok(()),
        // Serde takes a list for an object's fields in order, and items that were not counted with it.
        Some(Stop::Malformed(why)) if encoding == Encoding::Json => Err(malformed(&why)),
        // Prost stops where this stopped, and says why.
        Some(Stop::Malformed(_)) => Ok(()),
        Some(Stop::Items) => Err(Refusal::too_many(bounds.items)),
        Some(Stop::Bytes) => Err(Refusal::TooIntricate(bounds.bytes)),
    }
}

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

/// How many data points a request of metrics holds. Nothing is made of them,
/// so that there may be as many as there is room for.
///
/// # Errors
/// When it is not one.
pub(super) fn data_points(body: &[u8], encoding: Encoding) -> Result<usize, Refusal> {
    let free = Bounds {
        items: usize::MAX,
        bytes: usize::MAX,
    };
    let counted = match encoding {
        Encoding::Protobuf => wire::survey(body, Signal::Metrics, free),
        Encoding::Json => wire::count(object(body)?, Signal::Metrics, free.items),
    };
    counted.map_err(|stop| match stop {
        Stop::Malformed(why) => malformed(&why),
        Stop::Items | Stop::Bytes => Refusal::TooIntricate(free.bytes),
    })
}

/// The body as text, without a byte order mark, if it looks like an object.
fn object(body: &[u8]) -> Result<&str, Refusal> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|error| Refusal::Unreadable(error.to_string()))?;
    // Serde would read a list as the fields of a request in their order.
    if !text.trim_start().starts_with('{') {
        return Err(malformed(&"expected a JSON object"));
    }
    Ok(text)
}

fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refusal> {
    serde_json::from_str(object(body)?).map_err(|error| malformed(&error))
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
