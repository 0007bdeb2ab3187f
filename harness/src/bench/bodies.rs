//! Request bodies that cost the generator next to nothing: made beforehand,
//! and only the parts patched that make each event unlike every other.

use std::io::Write;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use eventglass_model::Timestamp;
use hyper::body::Bytes;

use super::spans::{self, SpanPlaces};
use crate::generate::{Generator, Plan, Written, hex_digit};

/// Distinct events that are prepared, so that what is sent compresses and
/// searches like real traffic.
const DISTINCT: usize = 20_000;
/// Model calls of one run of an agent: they share a trace, and a parent that has
/// not ended yet, and so is not in the request.
const SPANS_OF_A_TRACE: usize = 10;

struct Template {
    text: Vec<u8>,
    events: Vec<Places>,
}

/// Where the parts of an event lie that are patched.
enum Places {
    Json(Written),
    Span(SpanPlaces),
}

/// To which door a supply goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// PulseStream's JSON.
    Pulse,
    /// OTLP in protobuf.
    Otlp,
}

/// An endless supply of bodies of the same number of events.
pub(super) struct Bodies {
    dialect: Dialect,
    batch: usize,
    templates: Vec<Template>,
    bodies: AtomicU64,
    /// Of all bodies ever made: see [`Bodies::new`].
    first_id: u64,
}

impl Bodies {
    /// Bodies of `batch` events; 1 is an event alone, more is `{"events":[...]}`.
    /// No two of the events have the same id, nor do those of another supply
    /// with another `series` (of 256).
    pub(super) fn new(batch: usize, series: u8, now: Timestamp) -> Self {
        let batch = batch.max(1);
        let count = (DISTINCT / batch).max(1);
        let mut generator = Generator::new(&Plan {
            count: (count * batch) as u64,
            hours: 1,
            end: now,
            seed: Some(u64::from(series)),
        });
        let templates = (0..count).map(|_| template(&mut generator, batch)).collect();
        Self {
            dialect: Dialect::Pulse,
            batch,
            templates,
            bodies: AtomicU64::new(0),
            first_id: u64::from(series) << 40,
        }
    }

    /// OTLP requests of `batch` spans, otherwise as [`Bodies::new`].
    pub(super) fn spans(batch: usize, series: u8, now: Timestamp) -> Self {
        let batch = batch.max(1);
        let mut rng = fastrand::Rng::with_seed(u64::from(series));
        let template = |_| {
            let (text, spans) = spans::request(batch, &mut rng, now);
            Template {
                text,
                events: spans.into_iter().map(Places::Span).collect(),
            }
        };
        Self {
            dialect: Dialect::Otlp,
            batch,
            templates: (0..(DISTINCT / batch).max(1)).map(template).collect(),
            bodies: AtomicU64::new(0),
            first_id: u64::from(series) << 40,
        }
    }

    /// To which door they go.
    pub(super) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// How many events a body carries.
    pub(super) const fn batch(&self) -> usize {
        self.batch
    }

    /// A body nobody has sent before, its events dated `now` and shortly before.
    pub(super) fn next(&self, now: Timestamp) -> Bytes {
        let body = self.bodies.fetch_add(1, Ordering::Relaxed);
        let count = self.templates.len().max(1) as u64;
        let Some(template) = self.templates.get((body % count) as usize) else {
            return Bytes::new();
        };
        let mut text = template.text.clone();
        let mut rng = fastrand::Rng::with_seed(body ^ self.first_id);
        let (mut trace_id, mut parent) = (0, 0);
        for (n, event) in template.events.iter().enumerate() {
            let number = self.first_id + body * self.batch as u64 + n as u64;
            let time = now.plus_micros(-(n as i64 * 173));
            match event {
                Places::Json(event) => {
                    patch_hex(&mut text, event.event_id.end, 12, u128::from(scatter(number)));
                    patch_hex(&mut text, event.trace_id.end, 32, rng.u128(..));
                    if let Some(mut place) = text.get_mut(event.timestamp.clone()) {
                        let _ = write!(place, "{time}");
                    }
                }
                Places::Span(span) => {
                    let nanos = u64::try_from(time.micros()).unwrap_or_default() * 1_000;
                    if n % SPANS_OF_A_TRACE == 0 {
                        (trace_id, parent) = (rng.u128(1..), rng.u64(1..));
                    }
                    patch(&mut text, &span.trace_id, &trace_id.to_le_bytes());
                    patch(&mut text, &span.parent, &parent.to_le_bytes());
                    patch(&mut text, &span.span_id, &(scatter(number) | 1 << 63).to_le_bytes());
                    patch(
                        &mut text,
                        &span.start,
                        &(nanos - rng.u64(1_000_000..3_000_000_000)).to_le_bytes(),
                    );
                    patch(&mut text, &span.end, &nanos.to_le_bytes());
                }
            }
        }
        text.into()
    }
}

fn template(generator: &mut Generator, batch: usize) -> Template {
    let mut text = Vec::with_capacity(batch * 1_100 + 16);
    let mut events = Vec::with_capacity(batch);
    if batch > 1 {
        text.extend_from_slice(b"{\"events\":[");
    }
    for n in 0..batch {
        if n > 0 {
            text.push(b',');
        }
        events.extend(generator.write_next(&mut text).map(Places::Json));
    }
    if batch > 1 {
        text.extend_from_slice(b"]}");
    }
    Template { text, events }
}

/// A different number of 48 bits for each one below 2^48, in no order: real
/// ids are random, and a database can tell.
const fn scatter(number: u64) -> u64 {
    // An odd factor has an inverse modulo a power of two.
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15) & 0xffff_ffff_ffff
}

fn patch(text: &mut [u8], place: &Range<usize>, bytes: &[u8]) {
    if let Some(place) = text.get_mut(place.clone()).filter(|place| place.len() == bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

/// Overwrites the `digits` bytes before `end`.
fn patch_hex(text: &mut [u8], end: usize, digits: usize, mut value: u128) {
    let Some(place) = text.get_mut(end.saturating_sub(digits)..end) else {
        return;
    };
    for byte in place {
        *byte = hex_digit((value & 15) as u8);
        value >>= 4;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-21T14:25:36.123456Z").unwrap()
    }

    #[test]
    fn no_event_is_sent_twice() {
        let (mut ids, mut traces) = (HashSet::new(), HashSet::new());
        for series in 0..2 {
            let bodies = Bodies::new(100, series, now());
            for _ in 0..300 {
                let body: Value = serde_json::from_slice(&bodies.next(now())).unwrap();
                let events = body["events"].as_array().unwrap();
                assert_eq!(events.len(), 100);
                for event in events {
                    assert!(ids.insert(event["event_id"].as_str().unwrap().to_owned()));
                    assert!(traces.insert(event["payload"]["trace_id"].as_str().unwrap().to_owned()));
                    let time = Timestamp::parse(event["timestamp"].as_str().unwrap()).unwrap();
                    assert!(time <= now() && time > now().plus_micros(-1_000_000));
                }
            }
        }
    }

    #[test]
    fn a_single_event_stands_alone() {
        let event: Value = serde_json::from_slice(&Bodies::new(1, 0, now()).next(now())).unwrap();
        assert_eq!(event["event_type"], "api_call");
    }
}
