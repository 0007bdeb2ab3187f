//! All that is known of an event.

use eventglass_model::{Severity, Status, encode_pairs, encode_segment};
use leptos::prelude::*;

use super::{super::state::Page, facts::facts, payload::Payload};
use crate::{
    components::{Badge, CopyButton, Glyph, Icon, Record, SeverityMark, StatusCode, TimeStyle, TimeText, Tone},
    format::{duration_ms, exact_ms, pretty},
    view::{IntoPart, Part, el, tag, titled},
};

/// An event, from what it says to what was sent with it.
pub(super) fn content(record: &Record, json: String) -> Part {
    let copy = Callback::new(move |()| pretty(&json));
    let copy = view! { <CopyButton what=copy label="Copy the event as JSON" wordy=true/> }.part();
    let mut parts = vec![lead(record)];
    parts.extend(payload(record, "input", "Input"));
    parts.extend(payload(record, "output", "Output"));
    parts.extend(facts(record));
    parts.extend(payload(record, "attributes", "Attributes"));
    parts.push(el("div", "detail-foot", vec![copy]));
    parts.part()
}

/// What happened, at a glance.
fn lead(record: &Record) -> Part {
    let kind = record.text("kind").unwrap_or_default();
    let title = title(record).unwrap_or_else(|| kind.clone());
    let message = record.text("message").filter(|message| *message != title);
    let severity = record.text("severity").and_then(|word| Severity::parse(&word).ok());
    let code = record.value::<i64>("status_code");
    let duration = record.value::<f64>("duration_ms");
    let mut line = Vec::new();
    line.extend(severity.map(|severity| view! { <SeverityMark severity/> }.part()));
    line.push(view! { <Badge word=kind/> }.part());
    line.extend(ended(record, severity).map(|(tone, word)| view! { <Badge tone word/> }.part()));
    line.extend(code.map(|code| view! { <StatusCode code/> }.part()));
    line.extend(duration.map(|ms| titled("span", "", exact_ms(ms), vec![duration_ms(ms).part()])));
    let mut parts = vec![
        el("h3", "detail-title", vec![title.part()]),
        el("p", "detail-line", line),
    ];
    if let Some(time) = record.moment("time") {
        let time = view! { <TimeText time style=TimeStyle::Exact/> }.part();
        parts.push(el("p", "detail-time", vec![time]));
    }
    parts.extend(message.map(|message| el("p", "detail-message", vec![message.part()])));
    parts.extend(trace_link(record));
    el("div", "detail-lead", parts)
}

/// The way to the trace that it is in, opened at its span.
fn trace_link(record: &Record) -> Option<Part> {
    let slug = Page::from_context().slug.get_untracked();
    let trace = encode_segment(&record.text("trace_id")?);
    let span = record.text("span_id").or_else(|| record.text("id"))?;
    let href = format!("/p/{slug}/traces/{trace}?{}", encode_pairs([("span", span)]));
    let link = tag("a").class("btn").attr("href", href);
    let link = link
        .child(view! { <Icon glyph=Glyph::Traces/> }.part())
        .child("Open in its trace".part());
    Some(el("p", "detail-trace", vec![link.part()]))
}

fn title(record: &Record) -> Option<String> {
    let request = || {
        let endpoint = record.text("endpoint")?;
        Some(match record.text("method") {
            Some(method) => format!("{method} {endpoint}"),
            None => endpoint,
        })
    };
    record.text("name").or_else(request)
}

/// How it ended, unless the severity says so already.
fn ended(record: &Record, severity: Option<Severity>) -> Option<(Tone, &'static str)> {
    let status = Status::parse(&record.text("status")?).ok()?;
    let tone = match status {
        Status::Unset => return None,
        Status::Error if severity >= Some(Severity::Error) => return None,
        Status::Error | Status::Timeout => Tone::Error,
        Status::Ok => Tone::Accent,
    };
    Some((tone, status.as_str()))
}

fn payload(record: &Record, key: &str, title: &'static str) -> Option<Part> {
    let text = record.raw(key)?.to_owned();
    let field = key.to_owned();
    Some(view! { <Payload title field text/> }.part())
}
