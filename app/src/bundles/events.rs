//! Searching and reading events.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{
    Bundle,
    lazy::{Drawn, lazy},
};
use crate::{
    pages::events::EventsPage,
    view::{IntoPart, Part},
};

/// The pages of this bundle.
#[derive(Clone, Copy)]
pub(crate) enum Page {
    /// The list, and the event that is open beside it.
    Events,
}

impl Page {
    /// The page, or what stands in its place until its code has come.
    pub(crate) fn part(self) -> Part {
        lazy(Bundle::Events, move || draw(self))
    }
}

#[wasm_split(events, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
pub(super) fn draw(page: Page) -> Drawn {
    Ok(match page {
        Page::Events => view! { <EventsPage/> }.part(),
    })
}
