//! Live or paused.

use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{Glyph, Icon, pulse},
    view::{IntoPart, show, tag},
};

/// Whether new events are asked for; pressing it changes that.
#[component]
pub(super) fn LiveToggle() -> impl IntoView {
    let live = Page::from_context().live;
    let title = move || {
        Some(if live.get() {
            "New events are looked for. Press to pause."
        } else {
            "Press to look for new events."
        })
    };
    let content = show(move || {
        if live.get() {
            vec![pulse(), "Live".part()].part()
        } else {
            vec![view! { <Icon glyph=Glyph::Pause/> }.part(), "Paused".part()].part()
        }
    });
    tag("button")
        .attr("type", "button")
        .word("class", move || {
            Some(if live.get() { "btn live is-live" } else { "btn live" })
        })
        .spelled("aria-pressed", move || live.get())
        .attr("aria-keyshortcuts", "p")
        .word("title", title)
        .press(move |_| live.update(|live| *live = !*live))
        .child(content.part())
        .part()
}
