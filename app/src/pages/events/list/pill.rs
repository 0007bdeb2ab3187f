//! "12 new events".

use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{Glyph, Icon, Kbd},
    format::grouped,
};

/// Says how many events arrived since, and shows them when pressed.
#[component]
pub(super) fn Pill() -> impl IntoView {
    let page = Page::from_context();
    let text = move || {
        let count = page.list.waiting();
        let flood = page.list.is_flood();
        let plus = if flood { "+" } else { "" };
        let noun = if count == 1 && !flood { "event" } else { "events" };
        let number = grouped(i64::try_from(count).unwrap_or(i64::MAX));
        (count > 0 || flood).then(|| format!("{number}{plus} new {noun}"))
    };
    view! {
        <div class="pill-place" role="status">
            {move || {
                text()
                    .map(|text| {
                        view! {
                            <button type="button" class="pill" on:click=move |_| page.list.show_waiting(page)>
                                <Icon glyph=Glyph::ArrowUp/>
                                {text}
                                <Kbd>"n"</Kbd>
                            </button>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
