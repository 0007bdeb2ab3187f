//! The ways to look at traces.

use leptos::prelude::*;

use crate::view::{IntoPart, Part, tag};

/// Links between the lists of traces, sessions and users.
pub(super) fn area_links(slug: Memo<String>, here: &'static str) -> Part {
    let links = [("traces", "Traces"), ("sessions", "Sessions"), ("users", "Users")].map(|(area, label)| {
        tag("a")
            .class("segment")
            .text("href", move || format!("/p/{}/{area}", slug.read()))
            .word("aria-current", move || (area == here).then_some("page"))
            .child(label.part())
            .part()
    });
    tag("nav")
        .class("segments")
        .attr("aria-label", "Traces by")
        .children(links.into())
        .part()
}
