//! The page that is not there.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    components::{ButtonKind, EmptyState, Glyph},
    status,
};

/// Says that there is no such page.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    status::set(404);
    view! {
        <Title text="Not found"/>
        <EmptyState glyph=Glyph::Search title="There is no such page">
            <p>"The address may have a slip in it."</p>
            <a class=ButtonKind::Plain.class() href="/projects">
                "Your projects"
            </a>
        </EmptyState>
    }
}
