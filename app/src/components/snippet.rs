//! A command to paste.

use leptos::prelude::*;

use crate::view::IntoPart;

use super::CopyButton;

/// A command to paste into a terminal, with a button that copies it.
#[component]
pub(crate) fn Snippet(
    /// What it does, above it.
    #[prop(into)]
    title: String,
    /// The command.
    #[prop(into)]
    code: String,
) -> impl IntoView {
    let copied = code.clone();
    view! {
        <figure class="snippet">
            <figcaption class="snippet-head">
                <span>{title}</span>
                <CopyButton what=move |()| copied.clone() label="Copy the command"/>
            </figcaption>
            // Focusable, for those who scroll by keyboard.
            <pre class="snippet-code" tabindex="0">
                <code>{code}</code>
            </pre>
        </figure>
    }
    .part()
}
