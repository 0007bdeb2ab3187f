//! A trace as nested JSON. It is written from the skeleton's arrays, in one
//! pass and without recursion: a trace may be thousands of levels deep, and
//! so may be what is written.

use std::collections::HashMap;

use eventglass_model::{Event, Status, Timestamp, Trace};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

/// Events of a trace that are told with all they carry; those after them, without.
pub(super) const MOST_WHOLE: usize = 5_000;

/// A span, without its children.
#[derive(Serialize)]
struct Span<'a> {
    event_id: &'a str,
    trace_id: &'a str,
    parent_event_id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: Timestamp,
    name: &'a str,
    duration_ms: Option<f64>,
    status: Status,
    body: Option<&'a RawValue>,
    context: Option<&'a RawValue>,
    estimated_cost_usd: Option<f64>,
}

/// What the envelope's `body` and `context` were kept as.
#[derive(Default, Deserialize)]
struct Envelope {
    body: Option<Box<RawValue>>,
    context: Option<Box<RawValue>>,
}

/// The whole answer.
pub(super) fn json(trace: &Trace, events: &[Event], project: &str, end: Timestamp) -> String {
    let spans = &trace.spans;
    let whole = Whole::of(events);
    let written: Vec<String> = (0..spans.len()).map(|n| span(trace, &whole, n)).collect();
    let head = &trace.head;
    let mut text = json!({
        "trace_id": head.trace_id,
        "project_id": project,
        "start_time": head.start,
        "end_time": end,
        "duration_ms": head.duration_ms,
        "total_events": head.event_count,
        "metadata": { "user_id": head.user_id, "session_id": head.session_id, "environment": head.environment },
    })
    .to_string();
    text.pop();
    text.push_str(",\"root_spans\":[");
    // How many spans are open: those whose children are being written.
    let mut open = 0;
    for (n, written) in written.iter().enumerate() {
        let depth = spans.depth.get(n).copied().unwrap_or(0);
        while open > depth {
            text.push_str("]}");
            open -= 1;
        }
        if spans.parent_of(n).map_or(n > 0, |parent| parent + 1 < n) {
            text.push(',');
        }
        text.push_str(written.strip_suffix('}').unwrap_or(written));
        text.push_str(",\"children\":[");
        if spans.size.get(n).copied().unwrap_or(1) > 1 {
            open = depth + 1;
        } else {
            text.push_str("]}");
        }
    }
    for _ in 0..open {
        text.push_str("]}");
    }
    // The same again, flat: its own tests read them by this name.
    text.push_str("],\"spans\":[");
    text.push_str(&written.join(","));
    text.push_str("]}");
    text
}

/// Events by what the skeleton calls them.
struct Whole<'a> {
    by_id: HashMap<&'a str, &'a Event>,
    by_span: HashMap<&'a str, &'a Event>,
}

impl<'a> Whole<'a> {
    fn of(events: &'a [Event]) -> Self {
        let lasting = events.iter().filter(|event| event.duration_ms.is_some());
        let others = events.iter().filter(|event| event.duration_ms.is_none());
        let mut by_span: HashMap<&str, &Event> = HashMap::new();
        for event in lasting.chain(others) {
            if let Some(span) = &event.span_id {
                by_span.entry(span).or_insert(event);
            }
        }
        Self {
            by_id: events.iter().map(|event| (event.id.as_str(), event)).collect(),
            by_span,
        }
    }

    fn get(&self, id: &str) -> Option<&'a Event> {
        self.by_id.get(id).or_else(|| self.by_span.get(id)).copied()
    }
}

fn span(trace: &Trace, whole: &Whole<'_>, n: usize) -> String {
    let spans = &trace.spans;
    let id = |n: usize| spans.id.get(n).map_or("", String::as_str);
    let event_id = |n: usize| whole.get(id(n)).map_or(id(n), |event| event.event_id.as_str());
    let event = whole.get(id(n));
    let envelope: Envelope = event
        .and_then(|event| event.attributes.as_ref())
        .and_then(|json| serde_json::from_str(json.get()).ok())
        .unwrap_or_default();
    let own = event.filter(|_| envelope.body.is_none()).map(|event| {
        json!({ "input": event.input, "output": event.output, "message": event.message, "model": event.model,
                "attributes": event.attributes })
    });
    let own = own.and_then(|body| serde_json::value::to_raw_value(&body).ok());
    let text = |list: &[u32]| list.get(n).map_or("", |index| spans.string(*index));
    #[expect(clippy::cast_precision_loss, reason = "shown to people")]
    let scaled = |number: Option<i64>, scale: f64| number.map(|number| number as f64 / scale);
    let start = spans.start_us.get(n).copied().unwrap_or(0);
    let status = spans.status.get(n).copied().map(i64::from).and_then(Status::from_code);
    let span = Span {
        event_id: event_id(n),
        trace_id: &trace.head.trace_id,
        parent_event_id: spans.parent_of(n).map(event_id),
        kind: match text(&spans.kind) {
            "llm" => "model_response",
            kind => kind,
        },
        timestamp: trace.head.start.plus_micros(start),
        name: text(&spans.name),
        duration_ms: scaled(spans.duration_us.get(n).copied().flatten(), 1e3),
        status: status.unwrap_or(Status::Unset),
        body: envelope.body.as_deref().or(own.as_deref()),
        context: envelope.context.as_deref(),
        estimated_cost_usd: scaled(spans.cost_nano_usd.get(n).copied().flatten(), 1e9),
    };
    serde_json::to_string(&span).unwrap_or_else(|_| "{}".to_owned())
}
