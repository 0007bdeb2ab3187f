//! Spans.

use std::borrow::Cow;

use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{CostSource, Loc, Severity, Status, Timestamp};

use super::common::{MESSAGE, NAME, fault, fill, is_id, moment};
use super::fields::Field;
use super::out::{self, Object};
use super::shared::Shared;
use super::slots::Slots;
use super::text::{clip, text_of};
use super::{attributes, content, kind, log, usage};
use crate::doors::otlp::wire::{Link, Span, SpanEvent, hex};

/// Makes an event of a span.
///
/// # Errors
/// Ids that are none.
pub fn read(span: &Span, shared: &Shared<'_>, place: Vec<Loc>, now: Timestamp) -> Result<NewEvent, Refused> {
    let (trace_id, span_id) = ids(span, &place)?;
    let slots = Slots::new(&span.attributes, Some(shared.resource));
    let start = moment(span.start_time_unix_nano);
    let end = moment(span.end_time_unix_nano);
    let time = start.or(end).unwrap_or(now);
    let mut event = NewEvent::new(format!("{trace_id}:{span_id}"), time, kind::of(&slots).to_owned());
    event.place = place;
    event.trace_id = Some(trace_id);
    event.span_id = Some(span_id);
    event.parent_span_id = is_id(&span.parent_span_id, 8).then(|| hex(&span.parent_span_id));
    event.name = (!span.name.is_empty()).then(|| clip(&span.name, NAME));
    event.duration_us = start
        .zip(end)
        .map(|(start, end)| end.micros().saturating_sub(start.micros()).max(0));
    fill(&mut event, &slots);
    end_of(span, &slots, &mut event);
    event.tokens = usage::tokens(&slots, &event.kind);
    event.cost_nano_usd = usage::cost(&slots, &event.kind);
    event.cost_source = event.cost_nano_usd.map(|_| CostSource::Client);
    (event.input, event.output) = content::read(&slots, &span.events);
    event.attributes = Some(attributes::json(&span.attributes, shared, |otel| raw(span, otel)));
    Ok(event)
}

fn ids(span: &Span, place: &[Loc]) -> Result<(String, String), Refused> {
    let sound = (is_id(&span.trace_id, 16), is_id(&span.span_id, 8));
    let parent = span.parent_span_id.is_empty() || span.parent_span_id.len() == 8;
    if sound == (true, true) && parent {
        return Ok((hex(&span.trace_id), hex(&span.span_id)));
    }
    let faults = [
        (sound.0, "traceId", "must be 16 bytes (32 hex digits), not all zero"),
        (sound.1, "spanId", "must be 8 bytes (16 hex digits), not all zero"),
        (parent, "parentSpanId", "must be 8 bytes (16 hex digits), or empty"),
    ];
    let errors = faults.iter().filter(|(sound, ..)| !sound);
    Err(Refused {
        event_id: (sound == (true, true)).then(|| format!("{}:{}", hex(&span.trace_id), hex(&span.span_id))),
        errors: errors.map(|(_, field, msg)| fault(place, field, msg)).collect(),
    })
}

/// How it ended: what the span says, or the level that a convention gives it,
/// or an exception that it does not contradict.
fn end_of(span: &Span, slots: &Slots<'_>, event: &mut NewEvent) {
    let exceptions = || span.events.iter().filter(|event| event.name == "exception");
    let level = slots.text(Field::Level).and_then(|level| Severity::parse(&level).ok());
    let code = span.status.as_ref().map_or(0, |status| status.code);
    event.status = match code {
        1 => Status::Ok,
        2 => Status::Error,
        _ if level == Some(Severity::Error) || exceptions().next().is_some() => Status::Error,
        _ => Status::Unset,
    };
    let level = level.or_else(|| log::severity(i32::try_from(slots.int(Field::LevelNumber)?).ok()?));
    event.severity = match event.status {
        Status::Error | Status::Timeout => level.unwrap_or(Severity::Error).max(Severity::Error),
        Status::Unset | Status::Ok => level.unwrap_or(Severity::Info),
    };
    let attribute = |event: &'_ SpanEvent, key: &str| -> Option<String> {
        let found = event.attributes.iter().find(|attribute| attribute.key == key)?;
        text_of(found.value.as_ref()?).map(Cow::into_owned)
    };
    let said = span.status.as_ref().map(|status| status.message.as_str());
    let thrown = || {
        let last = exceptions().next_back()?;
        attribute(last, "exception.message").or_else(|| attribute(last, "exception.type"))
    };
    let failed = event.status == Status::Error;
    let message = said
        .filter(|message| !message.is_empty())
        .map(str::to_owned)
        .or_else(thrown)
        .or_else(|| slots.text(Field::ErrorText).filter(|_| failed).map(Cow::into_owned))
        .or_else(|| slots.text(Field::Message).map(Cow::into_owned));
    event.message = message
        .filter(|message| *message != span.name)
        .map(|message| clip(&message, MESSAGE));
}

/// What the event has no field for, and what a field had to round.
fn raw(span: &Span, otel: &mut Object<'_>) {
    let kinds = ["internal", "server", "client", "producer", "consumer"];
    let kind = usize::try_from(span.kind)
        .ok()
        .and_then(|kind| kinds.get(kind.checked_sub(1)?));
    otel.some_text("kind", kind.copied().unwrap_or_default());
    otel.some_number("start_time_unix_nano", span.start_time_unix_nano);
    otel.some_number("end_time_unix_nano", span.end_time_unix_nano);
    if let Some(status) = span
        .status
        .as_ref()
        .filter(|status| status.code != 0 || !status.message.is_empty())
    {
        let mut inner = Object::open(otel.key("status"));
        out::number(inner.key("code"), status.code);
        inner.some_text("message", &status.message);
        inner.close();
    }
    if span.name.len() > NAME {
        otel.text("name", &span.name);
    }
    otel.some_text("trace_state", &span.trace_state);
    otel.some_number("flags", span.flags.into());
    if !span.events.is_empty() {
        out::list(otel.key("events"), &span.events, write_event);
    }
    if !span.links.is_empty() {
        out::list(otel.key("links"), &span.links, write_link);
    }
    otel.some_number("dropped_attributes_count", span.dropped_attributes_count.into());
    otel.some_number("dropped_events_count", span.dropped_events_count.into());
    otel.some_number("dropped_links_count", span.dropped_links_count.into());
}

fn write_event(json: &mut Vec<u8>, event: &SpanEvent) {
    let mut object = Object::open(json);
    object.some_number("time_unix_nano", event.time_unix_nano);
    object.text("name", &event.name);
    object.some_attributes("attributes", &event.attributes);
    object.some_number("dropped_attributes_count", event.dropped_attributes_count.into());
    object.close();
}

fn write_link(json: &mut Vec<u8>, link: &Link) {
    let mut object = Object::open(json);
    object.text("trace_id", &hex(&link.trace_id));
    object.text("span_id", &hex(&link.span_id));
    object.some_text("trace_state", &link.trace_state);
    object.some_attributes("attributes", &link.attributes);
    object.some_number("dropped_attributes_count", link.dropped_attributes_count.into());
    object.some_number("flags", link.flags.into());
    object.close();
}
