//! Live or paused.

use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{Glyph, Icon},
    view::{IntoPart, flag, press, show, spelled, word},
};

/// Whether new events are asked for; pressing it changes that.
#[component]
pub(super) fn LiveToggle() -> impl IntoView {
    let live = Page::from_context().live;
    let title = word(move || {
        Some(if live.get() {
            "New events are looked for. Press to pause."
        } else {
            "Press to look for new events."
        })
    });
    let content = show(move || {
        if live.get() {
            view! {
                <span class="pulse" aria-hidden="true"></span>
                "Live"
            }
            .part()
        } else {
            view! {
                <Icon glyph=Glyph::Pause/>
                "Paused"
            }
            .part()
        }
    });
    view! {
        <button
            type="button"
            class="btn live"
            class:is-live=flag(move || live.get())
            aria-pressed=spelled(move || live.get())
            aria-keyshortcuts="p"
            title=title
            on:click=press(move |_| live.update(|live| *live = !*live))
        >
            {content}
        </button>
    }
    .part()
}
