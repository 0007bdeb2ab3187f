//! Which traces to compare.

use eventglass_model::{TracePage, TraceQuery, TraceSummary};
use leptos::prelude::*;

use super::page::Sides;
use crate::{
    api::{self, Fetched},
    components::{ErrorView, SkeletonRows, wait},
    pages::traces::{list::trace_row, tree::Tree},
    view::{IntoPart, Part, el, show, show_some, tag},
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
        .child(tag("button").attr("type", "submit").class("btn btn-primary").child("Compare".part()).part());
    let mut parts = vec![
        el("h2", "page-title", vec!["Compare two traces".part()]),
        form.part(),
    ];
    if !sides.a.read().is_empty() {
        parts.push(candidates(sides));
    }
    el("div", "page", parts)
}

fn candidates(sides: Sides) -> Part {
    let one = Fetched::portion(api::Portion::FirstRows, move || {
        api::trace_path(&sides.slug.read(), &sides.a.read())
    });
    let retry = Callback::new(move |()| one.refetch());
    let body = show_some(move || {
        let read = one.text()?.map(|text| Tree::read(&text).map(|tree| tree.head.name).unwrap_or_default());
        Some(match read {
            Ok(name) => same_name(sides, name),
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    let meanwhile = view! { <SkeletonRows count=6/> }.part();
    wait(meanwhile, body, RwSignal::new(false))
}

fn same_name(sides: Sides, name: String) -> Part {
    let title = format!("The latest “{name}”");
    let list = Fetched::one(move || {
        let query = TraceQuery {
            name: name.clone(),
            limit: Some(SOME),
            ..TraceQuery::default()
        };
        api::traces_path(&sides.slug.read(), &query)
    });
    let body = show(move || match list.read::<TracePage>() {
        Some(Ok(page)) => rows(sides, page.items),
        Some(Err(error)) => el("p", "muted", vec![error.message().part()]),
        None => ().part(),
    });
    let meanwhile = view! { <SkeletonRows count=6/> }.part();
    vec![
        el("h3", "small-title", vec![title.part()]),
        wait(meanwhile, body, RwSignal::new(false)),
    ]
    .part()
}

fn rows(sides: Sides, traces: Vec<TraceSummary>) -> Part {
    let a = sides.a.get_untracked();
    let rows = traces.into_iter().filter(|trace| trace.trace_id != a).map(|trace| {
        let link = tag("a").class("btn").attr("href", sides.href(&a, &trace.trace_id, None));
        let choose = link.child("Compare".part()).part();
        let row = trace_row(
            &sides.slug.read_untracked(),
            ArcRwSignal::new(trace),
            tag("a").class("ev-link"),
        );
        el("div", "compare-candidate", vec![row, choose])
    });
    let rows: Vec<Part> = rows.collect();
    if rows.is_empty() {
        return el("p", "muted", vec!["There is no other.".part()]);
    }
    tag("div").attr("role", "table").attr("aria-label", "Traces of the same name").children(rows).part()
}
