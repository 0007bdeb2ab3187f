//! A plain table, for lists that are short.

use leptos::prelude::*;

use crate::view::{IntoPart, Part};

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
    let heads = heads
        .iter()
        .map(|head| {
            if head.is_empty() {
                view! { <td></td> }.part()
            } else {
                view! { <th scope="col">{*head}</th> }.part()
            }
        })
        .collect_view();
    view! {
        <table class="table" aria-label=label>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .part()
}
