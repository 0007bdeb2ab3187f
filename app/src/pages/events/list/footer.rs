//! What is below the last row.

use leptos::prelude::*;

use super::{super::state::Page, rows::More};
use crate::{
    components::{Button, TimeStyle, TimeText},
    format::count,
    view::{IntoPart, Part, el, show, tag, text},
};

/// Says what is below the last row, and fetches it.
#[component]
pub(super) fn Footer() -> impl IntoView {
    let page = Page::from_context();
    let list = page.list;
    let more = Callback::new(move |()| list.load_more(page));
    let shown = move || list.rows.read().len();
    let all = move || match shown() {
        1 => "That is all: 1 event".to_owned(),
        shown => format!("That is all: {} events", count(shown)),
    };
    let newest = move || {
        let shown = count(shown());
        format!("These are the newest {shown}. To see older ones, narrow the search.")
    };
    let line = show(move || match list.more.get() {
        More::Some => next_link(page, "Load more"),
        More::Unsearched(to) => search_on(page, to),
        More::Coming => "Loading more".part(),
        More::Failed(error) => vec![
            el("span", "", vec![error.message().part()]),
            view! { <Button label="Try again" on_press=more/> }.part(),
        ]
        .part(),
        More::None => text(all).part(),
        More::Enough => text(newest).part(),
    });
    el("div", "ev-footer", vec![line.part()])
}

/// The next page: without scripts another page, else more rows of this one.
fn next_link(page: Page, label: &'static str) -> Part {
    let cursor = page.list.next_cursor();
    tag("a")
        .class("btn")
        .attr("href", page.path_with(|address| address.query.cursor = cursor))
        .attr("data-noscroll", "")
        .press(move |event| {
            event.prevent_default();
            page.list.load_more(page);
        })
        .child(label.part())
        .part()
}

/// The time for one search was over.
pub(super) fn search_on(page: Page, to: Option<eventglass_model::Timestamp>) -> Part {
    let mut said = vec!["Searched back to ".part()];
    match to {
        Some(time) => said.push(view! { <TimeText time style=TimeStyle::Minute/> }.part()),
        None => said = vec!["The time for one search was over".part()],
    }
    said.push(".".part());
    vec![el("span", "", said), next_link(page, "Search on")].part()
}
