//! Finding and reading traces.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{
    Bundle,
    lazy::{Drawn, lazy},
};
use crate::{
    pages::traces::{ComparePage, TracePage, TracesPage},
    view::{IntoPart, Part},
};

/// The pages of this bundle.
#[derive(Clone, Copy)]
pub(crate) enum Page {
    /// The list.
    Traces,
    /// One of them, of a project or of a link that was shared.
    Trace,
    /// Two of them, side by side.
    Compare,
}

impl Page {
    /// The page, or what stands in its place until its code has come.
    pub(crate) fn part(self) -> Part {
        lazy(Bundle::Traces, move || draw(self))
    }
}

#[wasm_split(traces, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
pub(super) fn draw(page: Page) -> Drawn {
    Ok(match page {
        Page::Traces => view! { <TracesPage/> }.part(),
        Page::Trace => view! { <TracePage/> }.part(),
        Page::Compare => view! { <ComparePage/> }.part(),
    })
}
