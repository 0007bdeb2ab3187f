//! What stands where there is nothing yet.

use leptos::prelude::*;

use crate::view::{IntoPart, Part};

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
    view! {
        <div class="empty">
            <span class="empty-icon">
                <Icon glyph/>
            </span>
            <h2 class="empty-title">{title}</h2>
            {body}
        </div>
    }
    .part()
}
