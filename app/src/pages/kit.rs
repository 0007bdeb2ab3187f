//! `/_kit`: the components, side by side. Development builds only.

use leptos::prelude::*;

/// The components, side by side.
#[cfg(debug_assertions)]
#[component]
pub(crate) fn KitPage() -> impl IntoView {
    super::kit_content::content()
}

/// There is no such page.
#[cfg(not(debug_assertions))]
#[component]
pub(crate) fn KitPage() -> impl IntoView {
    view! { <super::not_found::NotFound/> }
}
