//! The shape of what is about to be there.

use leptos::prelude::*;

use crate::view::{Part, el, tag};

/// Grey rows where a table is being fetched.
#[component]
pub(crate) fn SkeletonRows(
    /// How many.
    #[prop(default = 12)]
    count: usize,
) -> impl IntoView {
    let mut rows = Vec::new();
    for _ in 0..count {
        let bars = ["skeleton w-28", "skeleton w-16", "skeleton grow", "skeleton w-12"];
        rows.push(el("div", "skeleton-row", bars.map(bar).into()));
    }
    loading("skeleton-rows", rows)
}

/// Grey lines where text is being fetched.
#[component]
pub(crate) fn SkeletonLines(
    /// How many.
    #[prop(default = 6)]
    count: usize,
) -> impl IntoView {
    let mut lines = Vec::new();
    for line in 0..count {
        lines.push(bar(match line % 3 {
            0 => "skeleton w-2/3",
            1 => "skeleton w-full",
            _ => "skeleton w-1/2",
        }));
    }
    loading("flex flex-col gap-3 p-4", lines)
}

fn bar(class: &'static str) -> Part {
    el("span", class, Vec::new())
}

fn loading(class: &'static str, bars: Vec<Part>) -> Part {
    tag("div")
        .class(class)
        .attr("aria-busy", "true")
        .attr("aria-label", "Loading")
        .attr("role", "status")
        .children(bars)
        .part()
}
