//! What is below the last row.

use leptos::prelude::*;

use super::{super::state::Page, rows::More};
use crate::{
    components::Button,
    format::count,
    view::{IntoPart, el, show, text},
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
        More::Some => view! { <Button label="Load more" on_press=more/> }.part(),
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
