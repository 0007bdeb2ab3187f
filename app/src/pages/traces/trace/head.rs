//! What a trace is, at a glance.

use leptos::prelude::*;

use super::{share::ShareButton, state::Page};
use crate::{
    browser,
    components::{CopyButton, Glyph, TimeStyle, TimeText},
    format::{duration_ms, exact_ms},
    pages::traces::figures::{cost, errors, number_of, status, tokens},
    view::{IntoPart, Part, el, show, tag, titled},
};

/// Name, figures, and what can be done with it.
pub(super) fn head(page: Page) -> Part {
    // A live trace changes its figures, and the buttons stay.
    let figures = show(move || figures(page));
    let title = show(move || page.tree.read().head.name.clone().part());
    let link = Callback::new(move |()| browser::address());
    let mut actions = Vec::new();
    if !page.slug.read_untracked().is_empty() {
        let compare = tag("a")
            .class("btn")
            .text("href", move || {
                format!("/p/{}/traces/compare?a={}", page.slug.read(), page.trace.read())
            })
            .child("Compare".part());
        actions.push(compare.part());
        actions.push(view! { <ShareButton/> }.part());
    }
    actions.push(view! { <CopyButton what=link label="Copy the link" glyph=Glyph::Link/> }.part());
    let parts = vec![
        el("h1", "trace-title", vec![title.part()]),
        el("div", "trace-figures num", vec![figures.part()]),
        el("div", "trace-actions", actions),
    ];
    el("header", "trace-head", parts)
}

fn figures(page: Page) -> Part {
    let tree = page.tree.read();
    let head = &tree.head;
    let slug = page.slug.get();
    let start = head.start;
    let mut parts = vec![
        status(head),
        fact("Started", view! { <TimeText time=start style=TimeStyle::Row/> }.part()),
        fact(
            "Took",
            titled(
                "span",
                "",
                exact_ms(head.duration_ms),
                vec![duration_ms(head.duration_ms).part()],
            ),
        ),
        number_of(head.span_count, "span", "spans").part(),
    ];
    if head.error_count > 0 {
        parts.push(fact("Errors", errors(head.error_count)));
    }
    if head.tokens > 0 {
        parts.push(fact("Tokens", tokens(head)));
    }
    if head.cost_usd.is_some() || !head.cost_complete {
        parts.push(fact("Cost", cost(head.cost_usd, head.cost_complete)));
    }
    for (label, what, id) in [
        ("User", "users", &head.user_id),
        ("Session", "sessions", &head.session_id),
    ] {
        if let Some(id) = id {
            parts.push(fact(label, group_link(&slug, what, id)));
        }
    }
    if let Some(service) = &head.service {
        parts.push(fact("Service", service.clone().part()));
    }
    if let Some(environment) = &head.environment {
        parts.push(fact("In", environment.clone().part()));
    }
    if tree.truncated {
        let why = "The trace has more events than the server's setting lets it show at once".to_owned();
        parts.push(titled("span", "badge badge-warning", why, vec!["cut off".part()]));
    }
    parts.part()
}

fn fact(label: &'static str, value: Part) -> Part {
    el(
        "span",
        "trace-fact",
        vec![el("span", "muted", vec![label.part()]), value],
    )
}

/// A user or session: a link, where the project is one's own.
fn group_link(slug: &str, what: &str, id: &str) -> Part {
    if slug.is_empty() {
        return id.to_owned().part();
    }
    let href = format!("/p/{slug}/{what}/{}", eventglass_model::encode_segment(id));
    tag("a")
        .class("link truncate")
        .attr("href", href)
        .child(id.to_owned().part())
        .part()
}
