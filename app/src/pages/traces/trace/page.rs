//! `/p/{slug}/traces/{trace}` and `/shared/{token}`.

use std::time::Duration;

use eventglass_model::encode_pairs;
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    address::View, detail::SpanPanel, graph::AgentGraph, head::head, keyboard::listen, rows::SpanList, state::Page,
    steps::Steps, talk::Talk, toolbar::Toolbar,
};
use crate::{
    api::{Fetched, Portion},
    components::{ErrorView, Record, SkeletonRows, wait},
    hydration::use_hydrated,
    live::Question,
    view::{IntoPart, Part, effect, flag, memo, nothing, show, show_some},
};

/// The pause between two questions, while the trace is still running.
const PAUSE: Duration = Duration::from_secs(2);

/// One trace: its spans, and the one that is open.
#[component]
pub(crate) fn TracePage() -> impl IntoView {
    let page = Page::provide();
    listen(page);
    keep_up(page);
    let first = Fetched::portion(Portion::FirstRows, move || page.whole());
    let retry = Callback::new(move |()| first.refetch());
    first.again_when(page.asking.reload);
    let body = show_some(move || {
        let loaded = first.text()?.and_then(|text| page.load(&text));
        Some(match loaded {
            Ok(()) => trace_view(page),
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    // Of a large trace the page came with its first rows.
    let hydrated = use_hydrated();
    effect(move || {
        page.version.track();
        if hydrated.get() && page.tree.read_untracked().cut {
            page.load_whole();
        }
    });
    let title = move || {
        let tree = page.tree.read();
        match (tree.head.name.as_str(), page.slug.read().as_str()) {
            ("", _) => "Trace".to_owned(),
            (name, "") => format!("{name} · shared trace"),
            (name, slug) => format!("{name} · {slug}"),
        }
    };
    // Beside what waits for the trace and not in it: it asks for a span by itself.
    let is_open = memo(move |_| {
        let address = page.address.read();
        address.span.is_some() && address.view != View::Steps
    });
    let panel = show_some(move || is_open.get().then(|| view! { <SpanPanel/> }.part()));
    let pending = RwSignal::new(false);
    let meanwhile = view! { <SkeletonRows count=24/> }.part();
    view! {
        <Title text=title/>
        <div class="trace" class:has-panel=flag(move || is_open.get())>
            <div class="trace-column">{wait(meanwhile, body, pending)}</div>
            {panel}
        </div>
    }
    .part()
}

fn trace_view(page: Page) -> Part {
    let is_list = memo(move |_| page.address.read().view.is_list());
    let view_name = memo(move |_| page.address.read().view.name());
    let main = show(move || {
        if is_list.get() {
            return view! { <SpanList/> }.part();
        }
        view_name.track();
        match page.address.read_untracked().view {
            View::Talk => view! { <Talk/> }.part(),
            View::Graph => view! { <AgentGraph/> }.part(),
            View::Steps => view! { <Steps/> }.part(),
            View::Tree | View::Waterfall => nothing(),
        }
    });
    view! {
        {head(page)}
        {page.asking.banner()}
        <Toolbar/>
        <div class="trace-main">{main}</div>
    }
    .part()
}

/// Asks for what is new while the trace is running. A trace that ended a
/// while ago does not change.
fn keep_up(page: Page) {
    let running = memo(move |_| page.tree.read().head.running);
    page.asking.keep_asking(Question {
        every: PAUSE,
        on: Box::new(move || running.get()),
        path: Box::new(move || {
            // A link shows a trace and nothing of its project: it is asked for anew.
            if page.slug.read_untracked().is_empty() {
                return Some(untrack(|| page.whole()));
            }
            let watermark = page.tree.read_untracked().watermark.clone();
            let after = encode_pairs([("arrived_after", watermark), ("form", "packed".to_owned())]);
            Some(format!("{}/updates?{after}", page.api.read_untracked()))
        }),
        take: Box::new(move |text| {
            if page.slug.read_untracked().is_empty() {
                return page.load(text);
            }
            let trace = Record::read(text).and_then(|update| update.raw("trace").map(str::to_owned));
            match trace {
                Some(trace) => page.load(&trace),
                None => Ok(()),
            }
        }),
    });
}
