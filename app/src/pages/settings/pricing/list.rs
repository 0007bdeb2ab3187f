//! The price list.

use eventglass_model::{ModelPrice, PriceList, PriceOrigin, Usd, encode_pairs};
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::form::PriceForm;
use crate::{
    api, browser,
    components::{Badge, Button, TableScroll, Tone},
    format::{exact_usd, usd},
    pages::scope::{Refresh, ask, panel},
    view::{IntoPart, Part, el, memo, show_some, tag, titled},
};

/// A row for each model whose name holds what is looked for.
pub(super) fn prices(slug: Memo<String>, form: PriceForm, rest: Refresh) -> Part {
    let params = use_query_map();
    let wanted = memo(move |_| params.read().get("q").unwrap_or_default());
    let asked = ask::<PriceList>(rest, move || api::prices_path(&slug.read(), &wanted.read()));
    let table = asked.show(move || {
        let drawn = show_some(move || {
            let list = asked.latest.get()?;
            if list.items.is_empty() {
                return Some(el("p", "panel-none", vec!["No model of that name has a price.".part()]));
            }
            let more = list.next_cursor.is_some();
            let rows = list.items.into_iter().map(|item| row(form, item)).collect();
            let mut parts = vec![table(rows)];
            if more {
                let said = "There are more: look for a part of the name.";
                parts.push(el("p", "panel-none", vec![said.part()]));
            }
            Some(parts.part())
        });
        drawn.part()
    });
    let body = vec![search(slug, wanted), table].part();
    panel("Prices, in US dollars for a million tokens", None, body)
}

/// A form of its own address, so that it works before the page is alive.
fn search(slug: Memo<String>, wanted: Memo<String>) -> Part {
    let navigate = use_navigate();
    let typed = move |event: ev::Event| {
        let q = event_target_value(&event);
        let query = encode_pairs([("q", q.as_str())].into_iter().filter(|(_, q)| !q.is_empty()));
        let mark = if query.is_empty() { "" } else { "?" };
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(
            &format!("/p/{}/settings/pricing{mark}{query}", slug.read_untracked()),
            options,
        );
    };
    let input = tag("input")
        .class("input")
        .attr("id", "price-search")
        .attr("type", "search")
        .attr("name", "q")
        .attr("aria-label", "Look for a model or a provider")
        .attr("placeholder", "Look for a model or a provider")
        .attr("value", wanted.get_untracked())
        .on("input", typed);
    tag("form")
        .class("price-search")
        .attr("role", "search")
        .on("submit", |event: ev::Event| {
            event.prevent_default();
            browser::focus_id("price-search");
        })
        .child(input.part())
        .part()
}

fn table(rows: Vec<Part>) -> Part {
    let heads = ["Model", "Input", "Output", "Cache read", "Cache write", ""];
    let heads = heads.map(|head| match head {
        "" => el("td", "", Vec::new()),
        head => tag("th").attr("scope", "col").child(head.part()).part(),
    });
    let table = tag("table")
        .class("table")
        .attr("aria-label", "Prices")
        .child(el("thead", "", vec![el("tr", "", heads.into())]))
        .child(el("tbody", "", rows))
        .part();
    view! { <TableScroll label="Prices, scrollable" table/> }.part()
}

fn row(form: PriceForm, item: ModelPrice) -> Part {
    let mut name = vec![el("span", "mono", vec![item.model.clone().part()])];
    name.extend(
        item.provider
            .clone()
            .map(|provider| el("span", "cell-note", vec![provider.part()])),
    );
    let origin = match item.origin {
        PriceOrigin::Project => view! { <Badge tone=Tone::Accent word="own"/> }.part(),
        PriceOrigin::Shipped => "".part(),
    };
    let rates = item.current.as_ref().map(|period| period.rates.clone());
    let rate = |rate: Option<Usd>| match rate {
        Some(rate) => titled("span", "", exact_usd(rate.dollars()), vec![usd(rate.dollars()).part()]),
        None => el("span", "faint", vec!["–".part()]),
    };
    let of = |pick: fn(&eventglass_model::Rates) -> Option<Usd>| rate(rates.as_ref().and_then(pick));
    let cells = [
        el("div", "cell-stack", name),
        of(|rates| Some(rates.input_usd)),
        of(|rates| Some(rates.output_usd)),
        of(|rates| rates.cache_read_usd),
        of(|rates| rates.cache_write_usd),
        {
            let press = Callback::new(move |()| form.open(&item.model, Some(&item)));
            let change = view! { <Button label="Change" on_press=press/> }.part();
            el("span", "row-end", vec![origin, change])
        },
    ];
    el("tr", "", cells.map(|cell| el("td", "", vec![cell])).into())
}
