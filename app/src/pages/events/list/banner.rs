//! Says when the server does not answer.

use leptos::prelude::*;

use super::super::state::{Connection, Page};
use crate::components::{Glyph, Icon};

/// A line above the list while the server cannot be asked what is new.
#[component]
pub(in super::super) fn Banner() -> impl IntoView {
    let page = Page::from_context();
    let line = move || match page.connection.get() {
        Connection::Good => None,
        Connection::Lost { seconds } => Some(view! {
            <div class="banner">
                <Icon glyph=Glyph::Offline/>
                <span>{format!("The server does not answer. Asking again in {seconds} s.")}</span>
                <button type="button" class="link" on:click=move |_| page.hurry.update(|n| *n += 1)>
                    "Ask now"
                </button>
            </div>
        }),
    };
    view! { <div role="status">{line}</div> }
}
