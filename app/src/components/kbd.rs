//! A key of the keyboard.

use leptos::prelude::*;

/// A key of the keyboard.
#[component]
pub(crate) fn Kbd(
    /// What is printed on it.
    children: Children,
) -> impl IntoView {
    view! { <kbd class="kbd">{children()}</kbd> }
}
