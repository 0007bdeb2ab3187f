//! The page that is not there.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{Glyph, dead_end},
    status,
    view::IntoPart,
};

/// Says that there is no such page.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    status::set(404);
    view! {
        <Title text="Not found"/>
        {dead_end(Glyph::Search, "There is no such page", "The address may have a slip in it.")}
    }
    .part()
}
