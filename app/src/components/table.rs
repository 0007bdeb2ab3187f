//! A plain table, for lists that are short.

use leptos::prelude::*;

use crate::view::{IntoPart, Part, el, tag};

/// A table whose columns are named once. Long lists have their own component.
#[component]
pub(crate) fn Table(
    /// What the table holds, for screen readers.
    label: &'static str,
    /// The heads of its columns; an empty one stands over buttons.
    heads: &'static [&'static str],
    /// Its rows.
    rows: Vec<Part>,
) -> impl IntoView {
    let mut row = tag("tr");
    for head in heads {
        row = row.child(if head.is_empty() {
            el("td", "", Vec::new())
        } else {
            tag("th").attr("scope", "col").child(head.part()).part()
        });
    }
    tag("table")
        .class("table")
        .attr("aria-label", label)
        .child(el("thead", "", vec![row.part()]))
        .child(el("tbody", "", rows))
        .part()
}
