//! Models whose price is not known.

use eventglass_model::UnpricedList;
use leptos::prelude::*;

use crate::{
    api,
    components::{Glyph, Icon},
    pages::scope::{Scope, ask},
    view::{IntoPart, Part, el, show_some, tag},
};

/// Says that there are some, and where to set their prices.
pub(super) fn unpriced(scope: Scope) -> Part {
    let asked = ask::<UnpricedList>(scope.refresh, move || api::unpriced_path(&scope.slug.read(), 5));
    let line = move || {
        asked.latest.with(|list| {
            let list = list.as_ref()?;
            let names: Vec<&str> = list.items.iter().map(|item| item.model.as_str()).collect();
            let first = list.items.first()?;
            let more = if list.next_cursor.is_some() { " and others" } else { "" };
            let said = format!("The cost is too low: {}{more} have no known price. ", names.join(", "));
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
    asked.show(move || show_some(line).part())
}
