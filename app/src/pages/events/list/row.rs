//! One row.

use eventglass_model::EventSummary;
use leptos::prelude::*;

use super::{
    super::{
        columns::{self, SUMMARY},
        state::Page,
    },
    merge::Row,
    summary::{Summary, summary},
};
use crate::{
    components::{SeverityMark, StatusCode, TimeStyle, TimeText},
    format::{duration_ms, exact_ms},
    view::{El, IntoPart, Part, el, tag},
};

/// Names the link of a row in the document.
pub(in super::super) fn row_id(id: &str) -> String {
    format!("event-{id}")
}

/// Which row something is about: asked by every row, told to the two concerned.
#[derive(Clone)]
pub(super) struct Which {
    /// The one whose event is open.
    pub(super) open: Selector<Option<String>>,
    /// The one where the Tab key stops.
    pub(super) stop: Selector<Option<String>>,
}

/// One row. All of it is a link to the event, so that it can be opened in a
/// tab of its own like any other.
pub(super) fn row_view(page: Page, row: Row, columns: &[String], which: &Which) -> Part {
    let event = row.event;
    let place = {
        let event = event.clone();
        move || (page.list.place(&event) + 2).to_string()
    };
    let mut line = tag("div")
        .attr("role", "row")
        .class(if row.fresh {
            "ev-row ev-line is-new"
        } else {
            "ev-row ev-line"
        })
        .text("aria-rowindex", place)
        .attr("data-severity", event.severity.as_str());
    // What the link is in: the summary, or else the first column.
    let linked = columns.iter().position(|name| name == SUMMARY).unwrap_or(0);
    for (n, name) in columns.iter().enumerate() {
        let link = (n == linked).then(|| link(page, &event, which));
        line = line.child(cell_view(&event, name, link));
    }
    line.part()
}

/// The link, still without words.
fn link(page: Page, event: &EventSummary, which: &Which) -> El {
    let id = Some(event.id.clone());
    let is_open = {
        let (id, open) = (id.clone(), which.open.clone());
        move || open.selected(&id).then_some("true")
    };
    let stop = which.stop.clone();
    let tab = move || Some(if stop.selected(&id) { "0" } else { "-1" });
    tag("a")
        .attr("id", row_id(&event.id))
        .attr("href", page.event_path(&event.id))
        .attr("data-noscroll", "")
        .word("tabindex", tab)
        .word("aria-current", is_open)
}

fn cell_view(event: &EventSummary, name: &str, link: Option<El>) -> Part {
    let cell = tag("span").attr("role", "cell").class(columns::class(name));
    if name == SUMMARY {
        return cell.children(summary_parts(event, link)).part();
    }
    let (title, content) = content(event, name);
    let cell = match title {
        Some(title) => cell.attr("title", title),
        None => cell,
    };
    match (link, content) {
        (Some(link), content) => {
            let content = content.unwrap_or_else(|| "–".part());
            cell.child(link.class("ev-link").child(content).part()).part()
        }
        (None, Some(content)) => cell.child(content).part(),
        (None, None) => cell.part(),
    }
}

fn summary_parts(event: &EventSummary, link: Option<El>) -> Vec<Part> {
    let Summary {
        method,
        title,
        exact,
        rest,
    } = summary(event);
    let mut parts = Vec::new();
    parts.extend(method.map(|method| el("span", "ev-method", vec![method.part()])));
    if let Some(link) = link {
        let link = link.class(if exact { "ev-link mono" } else { "ev-link" });
        parts.push(link.child(title.part()).part());
    }
    parts.push(el("span", "ev-rest", vec![rest.part()]));
    parts
}

/// A tooltip, and what stands in the cell.
fn content(event: &EventSummary, name: &str) -> (Option<String>, Option<Part>) {
    let severity = event.severity;
    match name {
        "time" | "received_at" => {
            let time = if name == "time" { event.time } else { event.received_at };
            (None, Some(view! { <TimeText time style=TimeStyle::Row/> }.part()))
        }
        "severity" => (None, Some(view! { <SeverityMark severity/> }.part())),
        "status_code" => {
            let code = event.status_code.map(|code| view! { <StatusCode code/> }.part());
            (None, code)
        }
        "duration_ms" => {
            let ms = event.duration_ms;
            (ms.map(exact_ms), ms.map(|ms| duration_ms(ms).part()))
        }
        name => {
            let text = text(event, name);
            (text.clone(), text.map(IntoPart::part))
        }
    }
}

fn text(event: &EventSummary, name: &str) -> Option<String> {
    let known = match name {
        "id" => &Some(event.event_id.clone()),
        "kind" => &Some(event.kind.clone()),
        "status" => &Some(event.status.as_str().to_owned()).filter(|status| status != "unset"),
        "name" => &event.name,
        "message" => &event.message,
        "service" => &event.service,
        "endpoint" => &event.endpoint,
        "method" => &event.method,
        "environment" => &event.environment,
        "trace_id" => &event.trace_id,
        "user_id" => &event.user_id,
        "model" => &event.model,
        other => &event.fields.get(other).cloned(),
    };
    let line = known.as_deref()?.lines().next()?;
    Some(line.chars().take(300).collect())
}
