//! Live, following, or paused.

use leptos::prelude::*;

use super::super::{address::Tail, state::Page};
use crate::{
    components::{Glyph, Icon, pulse},
    view::{IntoPart, Part, el, show, tag},
};

/// Whether new events are asked for, and whether they come in by themselves.
#[component]
pub(super) fn LiveToggle() -> impl IntoView {
    let page = Page::from_context();
    let tail = page.tail;
    let is_live = move || tail.get() != Tail::Off;
    let title = move || {
        Some(if is_live() {
            "New events are looked for. Press to pause (p)."
        } else {
            "Press to look for new events (p)."
        })
    };
    let content = show(move || {
        if is_live() {
            vec![pulse(), "Live".part()].part()
        } else {
            vec![view! { <Icon glyph=Glyph::Pause/> }.part(), "Paused".part()].part()
        }
    });
    let live = tag("button")
        .attr("type", "button")
        .word("class", move || {
            Some(if is_live() { "btn live is-live" } else { "btn live" })
        })
        .spelled("aria-pressed", is_live)
        .attr("aria-keyshortcuts", "p")
        .word("title", title)
        .press(move |_| page.toggle_live())
        .child(content.part())
        .part();
    el("div", "live-group", vec![live, follow(page)])
}

fn follow(page: Page) -> Part {
    let follows = move || page.tail.get() == Tail::Follow;
    tag("button")
        .attr("type", "button")
        .word("class", move || {
            Some(if follows() {
                "btn btn-icon is-on"
            } else {
                "btn btn-icon"
            })
        })
        .spelled("aria-pressed", follows)
        .attr("aria-keyshortcuts", "f")
        .attr("aria-label", "Follow")
        .attr(
            "title",
            "Let new events come in by themselves while the top of the list is in sight (f)",
        )
        .press(move |_| page.toggle_follow())
        .child(view! { <Icon glyph=Glyph::Follow/> }.part())
        .part()
}
