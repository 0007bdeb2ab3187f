//! A key of the keyboard.

use leptos::prelude::*;

/// A key of the keyboard.
#[component]
pub(crate) fn Kbd(
    /// What is printed on it.
    key: &'static str,
) -> impl IntoView {
    view! { <kbd class="kbd">{key}</kbd> }
}
