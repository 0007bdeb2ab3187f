//! "12 new events".

use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{Glyph, Icon, Kbd},
    format::count,
    view::{IntoPart, Part, press, show_some},
};

/// Says how many events arrived since, and shows them when pressed.
#[component]
pub(super) fn Pill() -> impl IntoView {
    let page = Page::from_context();
    let pill = show_some(move || {
        let waiting = page.list.waiting();
        let flood = page.list.is_flood();
        let plus = if flood { "+" } else { "" };
        let noun = if waiting == 1 && !flood { "event" } else { "events" };
        (waiting > 0 || flood).then(|| pill_view(page, format!("{}{plus} new {noun}", count(waiting))))
    });
    view! {
        <div class="pill-place" role="status">
            {pill}
        </div>
    }
    .part()
}

fn pill_view(page: Page, label: String) -> Part {
    view! {
        <button type="button" class="pill" on:click=press(move |_| page.list.show_waiting(page))>
            <Icon glyph=Glyph::ArrowUp/>
            {label}
            <Kbd key="n"/>
        </button>
    }
    .part()
}
