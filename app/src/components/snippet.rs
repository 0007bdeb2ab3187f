//! A command to paste.

use leptos::prelude::*;

use super::CopyButton;

/// A command to paste into a terminal, with a button that copies it.
#[component]
pub(crate) fn Snippet(
    /// What it does, above it.
    #[prop(into)]
    title: String,
    /// The command.
    #[prop(into)]
    code: Signal<String>,
) -> impl IntoView {
    view! {
        <figure class="snippet">
            <figcaption class="snippet-head">
                <span>{title}</span>
                <CopyButton text=Callback::new(move |()| code.get_untracked()) label="Copy the command"/>
            </figcaption>
            // Focusable, for those who scroll by keyboard.
            <pre class="snippet-code" tabindex="0">
                <code>{move || code.get()}</code>
            </pre>
        </figure>
    }
    .into_any()
}
