//! Dashboards that people make.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{
    Bundle,
    lazy::{Drawn, lazy},
};
use crate::{
    pages::dashboards::{DashboardPage, DashboardsPage},
    view::{IntoPart, Part},
};

/// The pages of this bundle.
#[derive(Clone, Copy)]
pub(crate) enum Page {
    /// All dashboards.
    Dashboards,
    /// One dashboard.
    Dashboard,
}

impl Page {
    /// The page, or what stands in its place until its code has come.
    pub(crate) fn part(self) -> Part {
        lazy(Bundle::Boards, move || draw(self))
    }
}

#[wasm_split(boards, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
pub(super) fn draw(page: Page) -> Drawn {
    Ok(match page {
        Page::Dashboards => view! { <DashboardsPage/> }.part(),
        Page::Dashboard => view! { <DashboardPage/> }.part(),
    })
}
