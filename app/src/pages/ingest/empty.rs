//! Where nothing has ever come.

use leptos::prelude::*;

use super::state::Page;
use crate::{
    components::{ButtonKind, EmptyState, Glyph, pulse},
    view::{IntoPart, Part, el, tag},
};

/// Says what to do.
pub(super) fn nothing_yet() -> Part {
    let slug = Page::from_context().slug.get();
    let (events, keys) = (format!("/p/{slug}/events"), format!("/p/{slug}/settings/keys"));
    let waiting = "Waiting for the first request. It will appear here by itself.";
    let counted = "Every request with a key of this project is counted here, whatever becomes of it.";
    let actions = vec![
        tag("a")
            .class(ButtonKind::Primary.class())
            .attr("href", events)
            .child("How to send events".part())
            .part(),
        tag("a")
            .class(ButtonKind::Plain.class())
            .attr("href", keys)
            .child("Keys".part())
            .part(),
    ];
    let body = vec![
        el("p", "waiting", vec![pulse(), waiting.part()]),
        el("p", "", vec![counted.part()]),
        el("div", "empty-actions", actions),
    ]
    .part();
    view! { <EmptyState glyph=Glyph::Inbox title="Nothing has come yet" body/> }.part()
}
