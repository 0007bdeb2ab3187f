//! What is looked for, at a glance.

use leptos::prelude::*;

use super::{super::state::Page, facet::Field};
use crate::components::{Glyph, Icon};

/// A chip for each filter, which takes it away.
#[component]
pub(in super::super) fn Chips() -> impl IntoView {
    let page = Page::from_context();
    move || {
        let query = page.query.get();
        let chips: Vec<_> = Field::ALL
            .iter()
            .flat_map(|field| field.chosen(&query).into_iter().map(|value| chip(page, *field, value)))
            .collect();
        (!chips.is_empty()).then(|| {
            view! {
                <div class="chips" role="group" aria-label="Filters that are set">
                    {chips}
                    <button type="button" class="link" on:click=move |_| page.clear()>
                        "Clear all"
                    </button>
                </div>
            }
        })
    }
}

fn chip(page: Page, field: Field, value: String) -> impl IntoView {
    let shown = value.clone();
    let label = format!("No longer filter by {} {value}", field.label());
    view! {
        <button
            type="button"
            class="chip"
            aria-label=label.clone()
            title=label
            on:click=move |_| page.narrow(|query| field.toggle(query, &value))
        >
            <span class="chip-field">{field.label()}</span>
            <span class="truncate">{shown}</span>
            <Icon glyph=Glyph::Close/>
        </button>
    }
}
