//! What is looked for, at a glance.

use leptos::prelude::*;

use super::{super::state::Page, facet::Field};
use crate::{
    components::{Glyph, Icon, LinkButton},
    view::{IntoPart, Part, press, show_some},
};

/// A chip for each filter, which takes it away.
#[component]
pub(in super::super) fn Chips() -> impl IntoView {
    let page = Page::from_context();
    show_some(move || {
        let query = page.query.get();
        let chips: Vec<Part> = Field::ALL
            .iter()
            .flat_map(|field| field.chosen(&query).into_iter().map(|value| chip(page, *field, value)))
            .collect();
        (!chips.is_empty()).then(|| chips_view(page, chips))
    })
}

fn chips_view(page: Page, chips: Vec<Part>) -> Part {
    view! {
        <div class="chips" role="group" aria-label="Filters that are set">
            {chips}
            <LinkButton label="Clear all" on_press=move |()| page.clear()/>
        </div>
    }
    .part()
}

fn chip(page: Page, field: Field, value: String) -> Part {
    let shown = value.clone();
    let title = format!("No longer filter by {} {value}", field.label());
    view! {
        <button
            type="button"
            class="chip"
            title=title
            on:click=press(move |_| page.narrow(|query| field.toggle(query, &value)))
        >
            <span class="chip-field">{field.label()}</span>
            <span class="truncate">{shown}</span>
            <Icon glyph=Glyph::Close/>
        </button>
    }
    .part()
}
