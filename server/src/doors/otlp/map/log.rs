//! Log records.

use std::borrow::Cow;
use std::collections::HashMap;

use eventglass_engine::ingest::NewEvent;
use eventglass_model::{Loc, Severity, Status, Timestamp};
use sha2::{Digest, Sha256};

use super::common::{MESSAGE, NAME, fill, is_id, moment};
use super::fields::Field;
use super::out::{self, Object};
use super::shared::Shared;
use super::slots::Slots;
use super::text::{clip, text_of};
use super::{attributes, content};
use crate::doors::otlp::wire::{AnyValue, LogRecord, Value, hex};

/// How often each record has been seen in a request.
#[derive(Default)]
pub struct Repeats(HashMap<[u8; 16], u32>);

/// Makes an event of a log record.
///
/// A record has no id of its own, so that one is made of everything it says:
/// a request that is sent again is stored once. Records of one request that
/// are equal are told apart by their order.
pub fn read(log: &LogRecord, shared: &Shared<'_>, place: Vec<Loc>, now: Timestamp, repeats: &mut Repeats) -> NewEvent {
    let slots = Slots::new(&log.attributes, Some(shared.resource));
    let time = moment(log.time_unix_nano).or_else(|| moment(log.observed_time_unix_nano));
    let own = |key| log.attributes.iter().any(|attribute| attribute.key == key);
    let failed = own("exception.type") || own("exception.message");
    let kind = if failed { "error" } else { "log" };
    let mut event = NewEvent::new(String::new(), time.unwrap_or(now), kind.to_owned());
    event.place = place;
    event.trace_id = is_id(&log.trace_id, 16).then(|| hex(&log.trace_id));
    event.span_id = is_id(&log.span_id, 8).then(|| hex(&log.span_id));
    event.name = match log.event_name.as_str() {
        "" => slots.text(Field::EventName).map(|name| clip(&name, NAME)),
        name => Some(clip(name, NAME)),
    };
    fill(&mut event, &slots);
    let said = || Severity::parse(&log.severity_text).ok();
    event.severity =
        severity(log.severity_number)
            .or_else(said)
            .unwrap_or(if failed { Severity::Error } else { Severity::Info });
    if failed {
        event.status = Status::Error;
    }
    let message = log.body.as_ref().and_then(message);
    let whole = matches!((&message, &log.body), (Some(Cow::Borrowed(text)), Some(body)) if is_text(body, text));
    let message = message.or_else(|| slots.text(Field::ErrorText).filter(|_| failed));
    event.message = message.as_deref().map(|message| clip(message, MESSAGE));
    (event.input, event.output) = content::read(&slots, &[]);
    let kept = event.message.as_ref().map_or(0, String::len);
    let cut = !whole || message.is_some_and(|message| message.len() != kept);
    let json = attributes::json(&log.attributes, shared, |otel| raw(log, cut, otel));
    event.event_id = repeats.id(&json, &event);
    event.attributes = Some(json);
    event
}

/// The level of a severity number: four each of trace, debug, info, warn, error, fatal.
pub fn severity(number: i32) -> Option<Severity> {
    match number {
        1..=8 => Some(Severity::Debug),
        9..=12 => Some(Severity::Info),
        13..=16 => Some(Severity::Warning),
        17..=20 => Some(Severity::Error),
        21..=24 => Some(Severity::Critical),
        _ => None,
    }
}

/// What a body says: itself, or what its structure has under a usual name, or
/// all of it as JSON.
fn message(body: &AnyValue) -> Option<Cow<'_, str>> {
    match body.value.as_ref()? {
        Value::List(list) => {
            let named = ["message", "msg", "body", "content"].iter().find_map(|name| {
                let found = list.values.iter().find(|pair| pair.key == *name)?;
                text_of(found.value.as_ref()?)
            });
            // Not borrowed: it is a part of the body, which must be kept besides.
            Some(Cow::Owned(named.map_or_else(|| json_of(body), Cow::into_owned)))
        }
        Value::Array(_) | Value::Bytes(_) => Some(Cow::Owned(json_of(body))),
        _ => text_of(body),
    }
}

fn is_text(body: &AnyValue, text: &str) -> bool {
    matches!(&body.value, Some(Value::String(body)) if body == text)
}

fn json_of(value: &AnyValue) -> String {
    let mut json = Vec::new();
    out::value(&mut json, value);
    String::from_utf8(json).unwrap_or_default()
}

/// What the event has no field for, and what a field had to cut or round.
fn raw(log: &LogRecord, keep_body: bool, otel: &mut Object<'_>) {
    otel.some_number("time_unix_nano", log.time_unix_nano);
    otel.some_number("observed_time_unix_nano", log.observed_time_unix_nano);
    if log.severity_number != 0 {
        out::number(otel.key("severity_number"), log.severity_number);
    }
    otel.some_text("severity_text", &log.severity_text);
    if let Some(body) = log.body.as_ref().filter(|body| keep_body && body.value.is_some()) {
        out::value(otel.key("body"), body);
    }
    otel.some_text("event_name", &log.event_name);
    otel.some_number("flags", log.flags.into());
    // An id that is none is not the event's; it is kept as it came.
    for (name, id, length) in [("trace_id", &log.trace_id, 16), ("span_id", &log.span_id, 8)] {
        if !id.is_empty() && !is_id(id, length) {
            otel.text(name, &hex(id));
        }
    }
    otel.some_number("dropped_attributes_count", log.dropped_attributes_count.into());
}

impl Repeats {
    /// The id of a record: the hash of what it says, and its number among its equals.
    fn id(&mut self, attributes: &str, event: &NewEvent) -> String {
        let mut hasher = Sha256::new_with_prefix(attributes);
        for part in [&event.message, &event.trace_id, &event.span_id] {
            hasher.update([0xff]);
            hasher.update(part.as_deref().unwrap_or_default());
        }
        let hash = hasher.finalize().first_chunk().copied().unwrap_or_default();
        let seen = self.0.entry(hash).or_insert(0);
        *seen += 1;
        let id = hex(&hash);
        match *seen {
            1 => format!("log:{id}"),
            again => format!("log:{id}:{again}"),
        }
    }
}
