//! All that is known of a span.

use eventglass_model::Status;
use leptos::prelude::*;

use super::{
    super::{rows::role_mark, state::Page},
    facts::facts,
    payload::payload_view,
};
use crate::{
    api::{ApiError, ApiResult, Fetched, LATER},
    components::{Badge, CopyButton, Json, LinkButton, Record, SeverityMark, TimeStyle, TimeText, Tone},
    format::{bytes, duration_ms, exact_ms, exact_usd, grouped, pretty, usd},
    hydration::use_hydrated,
    pages::traces::{figures::number_of, tree::Role},
    view::{IntoPart, Part, effect, el, nothing, show, tag, titled},
};

/// The answer of `/spans/{span}`, or that it was too large for the page.
pub(in super::super) enum SpanText {
    /// It.
    Here(Record),
    /// The browser is to ask for it.
    Later,
}

/// Reads the answer of `/spans/{span}` ([`TraceSpan`](eventglass_model::TraceSpan)).
pub(in super::super) fn read_span(answer: ApiResult<String>) -> ApiResult<SpanText> {
    let text = answer?;
    if text == LATER {
        return Ok(SpanText::Later);
    }
    let record = Record::read(&text).filter(|record| record.raw("event").is_some());
    record.map(SpanText::Here).ok_or(ApiError::Unreadable(200))
}

/// Fetches a span that was too large for the page.
pub(in super::super) fn ask_for_the_rest(span: Fetched) {
    let hydrated = use_hydrated();
    effect(move || {
        if hydrated.get() && span.text().is_some_and(|answer| answer.as_deref() == Ok(LATER)) {
            span.refetch();
        }
    });
}

/// A span, from what it is to what was sent with it.
pub(super) fn content(page: Page, span: &Record, id: &str) -> Part {
    let Some(event) = span.within("event") else {
        return nothing();
    };
    let mut parts = vec![lead(&event)];
    parts.push(payload_view(page, &event, id));
    parts.extend(logs(span));
    parts.extend(scores(span));
    parts.extend(facts(page, &event));
    if let Some(attributes) = event.raw("attributes") {
        parts.push(json_section("Attributes", attributes.to_owned()));
    }
    let whole = span.raw("event").unwrap_or_default().to_owned();
    parts.push(raw(page, &event, whole));
    parts.part()
}

/// What it is, at a glance.
fn lead(event: &Record) -> Part {
    let kind = event.text("kind").unwrap_or_default();
    let role = Role::of(&kind);
    let name = event.text("name").unwrap_or_else(|| kind.clone());
    let mut line = vec![view! { <Badge word=kind/> }.part()];
    if let Some(status) = event.text("status").and_then(|status| Status::parse(&status).ok()) {
        match status {
            Status::Unset => {}
            Status::Ok => line.push(view! { <Badge tone=Tone::Accent word="ok"/> }.part()),
            Status::Error | Status::Timeout => {
                line.push(view! { <Badge tone=Tone::Error word=status.as_str()/> }.part());
            }
        }
    }
    line.extend(event.text("model").map(|model| el("span", "mono", vec![model.part()])));
    if let Some(ms) = event.value::<f64>("duration_ms") {
        line.push(titled("span", "num", exact_ms(ms), vec![duration_ms(ms).part()]));
    }
    if let Some(tokens) = event.within("tokens") {
        let (input, output) = (tokens.number("input_total"), tokens.number("output_total"));
        if input + output > 0 {
            line.push(el(
                "span",
                "num",
                vec![format!("{} → {} tokens", grouped(input), grouped(output)).part()],
            ));
        }
    }
    if let Some(cost) = event.value::<f64>("cost_usd") {
        let source = match event.text("cost_source").as_deref() {
            Some("client") => ", as the client says",
            _ => "",
        };
        line.push(titled(
            "span",
            "num",
            format!("{}{source}", exact_usd(cost)),
            vec![usd(cost).part()],
        ));
    } else if event.text("cost_source").as_deref() == Some("unpriced") {
        line.push(el("span", "unpriced", vec!["unpriced".part()]));
    }
    let title = vec![role_mark(role), el("span", "", vec![name.clone().part()])];
    let mut parts = vec![el("h3", "detail-title span-title", title), el("p", "detail-line", line)];
    if let Some(time) = event.moment("time") {
        let time = view! { <TimeText time style=TimeStyle::Exact/> }.part();
        parts.push(el("p", "detail-time", vec![time]));
    }
    let message = event.text("message").filter(|message| *message != name);
    parts.extend(message.map(|message| el("p", "detail-message", vec![message.part()])));
    el("div", "detail-lead", parts)
}

/// JSON under a heading.
pub(super) fn json_section(title: &'static str, text: String) -> Part {
    section(title, text.clone(), view! { <Json text/> }.part())
}

/// A text as it is shown, under a heading with its size and a button that copies it.
pub(super) fn section(title: &'static str, text: String, shown: Part) -> Part {
    let size = bytes(text.len());
    let copy = Callback::new(move |()| text.clone());
    let head = vec![
        el("h3", "facts-title", vec![title.part()]),
        el("span", "muted num", vec![size.part()]),
        el("span", "grow", Vec::new()),
        view! { <CopyButton what=copy label=format!("Copy {}", title.to_ascii_lowercase())/> }.part(),
    ];
    el("section", "facts", vec![el("header", "payload-head", head), shown])
}

/// What was said while it ran.
fn logs(span: &Record) -> Option<Part> {
    let logs = span.list("logs");
    if logs.is_empty() {
        return None;
    }
    let title = el(
        "h3",
        "facts-title",
        vec![number_of(logs.len().try_into().unwrap_or(0), "log", "logs").part()],
    );
    let mut rows = Vec::new();
    for log in &logs {
        let mut parts = Vec::new();
        if let Some(severity) = log.value("severity") {
            parts.push(view! { <SeverityMark severity/> }.part());
        }
        if let Some(time) = log.moment("time") {
            parts.push(view! { <TimeText time style=TimeStyle::Row/> }.part());
        }
        parts.extend(log.text("name").map(|name| el("b", "", vec![name.part()])));
        let mut row = vec![el("div", "span-log-head", parts)];
        row.extend(
            log.text("message")
                .map(|message| el("div", "said-text", vec![message.part()])),
        );
        row.extend(log.raw("attributes").map(|json| {
            let text = json.to_owned();
            view! { <Json text/> }.part()
        }));
        rows.push(el("li", "span-log", row));
    }
    Some(el("section", "facts", vec![title, el("ul", "", rows)]))
}

/// What people and evaluators think of it.
fn scores(span: &Record) -> Option<Part> {
    let scores = span.list("scores");
    if scores.is_empty() {
        return None;
    }
    let rows = scores.iter().map(|score| {
        let name = score.text("name").unwrap_or_default();
        let mut value = vec![el(
            "span",
            "mono",
            vec![score.text("value").unwrap_or_else(|| "–".to_owned()).part()],
        )];
        value.extend(
            score
                .text("comment")
                .map(|comment| el("div", "muted", vec![comment.part()])),
        );
        let parts = vec![el("dt", "", vec![name.part()]), el("dd", "", value)];
        el("div", "fact", parts)
    });
    let title = el("h3", "facts-title", vec!["Scores".part()]);
    Some(el("section", "facts", vec![title, el("dl", "", rows.collect())]))
}

/// All of it as it is stored.
fn raw(page: Page, event: &Record, whole: String) -> Part {
    let copied = whole.clone();
    let copy = Callback::new(move |()| pretty(&copied));
    let open = RwSignal::new(false);
    let json = show(move || {
        if open.get() {
            let text = whole.clone();
            view! { <Json text/> }.part()
        } else {
            view! { <LinkButton label="Show the raw JSON" on_press=move |()| open.set(true)/> }.part()
        }
    });
    let mut foot = vec![view! { <CopyButton what=copy label="Copy the span as JSON" wordy=true/> }.part()];
    let slug = page.slug.get_untracked();
    if let Some(id) = event.text("id").filter(|_| !slug.is_empty()) {
        let link = tag("a").class("btn").attr("href", format!("/p/{slug}/events/{id}"));
        foot.push(link.child("Open as an event".part()).part());
    }
    vec![
        el("section", "facts", vec![json.part()]),
        el("div", "detail-foot row-wrap", foot),
    ]
    .part()
}
