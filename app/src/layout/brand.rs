//! The mark.

use leptos::prelude::*;

/// Events seen through a glass. The same drawing as `style/public/favicon.svg`.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <circle cx="14" cy="14" r="11.5"></circle>
            <path d="M22.5 22.5 29 29"></path>
            <path d="M9 17v-3M14 19V9M19 16v-4"></path>
        </svg>
    }
}
