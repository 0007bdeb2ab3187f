//! `/p/{slug}`.

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_params_map};

/// Goes to the project's overview.
#[component]
pub(crate) fn ProjectHome() -> impl IntoView {
    let project = use_params_map().read_untracked().get("project").unwrap_or_default();
    view! { <Redirect path=format!("/p/{project}/overview")/> }
}
