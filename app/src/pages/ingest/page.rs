//! `/p/{slug}/ingest`.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    chart::chart,
    doors::doors,
    empty::nothing_yet,
    reasons::reasons,
    refused::{RefusedPanel, Which, delete_dialog},
    senders::senders,
    state::{Page, SPANS},
    vitals::{halted, vitals},
};
use crate::{
    api::{self, Fetched},
    browser,
    components::{ErrorView, SkeletonLines, page_head, wait},
    live::Question,
    view::{IntoPart, Part, effect, el, memo, show, show_some, tag},
};

/// The pause between two questions.
const PAUSE: Duration = Duration::from_secs(5);

/// How ingest fares, and beside it what was refused for one reason.
#[component]
pub(crate) fn IngestPage() -> impl IntoView {
    let page = Page::provide();
    let which = Which::provide();
    keep_fresh(page);
    // A sheet that covers the page must also keep the focus out of it.
    let covered = RwSignal::new(false);
    let is_open = memo(move |_| !page.reason.read().is_empty());
    effect(move || covered.set(is_open.get() && browser::is_narrow()));
    let panel = show_some(move || is_open.get().then(|| view! { <RefusedPanel/> }.part()));
    let parts = vec![
        page_head("Ingest", Some(spans(page))),
        page.asking.banner(),
        health(page),
    ];
    let main = tag("div")
        .class("ingest-main")
        .flag("inert", move || covered.get())
        .child(el("div", "page page-wide", parts));
    view! {
        <Title text=move || format!("Ingest · {}", page.slug.get())/>
        {el("div", "ingest", vec![main.part(), panel.part()])}
        {delete_dialog(page, which)}
    }
    .part()
}

fn keep_fresh(page: Page) {
    page.asking.keep_asking(Question {
        every: PAUSE,
        on: Box::new(move || {
            page.slug.track();
            page.span.track();
            true
        }),
        path: Box::new(move || Some(api::ingest_path(&page.slug.read_untracked(), page.span.get_untracked()))),
        take: Box::new(move |text| page.load(text)),
    });
}

/// Chooses the span. Links, so that it works before the page is alive.
fn spans(page: Page) -> Part {
    let links: Vec<Part> = SPANS
        .into_iter()
        .map(|(span, label, words)| {
            tag("a")
                .class("segment")
                .text("href", move || page.span_path(span))
                .attr("data-noscroll", "")
                .attr("title", words)
                .word("aria-current", move || (page.span.get() == span).then_some("true"))
                .child(label.part())
                .part()
        })
        .collect();
    tag("nav")
        .class("segments")
        .attr("aria-label", "Time")
        .children(links)
        .part()
}

fn health(page: Page) -> Part {
    let first = Fetched::one(move || api::ingest_path(&page.slug.read(), page.span.get()));
    let retry = Callback::new(move |()| first.refetch());
    first.again_when(page.asking.reload);
    let untouched = memo(move |_| page.is_untouched());
    let body = show_some(move || {
        Some(match first.text()?.and_then(|text| page.load(&text)) {
            Err(error) => view! { <ErrorView error retry/> }.part(),
            Ok(()) => show(move || if untouched.get() { nothing_yet() } else { parts() }).part(),
        })
    });
    let meanwhile = view! { <SkeletonLines count=14/> }.part();
    wait(meanwhile, body, RwSignal::new(false))
}

fn parts() -> Part {
    vec![halted(), chart(), vitals(), reasons(), doors(), senders()].part()
}
