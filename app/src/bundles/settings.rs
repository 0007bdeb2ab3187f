//! A project's settings.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{
    Bundle,
    lazy::{Drawn, lazy},
};
use crate::{
    pages::settings::{GeneralPage, KeysPage, PricingPage},
    view::{IntoPart, Part},
};

/// The pages of this bundle.
#[derive(Clone, Copy)]
pub(crate) enum Page {
    /// Name, limits, usage.
    General,
    /// API keys.
    Keys,
    /// What models cost.
    Pricing,
}

impl Page {
    /// The page, or what stands in its place until its code has come.
    pub(crate) fn part(self) -> Part {
        lazy(Bundle::Settings, move || draw(self))
    }
}

#[wasm_split(settings, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
pub(super) fn draw(page: Page) -> Drawn {
    Ok(match page {
        Page::General => view! { <GeneralPage/> }.part(),
        Page::Keys => view! { <KeysPage/> }.part(),
        Page::Pricing => view! { <PricingPage/> }.part(),
    })
}
