//! The search box.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::debounce, prelude::*};

use super::super::state::Page;
use crate::{
    browser,
    components::{Glyph, Icon, IconButton},
    view::{IntoPart, effect, show_some},
};

/// Names the box in the document.
const ID: &str = "search";
/// How long one may pause while typing.
const PAUSE: Duration = Duration::from_millis(250);

/// Words that must all be in an event. Searches while one types.
#[component]
pub(super) fn SearchBox() -> impl IntoView {
    let page = Page::from_context();
    let sent = StoredValue::new(page.query.with_untracked(|query| query.q.clone()));
    let search = move || {
        let Some(text) = browser::input(ID).map(|input| input.value()) else {
            return;
        };
        if text.trim() == sent.read_value().trim() {
            return;
        }
        sent.set_value(text.clone());
        let mut query = page.query.get_untracked();
        let continues = !query.q.is_empty();
        query.q = text;
        page.look_for(&query, continues);
    };
    let mut later = debounce(PAUSE, move |()| search());
    // The address changed by other means: back, or a cleared filter.
    effect(move || {
        let q = page.query.read().q.clone();
        if q.trim() != sent.read_value().trim() {
            sent.set_value(q.clone());
            if let Some(input) = browser::input(ID) {
                input.set_value(&q);
            }
        }
    });
    let key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => search(),
        "Escape" => {
            if let Some(input) = browser::input(ID) {
                let _ = input.blur();
            }
        }
        _ => {}
    };
    let clear = Callback::new(move |()| {
        if let Some(input) = browser::input(ID) {
            input.set_value("");
            let _ = input.focus();
        }
        search();
    });
    let clear_button = show_some(move || {
        let filled = !page.query.read().q.is_empty();
        filled.then(|| view! { <IconButton glyph=Glyph::Close label="Clear the search" on_press=clear/> }.part())
    });
    view! {
        <search class="search">
            <Icon glyph=Glyph::Search/>
            <input
                class="search-input"
                id=ID
                type="text"
                inputmode="search"
                enterkeyhint="search"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder="Search words, \"phrases\", prefix*, or an id"
                aria-label="Search events"
                aria-keyshortcuts="/"
                maxlength="1000"
                value=sent.get_value()
                on:input=move |_| later(())
                on:keydown=key
            />
            {clear_button}
        </search>
    }
    .part()
}
