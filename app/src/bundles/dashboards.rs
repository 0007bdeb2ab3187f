//! Everything that draws charts.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{
    Bundle,
    lazy::{Drawn, lazy},
};
use crate::{
    pages::ingest::IngestPage,
    view::{IntoPart, Part},
};

/// The pages of this bundle.
#[derive(Clone, Copy)]
pub(crate) enum Page {
    /// The health of ingestion.
    Ingest,
}

impl Page {
    /// The page, or what stands in its place until its code has come.
    pub(crate) fn part(self) -> Part {
        lazy(Bundle::Dashboards, move || draw(self))
    }
}

#[wasm_split(dashboards, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
pub(super) fn draw(page: Page) -> Drawn {
    Ok(match page {
        Page::Ingest => view! { <IngestPage/> }.part(),
    })
}
