//! The fields of a span, in groups.

use eventglass_model::encode_segment;
use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{CopyButton, Record},
    format::grouped,
    pages::traces::talk::parameters,
    view::{IntoPart, Part, el, tag},
};

const GROUPS: &[(&str, &[(&str, &str)])] = &[
    (
        "Model",
        &[("provider", "Provider"), ("model", "Model"), ("cost_source", "Cost by")],
    ),
    (
        "Where",
        &[
            ("service", "Service"),
            ("method", "Method"),
            ("endpoint", "Endpoint"),
            ("status_code", "Status code"),
            ("environment", "Environment"),
            ("version", "Version"),
        ],
    ),
    (
        "Who",
        &[
            ("user_id", "User"),
            ("session_id", "Session"),
            ("request_id", "Request"),
        ],
    ),
    (
        "Ids",
        &[
            ("span_id", "Span"),
            ("parent_span_id", "Parent"),
            ("trace_id", "Trace"),
            ("event_id", "Event"),
        ],
    ),
];

const TOKENS: &[(&str, &str)] = &[
    ("input_total", "Input"),
    ("cache_read", "of which cached"),
    ("cache_write", "written to cache"),
    ("output_total", "Output"),
    ("output_reasoning", "of which reasoning"),
];

/// The fields that the span has.
pub(super) fn facts(page: Page, event: &Record) -> Vec<Part> {
    let mut groups = Vec::new();
    for (title, fields) in GROUPS {
        let rows: Vec<Part> = fields
            .iter()
            .filter_map(|(key, label)| Some(fact(page, key, label, event.text(key)?)))
            .collect();
        groups.extend(group(title, rows));
        if *title == "Model" {
            groups.extend(group("Parameters", asked(event)));
            groups.extend(
                event
                    .within("tokens")
                    .and_then(|tokens| group("Tokens", counted(&tokens))),
            );
        }
    }
    groups
}

fn asked(event: &Record) -> Vec<Part> {
    let parameters = event.raw("attributes").map(parameters).unwrap_or_default();
    let rows = parameters.into_iter().map(|(name, value)| {
        let value = el("dd", "mono", vec![value.part()]);
        el("div", "fact", vec![el("dt", "", vec![name.part()]), value])
    });
    rows.collect()
}

fn counted(tokens: &Record) -> Vec<Part> {
    let rows = TOKENS.iter().filter_map(|(key, label)| {
        let count = tokens.number(key);
        (count > 0).then(|| {
            let count = el("dd", "num", vec![grouped(count).part()]);
            el("div", "fact", vec![el("dt", "", vec![(*label).part()]), count])
        })
    });
    rows.collect()
}

fn group(title: &'static str, rows: Vec<Part>) -> Option<Part> {
    if rows.is_empty() {
        return None;
    }
    let title = el("h3", "facts-title", vec![title.part()]);
    Some(el("section", "facts", vec![title, el("dl", "", rows)]))
}

fn fact(page: Page, key: &str, label: &'static str, value: String) -> Part {
    let slug = page.slug.read_untracked();
    let area = match key {
        "user_id" => Some("users"),
        "session_id" => Some("sessions"),
        _ => None,
    };
    let shown = match area.filter(|_| !slug.is_empty()) {
        Some(area) => {
            let href = format!("/p/{}/{area}/{}", *slug, encode_segment(&value));
            tag("a")
                .class("link mono")
                .attr("href", href)
                .child(value.clone().part())
                .part()
        }
        None => el("span", "mono", vec![value.clone().part()]),
    };
    let copy = Callback::new(move |()| value.clone());
    let label_of_copy = format!("Copy {}", label.to_ascii_lowercase());
    let copy = view! { <CopyButton what=copy label=label_of_copy/> }.part();
    let value = vec![
        el("span", "fact-value", vec![shown]),
        el("span", "fact-actions", vec![copy]),
    ];
    el(
        "div",
        "fact",
        vec![el("dt", "", vec![label.part()]), el("dd", "", value)],
    )
}
