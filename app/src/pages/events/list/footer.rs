//! What is below the last row.

use leptos::prelude::*;

use super::{super::state::Page, rows::More};
use crate::{components::Button, format::grouped};

/// Says what is below the last row, and fetches it.
#[component]
pub(super) fn Footer() -> impl IntoView {
    let page = Page::from_context();
    let list = page.list;
    let count = move || list.rows.read().len();
    let number = move || grouped(i64::try_from(count()).unwrap_or(i64::MAX));
    let noun = move || if count() == 1 { "event" } else { "events" };
    let more = move |_| list.load_more(page);
    let line = move || match list.more.get() {
        More::Some => view! { <Button on:click=more>"Load more"</Button> }.into_any(),
        More::Coming => view! { <span aria-busy="true">"Loading more"</span> }.into_any(),
        More::Failed(error) => view! {
            <span>{error.message()}</span>
            <Button on:click=more>"Try again"</Button>
        }
        .into_any(),
        More::None => view! { <span>{move || format!("That is all: {} {}", number(), noun())}</span> }.into_any(),
        More::Enough => view! {
            <span>{move || format!("These are the newest {}. To see older ones, narrow the search.", number())}</span>
        }
        .into_any(),
    };
    view! { <div class="ev-footer">{line}</div> }.into_any()
}
