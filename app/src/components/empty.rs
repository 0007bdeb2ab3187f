//! What stands where there is nothing yet.

use leptos::prelude::*;

use crate::view::{IntoPart, Part, el};

use super::{Glyph, Icon};

/// Says why there is nothing, and what to do.
#[component]
pub(crate) fn EmptyState(
    /// A picture of it.
    glyph: Glyph,
    /// Why there is nothing.
    #[prop(into)]
    title: String,
    /// What to do.
    body: Part,
) -> impl IntoView {
    let icon = el("span", "empty-icon", vec![view! { <Icon glyph/> }.part()]);
    el(
        "div",
        "empty",
        vec![icon, el("h2", "empty-title", vec![title.part()]), body],
    )
}
