//! A table that may be wider than its place.

use leptos::prelude::*;

use crate::view::{Part, tag};

/// Lets a table of numbers scroll sideways where there is no room for it, so
/// that the page need not. All columns but the first stand to the right.
#[component]
pub(crate) fn TableScroll(
    /// What the table holds, for those who scroll by keyboard.
    #[prop(into)]
    label: String,
    /// The table.
    table: Part,
) -> impl IntoView {
    tag("div")
        .class("table-scroll")
        .attr("role", "region")
        .attr("aria-label", label)
        .attr("tabindex", "0")
        .child(table)
        .part()
}
