//! The fields of an event, grouped by the question they answer.

use eventglass_model::{EventQuery, Timestamp};
use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{CopyButton, Glyph, IconButton, Record, TimeStyle, TimeText},
    format::{duration_ms, exact_ms, exact_usd, grouped, usd},
    view::{IntoPart, Part, el, titled},
};

/// How a field is shown.
#[derive(Clone, Copy)]
enum As {
    /// As it is.
    Text,
    /// As it is, in the fixed-width face.
    Exact,
    /// In the viewer's zone.
    Moment,
    /// Milliseconds.
    Duration,
    /// A number of things.
    Count,
    /// US dollars.
    Money,
}

/// What pressing the glass beside a value looks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Find {
    /// Nothing: it is no use to look for this.
    Nothing,
    /// Events of this service.
    Service,
    /// Events of this kind.
    Kind,
    /// Events of this environment.
    Environment,
    /// Events that carry this id.
    Id,
}

/// A field: its name in the API, what to call it, how to show it, how to look for it.
type Field = (&'static str, &'static str, As, Find);

const GROUPS: &[(&str, &[Field])] = &[
    (
        "What",
        &[
            ("kind", "Kind", As::Text, Find::Kind),
            ("status", "Status", As::Text, Find::Nothing),
            ("status_code", "Status code", As::Exact, Find::Nothing),
            ("duration_ms", "Duration", As::Duration, Find::Nothing),
        ],
    ),
    (
        "Model",
        &[
            ("provider", "Provider", As::Exact, Find::Nothing),
            ("model", "Model", As::Exact, Find::Nothing),
            ("cost_usd", "Cost", As::Money, Find::Nothing),
            ("cost_source", "Cost by", As::Text, Find::Nothing),
        ],
    ),
    (
        "Where",
        &[
            ("service", "Service", As::Text, Find::Service),
            ("method", "Method", As::Exact, Find::Nothing),
            ("endpoint", "Endpoint", As::Exact, Find::Nothing),
            ("environment", "Environment", As::Text, Find::Environment),
            ("version", "Version", As::Exact, Find::Nothing),
            ("topic", "Topic", As::Text, Find::Nothing),
        ],
    ),
    (
        "Who",
        &[
            ("user_id", "User", As::Exact, Find::Id),
            ("session_id", "Session", As::Exact, Find::Id),
            ("request_id", "Request", As::Exact, Find::Id),
        ],
    ),
    (
        "Trace",
        &[
            ("trace_id", "Trace", As::Exact, Find::Id),
            ("span_id", "Span", As::Exact, Find::Id),
            ("parent_span_id", "Parent span", As::Exact, Find::Id),
        ],
    ),
    (
        "Place and device",
        &[
            ("country", "Country", As::Text, Find::Nothing),
            ("city", "City", As::Text, Find::Nothing),
            ("region", "Region", As::Text, Find::Nothing),
            ("device", "Device", As::Text, Find::Nothing),
        ],
    ),
    (
        "Record",
        &[
            ("event_id", "Event id", As::Exact, Find::Id),
            ("id", "Id", As::Exact, Find::Nothing),
            ("time", "Happened", As::Moment, Find::Nothing),
            ("received_at", "Received", As::Moment, Find::Nothing),
        ],
    ),
];

const TOKENS: &[Field] = &[
    ("input_total", "Input", As::Count, Find::Nothing),
    ("cache_read", "of which cached", As::Count, Find::Nothing),
    ("cache_write", "written to cache", As::Count, Find::Nothing),
    ("output_total", "Output", As::Count, Find::Nothing),
    ("output_reasoning", "of which reasoning", As::Count, Find::Nothing),
    ("total", "Total", As::Count, Find::Nothing),
];

/// What is shown elsewhere on the panel.
const ELSEWHERE: &[&str] = &[
    "name",
    "message",
    "severity",
    "tokens",
    "input",
    "output",
    "attributes",
    "project_id",
];

/// The fields that the event has; groups without any are left out, and fields
/// that this page does not know come last.
pub(super) fn facts(record: &Record) -> Vec<Part> {
    let mut groups = Vec::new();
    for (title, fields) in GROUPS {
        groups.extend(group(title, record, fields));
        if *title == "Model" {
            let tokens = record.within("tokens");
            groups.extend(tokens.and_then(|tokens| group("Tokens", &tokens, TOKENS)));
        }
    }
    let rest: Vec<Part> = unknown(record)
        .filter_map(|key| Some(fact(key.to_owned(), record.text(key)?, As::Exact, Find::Nothing)))
        .collect();
    if !rest.is_empty() {
        groups.push(group_view("More", rest));
    }
    groups
}

fn unknown(record: &Record) -> impl Iterator<Item = &str> {
    let known = |key: &str| {
        ELSEWHERE.contains(&key)
            || GROUPS
                .iter()
                .any(|(_, fields)| fields.iter().any(|(name, ..)| *name == key))
    };
    record.keys().filter(move |key| !known(key))
}

fn group(title: &'static str, record: &Record, fields: &[Field]) -> Option<Part> {
    let facts: Vec<Part> = fields
        .iter()
        .filter_map(|(key, label, shown, find)| {
            let value = record.text(key)?;
            // A status that was not said and tokens that were not used say nothing.
            let says = value != "unset" && !(matches!(shown, As::Count) && value == "0");
            says.then(|| fact((*label).to_owned(), value, *shown, *find))
        })
        .collect();
    (!facts.is_empty()).then(|| group_view(title, facts))
}

fn group_view(title: &'static str, facts: Vec<Part>) -> Part {
    let title = el("h3", "facts-title", vec![title.part()]);
    el("section", "facts", vec![title, el("dl", "", facts)])
}

/// A row of the list of fields.
fn fact(label: String, value: String, shown: As, find: Find) -> Part {
    let spoken = label.to_ascii_lowercase();
    let find = (find != Find::Nothing).then(|| find_button(&spoken, find, value.clone()));
    let copied = value.clone();
    let copy = Callback::new(move |()| copied.clone());
    let mut actions = Vec::from_iter(find);
    actions.push(view! { <CopyButton what=copy label=format!("Copy {spoken}")/> }.part());
    let value = vec![
        el("span", "fact-value", vec![written(value, shown)]),
        el("span", "fact-actions", actions),
    ];
    let parts = vec![el("dt", "", vec![label.part()]), el("dd", "", value)];
    el("div", "fact", parts)
}

/// A value written for people; the value itself is in the tooltip.
fn written(value: String, shown: As) -> Part {
    let number = || serde_json::from_str::<f64>(&value).ok();
    let friendly = match shown {
        As::Text => None,
        As::Exact => return el("span", "mono", vec![value.part()]),
        As::Moment => {
            if let Ok(time) = Timestamp::parse(&value) {
                return view! { <TimeText time style=TimeStyle::Exact/> }.part();
            }
            None
        }
        As::Duration => number().map(|ms| (duration_ms(ms), exact_ms(ms))),
        As::Money => number().map(|amount| (usd(amount), exact_usd(amount))),
        As::Count => serde_json::from_str(&value).ok().map(|n| (grouped(n), value.clone())),
    };
    match friendly {
        Some((text, exact)) => titled("span", "", exact, vec![text.part()]),
        None => value.part(),
    }
}

fn find_button(spoken: &str, find: Find, value: String) -> Part {
    let page = Page::from_context();
    let look = Callback::new(move |()| page.look_for(&query(find, value.clone()), false));
    let label = format!("Find all with this {spoken}");
    view! { <IconButton glyph=Glyph::Search label on_press=look/> }.part()
}

fn query(find: Find, value: String) -> EventQuery {
    let mut query = EventQuery::default();
    match find {
        Find::Nothing => {}
        Find::Service => query.service.push(value),
        Find::Kind => query.kind.push(value),
        Find::Environment => query.environment.push(value),
        Find::Id => query.q = value,
    }
    query
}

#[cfg(test)]
mod tests {
    use eventglass_model::{Event, EventSummary};

    use super::*;

    /// What the API says of an event is on the panel, under a name.
    #[test]
    fn every_field_of_the_model_is_known() {
        let summary = r#"{"id":"1","event_id":"e","time":"2026-01-01T00:00:00Z","received_at":"2026-01-01T00:00:00Z",
            "kind":"log","severity":"info","status":"ok"}"#;
        assert!(serde_json::from_str::<EventSummary>(summary).is_ok());
        let whole = summary.replacen('{', "{\"project_id\":1,", 1);
        let event: Event = serde_json::from_str(&whole).unwrap();
        // Fields without a value are written as `null`; give all of them one.
        let json = serde_json::to_string(&event).unwrap().replace("null", "1");
        let record = Record::read(&json).unwrap();
        assert!(record.keys().count() > 30);
        assert_eq!(unknown(&record).collect::<Vec<_>>(), [""; 0]);
    }
}
