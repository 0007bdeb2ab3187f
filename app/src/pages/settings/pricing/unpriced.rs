//! Models that were used and have no price.

use eventglass_model::{UnpricedList, UnpricedModel};
use leptos::prelude::*;

use super::{form::PriceForm, job::price_past};
use crate::{
    api,
    components::{Button, ButtonKind, Table, TimeStyle, TimeText, Toasts},
    format::grouped,
    pages::scope::{Refresh, ask, panel},
    view::{IntoPart, Part, el, show_some},
};

/// A row for each; nothing where every call has a price.
pub(super) fn unpriced(slug: Memo<String>, form: PriceForm, rest: Refresh) -> Part {
    let asked = ask::<UnpricedList>(rest, move || api::unpriced_path(&slug.read(), 50));
    asked.show(move || {
        let drawn = show_some(move || {
            let list = asked.latest.get()?;
            if list.items.is_empty() {
                return None;
            }
            let rows = list.items.into_iter().map(|item| row(slug, form, item)).collect();
            let heads = &["Model", "Events", "Last seen", ""];
            let table = view! { <Table label="Models without a price" heads rows/> }.part();
            Some(panel("Models without a price", None, table))
        });
        drawn.part()
    })
}

fn row(slug: Memo<String>, form: PriceForm, item: UnpricedModel) -> Part {
    let toasts = Toasts::from_context();
    let events = grouped(i64::try_from(item.events).unwrap_or(i64::MAX));
    let more = if item.more { " and more" } else { "" };
    let mut name = vec![el("span", "mono", vec![item.model.clone().part()])];
    name.extend(
        item.provider
            .clone()
            .map(|provider| el("span", "cell-note", vec![provider.part()])),
    );
    let model = item.model;
    let action = if item.priced_now {
        let press = Callback::new(move |()| price_past(slug, model.clone(), form.progress, toasts));
        view! { <Button kind=ButtonKind::Primary label="Price these events" on_press=press/> }.part()
    } else {
        let press = Callback::new(move |()| form.open(&model, None));
        view! { <Button kind=ButtonKind::Primary label="Set its price" on_press=press/> }.part()
    };
    let seen = view! { <TimeText time=item.last_seen style=TimeStyle::Ago/> }.part();
    let cells = [
        el("div", "cell-stack", name),
        format!("{events}{more}").part(),
        seen,
        action,
    ];
    el("tr", "", cells.map(|cell| el("td", "", vec![cell])).into())
}
