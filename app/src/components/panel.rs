//! A part of a page with a frame around it.

use leptos::prelude::*;

use crate::view::{IntoPart, Part};

/// A part of a page with a heading and a frame.
#[component]
pub(crate) fn Panel(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// What is in it.
    body: Part,
) -> impl IntoView {
    view! {
        <section class="panel">
            <header class="panel-head">
                <h2 class="panel-title">{title}</h2>
            </header>
            {body}
        </section>
    }
    .part()
}
