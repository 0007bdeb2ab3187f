//! What is looked for, at a glance.

use leptos::prelude::*;

use super::{super::state::Page, facet::Field};
use crate::{
    components::{Glyph, Icon, LinkButton},
    view::{IntoPart, Part, el, show_some, tag},
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
    tag("div")
        .class("chips")
        .attr("role", "group")
        .attr("aria-label", "Filters that are set")
        .children(chips)
        .child(view! { <LinkButton label="Clear all" on_press=move |()| page.clear()/> }.part())
        .part()
}

fn chip(page: Page, field: Field, value: String) -> Part {
    let shown = value.clone();
    let title = format!("No longer filter by {} {value}", field.label());
    tag("button")
        .attr("type", "button")
        .class("chip")
        .attr("title", title)
        .press(move |_| page.narrow(|query| field.toggle(query, &value)))
        .child(el("span", "chip-field", vec![field.label().part()]))
        .child(el("span", "truncate", vec![shown.part()]))
        .child(view! { <Icon glyph=Glyph::Close/> }.part())
        .part()
}
