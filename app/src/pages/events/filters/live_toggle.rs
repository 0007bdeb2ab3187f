//! Live or paused.

use leptos::prelude::*;

use super::super::state::Page;
use crate::components::{Glyph, Icon};

/// Whether new events are asked for; pressing it changes that.
#[component]
pub(super) fn LiveToggle() -> impl IntoView {
    let page = Page::from_context();
    let live = page.live;
    view! {
        <button
            type="button"
            class="btn live"
            class:is-live=live
            aria-pressed=move || if live.get() { "true" } else { "false" }
            aria-keyshortcuts="p"
            title=move || if live.get() { "New events are looked for. Press to pause." } else { "Press to look for new events." }
            on:click=move |_| live.update(|live| *live = !*live)
        >
            {move || {
                if live.get() {
                    view! { <span class="pulse" aria-hidden="true"></span> }.into_any()
                } else {
                    view! { <Icon glyph=Glyph::Pause/> }.into_any()
                }
            }}
            <span>{move || if live.get() { "Live" } else { "Paused" }}</span>
        </button>
    }
    .into_any()
}
