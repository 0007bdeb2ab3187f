//! The way from one page of settings to the other.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::view::{IntoPart, Part, tag};

/// Each page: the end of its address, and what it is called.
const PAGES: [(&str, &str); 3] = [("general", "General"), ("keys", "Keys"), ("pricing", "Prices")];

/// Links to the pages of a project's settings.
pub(super) fn tabs(slug: Memo<String>) -> Part {
    let pathname = use_location().pathname;
    let links: Vec<Part> = PAGES
        .into_iter()
        .map(|(end, label)| {
            tag("a")
                .class("tab")
                .text("href", move || format!("/p/{}/settings/{end}", slug.read()))
                .word("aria-current", move || {
                    pathname.with(|path| path.ends_with(end)).then_some("page")
                })
                .child(label.part())
                .part()
        })
        .collect();
    tag("nav")
        .class("tabs")
        .attr("aria-label", "Settings")
        .children(links)
        .part()
}
