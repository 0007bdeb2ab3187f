//! The list of traces.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{
    Bundle,
    lazy::{Drawn, lazy},
};
use crate::{
    pages::traces::TracesPage,
    view::{IntoPart, Part},
};

/// The pages of this bundle.
#[derive(Clone, Copy)]
pub(crate) enum Page {
    /// The list.
    Traces,
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
    })
}
