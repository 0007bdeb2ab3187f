//! Reading traces.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{
    Bundle,
    lazy::{Drawn, lazy},
};
use crate::{
    pages::traces::{ComparePage, TracePage},
    view::{IntoPart, Part},
};

/// The pages of this bundle.
#[derive(Clone, Copy)]
pub(crate) enum Page {
    /// One, of a project or of a link that was shared.
    Trace,
    /// Two of them, side by side.
    Compare,
}

impl Page {
    /// The page, or what stands in its place until its code has come.
    pub(crate) fn part(self) -> Part {
        lazy(Bundle::Trace, move || draw(self))
    }
}

#[wasm_split(trace, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
pub(super) fn draw(page: Page) -> Drawn {
    Ok(match page {
        Page::Trace => view! { <TracePage/> }.part(),
        Page::Compare => view! { <ComparePage/> }.part(),
    })
}
