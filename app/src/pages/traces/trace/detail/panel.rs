//! The panel beside the spans; on a phone, a sheet over them.

use eventglass_model::span_flags;
use leptos::prelude::*;

use super::{
    super::state::Page,
    content::{SpanText, ask_for_the_rest, content, read_span},
};
use crate::{
    browser,
    components::{CopyButton, ErrorView, Glyph, IconButton, SkeletonLines, side_panel, wait},
    pages::traces::tree::row_of,
    view::{IntoPart, effect, memo, show_some},
};

/// Names the heading, which gets the focus when the panel opens.
const HEADING: &str = "span-panel";

/// The span that the address names.
#[component]
pub(in super::super) fn SpanPanel() -> impl IntoView {
    let page = Page::from_context();
    // While it is being closed, it shows what it showed.
    let id = memo(move |before: Option<&String>| {
        let open = page.address.read().span.clone();
        open.or_else(|| before.cloned()).unwrap_or_default()
    });
    let span = page.span;
    let retry = Callback::new(move |()| span.refetch());
    let body = show_some(move || {
        Some(match read_span(span.text()?) {
            Ok(SpanText::Here(record)) => content(page, &record, &id.read_untracked()),
            Ok(SpanText::Later) => view! { <SkeletonLines count=14/> }.part(),
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    ask_for_the_rest(span);
    // It had no end, and now it has: its output is there.
    let running = memo(move |_| {
        let span = page.open.get();
        span.is_some_and(|span| page.tree.read().has(span, span_flags::UNFINISHED))
    });
    effect(move || {
        let now = running.get();
        on_cleanup(move || {
            if now && running.try_get_untracked() == Some(false) {
                span.refetch();
            }
        });
    });

    let step = move |by: isize| {
        Callback::new(move |()| {
            let rows = page.rows.get_untracked();
            let at = row_of(&rows, page.cursor.get_untracked());
            if let Some(span) = at.checked_add_signed(by).and_then(|to| rows.get(to)) {
                page.go_to(*span as usize);
            }
        })
    };
    let link = Callback::new(move |()| browser::address());
    let close = Callback::new(move |()| page.close());
    let buttons = vec![
        view! { <IconButton glyph=Glyph::ChevronUp label="Previous span (k)" on_press=step(-1)/> }.part(),
        view! { <IconButton glyph=Glyph::ChevronDown label="Next span (j)" on_press=step(1)/> }.part(),
        view! { <CopyButton what=link label="Copy the link to this span" glyph=Glyph::Link/> }.part(),
        view! { <IconButton glyph=Glyph::Close label="Close (Esc)" on_press=close/> }.part(),
    ];
    let meanwhile = view! { <SkeletonLines count=14/> }.part();
    let body = vec![wait(meanwhile, body, RwSignal::new(false))];
    side_panel(HEADING, "Span", "The span's payload and fields", buttons, body)
}
