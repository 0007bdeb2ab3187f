//! "12 new events".

use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{Glyph, Icon, Kbd},
    format::count,
    view::{IntoPart, Part, memo, show_some, tag, text},
};

/// Says how many events arrived since, and shows them when pressed.
#[component]
pub(super) fn Pill() -> impl IntoView {
    let page = Page::from_context();
    // Made once, however often the number changes: somebody may be about to press it.
    let is_waiting = memo(move |_| page.list.waiting() > 0 || page.list.is_flood());
    let pill = show_some(move || is_waiting.get().then(|| pill_view(page)));
    tag("div")
        .class("pill-place")
        .attr("role", "status")
        .child(pill.part())
        .part()
}

fn pill_view(page: Page) -> Part {
    let label = text(move || {
        let waiting = page.list.waiting();
        let label = match (waiting, page.list.is_flood()) {
            (1, false) => "1 new event".to_owned(),
            (_, false) => format!("{} new events", count(waiting)),
            (_, true) => format!("{}+ new events", count(waiting)),
        };
        // They carry an old time, and stand among their contemporaries.
        match page.list.waiting_below() {
            0 => label,
            below => format!("{label}, {} further down", count(below)),
        }
    });
    tag("button")
        .attr("type", "button")
        .class("pill")
        .press(move |_| page.list.show_waiting(page))
        .child(view! { <Icon glyph=Glyph::ArrowUp/> }.part())
        .child(label.part())
        .child(view! { <Kbd key="n"/> }.part())
        .part()
}
