//! A table that may be wider than its place.

use leptos::prelude::*;

use crate::view::{IntoPart, Part};

/// Lets a table of numbers scroll sideways where there is no room for it, so
/// that the page need not. All columns but the first stand to the right.
#[component]
pub(crate) fn TableScroll(
    /// What the table holds, for those who scroll by keyboard.
    label: &'static str,
    /// The table.
    table: Part,
) -> impl IntoView {
    view! {
        <div class="table-scroll" role="region" aria-label=label tabindex="0">
            {table}
        </div>
    }
    .part()
}
