//! The fields of an event, grouped by the question they answer.

use eventglass_model::{
    Timestamp,
    search::{Column, Kind},
};
use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{CopyButton, Glyph, IconButton, Record, TimeStyle, TimeText},
    format::{duration_ms, exact_ms, exact_usd, grouped, usd},
    json::from_text,
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

/// A field: its name in the API, what to call it, how to show it.
type Field = (&'static str, &'static str, As);

const GROUPS: &[(&str, &[Field])] = &[
    (
        "What",
        &[
            ("kind", "Kind", As::Text),
            ("status", "Status", As::Text),
            ("status_code", "Status code", As::Exact),
            ("duration_ms", "Duration", As::Duration),
        ],
    ),
    (
        "Model",
        &[
            ("provider", "Provider", As::Exact),
            ("model", "Model", As::Exact),
            ("cost_usd", "Cost", As::Money),
            ("cost_source", "Cost by", As::Text),
        ],
    ),
    (
        "Where",
        &[
            ("service", "Service", As::Text),
            ("method", "Method", As::Exact),
            ("endpoint", "Endpoint", As::Exact),
            ("environment", "Environment", As::Text),
            ("version", "Version", As::Exact),
            ("topic", "Topic", As::Text),
        ],
    ),
    (
        "Who",
        &[
            ("user_id", "User", As::Exact),
            ("session_id", "Session", As::Exact),
            ("request_id", "Request", As::Exact),
        ],
    ),
    (
        "Trace",
        &[
            ("trace_id", "Trace", As::Exact),
            ("span_id", "Span", As::Exact),
            ("parent_span_id", "Parent span", As::Exact),
        ],
    ),
    (
        "Place and device",
        &[
            ("country", "Country", As::Text),
            ("city", "City", As::Text),
            ("region", "Region", As::Text),
            ("device", "Device", As::Text),
        ],
    ),
    (
        "Record",
        &[
            ("event_id", "Event id", As::Exact),
            ("id", "Id", As::Exact),
            ("time", "Happened", As::Moment),
            ("received_at", "Received", As::Moment),
        ],
    ),
];

const TOKENS: &[Field] = &[
    ("input_total", "Input", As::Count),
    ("cache_read", "of which cached", As::Count),
    ("cache_write", "written to cache", As::Count),
    ("output_total", "Output", As::Count),
    ("output_reasoning", "of which reasoning", As::Count),
    ("total", "Total", As::Count),
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
        .filter_map(|key| Some(fact(key, key.to_owned(), record.text(key)?, As::Exact)))
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
        .filter_map(|(key, label, shown)| {
            let value = record.text(key)?;
            // A status that was not said and tokens that were not used say nothing.
            let says = value != "unset" && !(matches!(shown, As::Count) && value == "0");
            says.then(|| fact(key, (*label).to_owned(), value, *shown))
        })
        .collect();
    (!facts.is_empty()).then(|| group_view(title, facts))
}

fn group_view(title: &'static str, facts: Vec<Part>) -> Part {
    let title = el("h3", "facts-title", vec![title.part()]);
    el("section", "facts", vec![title, el("dl", "", facts)])
}

/// A row of the list of fields.
fn fact(key: &str, label: String, value: String, shown: As) -> Part {
    let spoken = label.to_ascii_lowercase();
    let mut actions = Vec::new();
    if is_looked_for(key) {
        actions.extend(narrow_buttons(key.to_owned(), &spoken, value.clone()));
    }
    let copied = value.clone();
    let copy = Callback::new(move |()| copied.clone());
    actions.push(view! { <CopyButton what=copy label=format!("Copy {spoken}")/> }.part());
    let value = vec![
        el("span", "fact-value", vec![written(value, shown)]),
        el("span", "fact-actions", actions),
    ];
    let parts = vec![el("dt", "", vec![label.part()]), el("dd", "", value)];
    el("div", "fact", parts)
}

/// Whether it is any use to look for a value of this field.
fn is_looked_for(key: &str) -> bool {
    let column = Column::named(key);
    column.is_some_and(|column| matches!(column.info().kind, Kind::Keyword | Kind::Words(_)) || key == "status_code")
}

/// Buttons that look for events with a value, and for those without it.
pub(super) fn narrow_buttons(field: String, spoken: &str, value: String) -> Vec<Part> {
    let page = Page::from_context();
    let button = |glyph: Glyph, label: String, exclude: bool| {
        let (field, value) = (field.clone(), value.clone());
        let narrow = Callback::new(move |()| page.toggle(&field, &value, exclude));
        view! { <IconButton glyph label on_press=narrow/> }.part()
    };
    vec![
        button(Glyph::Search, format!("Only with this {spoken}"), false),
        button(Glyph::Minus, format!("Not with this {spoken}"), true),
    ]
}

/// A value written for people; the value itself is in the tooltip.
fn written(value: String, shown: As) -> Part {
    let number = || from_text::<f64>(&value).ok();
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
        As::Count => from_text(&value).ok().map(|n| (grouped(n), value.clone())),
    };
    match friendly {
        Some((text, exact)) => titled("span", "", exact, vec![text.part()]),
        None => value.part(),
    }
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
