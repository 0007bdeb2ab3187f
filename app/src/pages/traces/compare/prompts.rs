//! The prompts of two model calls, beside the rows.

use leptos::prelude::*;

use super::page::Sides;
use crate::{
    api::{self, Fetched},
    components::{ErrorView, Glyph, Icon, SkeletonLines, side_panel, wait},
    pages::traces::prompt_diff::prompt_diff,
    view::{IntoPart, Part, el, show_some, tag},
};

/// What the two calls differ in, word by word.
pub(super) fn prompts(sides: Sides) -> Part {
    let diff = Fetched::one(move || {
        let (a_span, b_span) = sides.spans.get();
        let a = api::trace_path(&sides.slug.read(), &sides.a.read());
        api::diff_path(&a, &a_span, &b_span, Some(&sides.b.read()))
    });
    let retry = Callback::new(move |()| diff.refetch());
    let body = show_some(move || {
        Some(match diff.text()? {
            Ok(text) => el("section", "facts", vec![prompt_diff(&text)]),
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    let close = tag("a")
        .class("btn btn-ghost btn-icon")
        .attr("aria-label", "Close")
        .attr("title", "Close")
        .text("href", move || sides.href(&sides.a.read(), &sides.b.read(), None))
        .child(view! { <Icon glyph=Glyph::Close/> }.part());
    let meanwhile = view! { <SkeletonLines count=10/> }.part();
    let body = vec![wait(meanwhile, body, RwSignal::new(false))];
    side_panel(
        "prompt-diff",
        "Prompt diff",
        "What the prompts differ in",
        vec![close.part()],
        body,
    )
}
