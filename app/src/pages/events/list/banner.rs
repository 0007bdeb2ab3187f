//! Says when the server does not answer.

use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{Glyph, Icon, LinkButton},
    view::{IntoPart, Part, show_some},
};

/// A line above the list while the server cannot be asked what is new.
#[component]
pub(in super::super) fn Banner() -> impl IntoView {
    let page = Page::from_context();
    let line = show_some(move || match page.lost.get() {
        0 => None,
        seconds => Some(lost(page, seconds)),
    });
    view! { <div role="status">{line}</div> }.part()
}

fn lost(page: Page, seconds: u32) -> Part {
    view! {
        <div class="banner">
            <Icon glyph=Glyph::Offline/>
            <span>{format!("The server does not answer. Asking again in {seconds} s.")}</span>
            <LinkButton label="Ask now" on_press=move |()| page.hurry.update(|n| *n += 1)/>
        </div>
    }
    .part()
}
