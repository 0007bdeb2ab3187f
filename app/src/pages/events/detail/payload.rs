//! JSON that came with an event.

use leptos::prelude::*;

use crate::{
    components::{CopyButton, Json},
    format::bytes,
    view::IntoPart,
};

/// JSON under its own heading.
#[component]
pub(super) fn Payload(
    /// Its heading.
    title: &'static str,
    /// The JSON, as the client wrote it.
    text: String,
) -> impl IntoView {
    let copied = text.clone();
    let size = bytes(text.len());
    view! {
        <section class="facts">
            <header class="payload-head">
                <h3 class="facts-title">{title}</h3>
                <span class="muted num">{size}</span>
                <span class="grow"></span>
                <CopyButton what=Callback::new(move |()| copied.clone()) label=format!("Copy {}", title.to_ascii_lowercase())/>
            </header>
            <Json text/>
        </section>
    }
    .part()
}
