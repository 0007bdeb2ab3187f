//! A plain table, for lists that are short.

use leptos::prelude::*;

/// A table whose columns are named once. Long lists have their own component.
#[component]
pub(crate) fn Table(
    /// What the table holds, for screen readers.
    label: &'static str,
    /// The heads of its columns; an empty one stands over buttons.
    heads: &'static [&'static str],
    /// Its rows.
    children: Children,
) -> impl IntoView {
    let heads = heads
        .iter()
        .map(|head| {
            if head.is_empty() {
                view! { <td></td> }.into_any()
            } else {
                view! { <th scope="col">{*head}</th> }.into_any()
            }
        })
        .collect_view();
    view! {
        <table class="table" aria-label=label>
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{children()}</tbody>
        </table>
    }
    .into_any()
}
