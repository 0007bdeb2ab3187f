//! A part of a page with a frame around it.

use leptos::prelude::*;

/// A part of a page with a heading and a frame.
#[component]
pub(crate) fn Panel(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// What stands at the right of the heading.
    #[prop(optional, into)]
    actions: ViewFn,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="panel">
            <header class="panel-head">
                <h2 class="panel-title">{title}</h2>
                <div class="panel-actions">{actions.run()}</div>
            </header>
            {children()}
        </section>
    }
    .into_any()
}
