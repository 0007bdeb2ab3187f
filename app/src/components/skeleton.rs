//! The shape of what is about to be there.

use leptos::prelude::*;

use crate::view::IntoPart;

/// Grey rows where a table is being fetched.
#[component]
pub(crate) fn SkeletonRows(
    /// How many.
    #[prop(default = 12)]
    count: usize,
) -> impl IntoView {
    let rows = (0..count)
        .map(|_| {
            view! {
                <div class="skeleton-row">
                    <span class="skeleton w-28"></span>
                    <span class="skeleton w-16"></span>
                    <span class="skeleton grow"></span>
                    <span class="skeleton w-12"></span>
                </div>
            }
        })
        .collect_view();
    view! {
        <div aria-busy="true" aria-label="Loading" role="status">
            {rows}
        </div>
    }
    .part()
}

/// Grey lines where text is being fetched.
#[component]
pub(crate) fn SkeletonLines(
    /// How many.
    #[prop(default = 6)]
    count: usize,
) -> impl IntoView {
    let lines = (0..count)
        .map(|line| {
            let class = match line % 3 {
                0 => "skeleton w-2/3",
                1 => "skeleton w-full",
                _ => "skeleton w-1/2",
            };
            view! { <span class=class></span> }
        })
        .collect_view();
    view! {
        <div class="flex flex-col gap-3 p-4" aria-busy="true" aria-label="Loading" role="status">
            {lines}
        </div>
    }
    .part()
}
