//! The way from one page of settings to the other.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::view::{IntoPart, Part, text, word};

/// Each page: the end of its address, and what it is called.
const PAGES: [(&str, &str); 2] = [("general", "General"), ("keys", "Keys")];

/// Links to the pages of a project's settings.
pub(super) fn tabs(slug: Memo<String>) -> Part {
    let pathname = use_location().pathname;
    let links: Vec<Part> = PAGES
        .into_iter()
        .map(|(end, label)| {
            let href = text(move || format!("/p/{}/settings/{end}", slug.read()));
            let here = word(move || pathname.with(|path| path.ends_with(end)).then_some("page"));
            view! {
                <a class="tab" href=href aria-current=here>
                    {label}
                </a>
            }
            .part()
        })
        .collect();
    view! {
        <nav class="tabs" aria-label="Settings">
            {links}
        </nav>
    }
    .part()
}
