//! Which traces to compare.

use eventglass_model::{TracePage, TraceQuery, TraceSummary};
use leptos::prelude::*;

use super::page::Sides;
use crate::{
    api,
    pages::traces::{list::trace_row, tree::Tree},
    view::{IntoPart, Part, el, memo, nothing, show, tag, text},
};

/// How many there are to choose from.
const SOME: usize = 50;

/// A form for two ids, and the latest traces of the same name.
pub(super) fn choose(sides: Sides) -> Part {
    let field = |name: &'static str, label: &'static str, value: String| {
        let input = tag("input")
            .class("input mono")
            .attr("name", name)
            .attr("value", value)
            .attr("required", "")
            .attr("spellcheck", "false")
            .attr("autocomplete", "off");
        el("label", "between-label", vec![label.part(), input.part()])
    };
    // It gets this very page, with scripts and without.
    let form = tag("form")
        .class("compare-form")
        .attr("method", "get")
        .child(field("a", "One trace", sides.a.get()))
        .child(field("b", "The other", sides.b.get()))
        .child(
            tag("button")
                .attr("type", "submit")
                .class("btn btn-primary")
                .child("Compare".part())
                .part(),
        );
    let mut parts = vec![el("h2", "page-title", vec!["Compare two traces".part()]), form.part()];
    if !sides.a.read().is_empty() {
        parts.push(candidates(sides));
    }
    el("div", "page", parts)
}

/// Traces of the same name, which the browser looks up.
fn candidates(sides: Sides) -> Part {
    let one = api::later(move || Some(api::trace_path(&sides.slug.read(), &sides.a.read())));
    let name = memo(move |_| {
        let answer = one.read();
        let tree = answer.as_ref()?.as_ref().ok().and_then(|text| Tree::read(text))?;
        Some(tree.head.name)
    });
    let list = api::later(move || {
        let query = TraceQuery {
            name: name.get()?,
            limit: Some(SOME),
            ..TraceQuery::default()
        };
        Some(api::traces_path(&sides.slug.read(), &query))
    });
    let title = text(move || {
        name.get()
            .map(|name| format!("The latest “{name}”"))
            .unwrap_or_default()
    });
    let body = show(move || {
        if let Some(Err(error)) = one.get() {
            return el("p", "muted", vec![error.message().part()]);
        }
        match list
            .get()
            .map(|answer| answer.and_then(|text| api::read::<TracePage>(&text)))
        {
            Some(Ok(page)) => rows(sides, page.items),
            Some(Err(error)) => el("p", "muted", vec![error.message().part()]),
            None => nothing(),
        }
    });
    vec![el("h3", "small-title", vec![title.part()]), body.part()].part()
}

fn rows(sides: Sides, traces: Vec<TraceSummary>) -> Part {
    let a = sides.a.get_untracked();
    let rows = traces.into_iter().filter(|trace| trace.trace_id != a).map(|trace| {
        let link = tag("a")
            .class("btn")
            .attr("href", sides.href(&a, &trace.trace_id, None));
        let choose = link.child("Compare".part()).part();
        let row = trace_row(
            &sides.slug.read_untracked(),
            ArcRwSignal::new(trace),
            tag("a").class("ev-link"),
        );
        // A table each: beside a row there can be no link.
        let row = tag("div")
            .attr("role", "table")
            .attr("aria-label", "A trace of the same name")
            .child(row);
        el("div", "compare-candidate", vec![row.part(), choose])
    });
    let rows: Vec<Part> = rows.collect();
    if rows.is_empty() {
        return el("p", "muted", vec!["There is no other.".part()]);
    }
    el("div", "", rows)
}
