//! Models whose price is not known.

use eventglass_model::UnpricedList;
use leptos::prelude::*;

use crate::{
    api,
    components::{Glyph, Icon},
    pages::scope::{Asked, Scope, ask},
    view::{IntoPart, Part, el, show_some, tag},
};

/// Asks for the first few.
pub(super) fn ask_unpriced(scope: Scope) -> Asked<UnpricedList> {
    ask(scope.refresh, move || api::unpriced_path(&scope.slug.read(), 5))
}

/// Says that there are some, and where to set their prices.
pub(super) fn unpriced(scope: Scope, asked: Asked<UnpricedList>) -> Part {
    let line = move || {
        asked.latest.with(|list| {
            let list = list.as_ref()?;
            let names: Vec<&str> = list.items.iter().map(|item| item.model.as_str()).collect();
            let first = list.items.first()?;
            let more = if list.next_cursor.is_some() { " and others" } else { "" };
            let have = if list.items.len() > 1 || list.next_cursor.is_some() {
                "have"
            } else {
                "has"
            };
            let said = format!(
                "The cost is too low: {}{more} {have} no known price. ",
                names.join(", ")
            );
            let link = tag("a")
                .class("link")
                .attr("href", format!("/p/{}/settings/pricing", scope.slug.get()))
                .child(
                    if first.priced_now {
                        "Price the past again"
                    } else {
                        "Set their prices"
                    }
                    .part(),
                );
            let icon = view! { <Icon glyph=Glyph::Alert/> }.part();
            Some(el(
                "div",
                "banner",
                vec![icon, el("span", "", vec![said.part(), link.part()])],
            ))
        })
    };
    asked.show_extra(move || show_some(line).part())
}
