//! The rows.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{super::state::Page, footer::Footer, row::row_view};
use crate::{
    view::{IntoPart, tag},
    {browser, hydration::use_hydrated},
};

/// Names what scrolls.
const SCROLLER: &str = "events-scroll";
/// So close to the end, in pixels, what is below is fetched.
const AHEAD: i32 = 1_200;

/// The columns: their classes and heads.
const COLUMNS: [(&str, &str); 7] = [
    ("c-time", "Time"),
    ("c-severity", "Severity"),
    ("c-kind", "Kind"),
    ("c-service", "Service"),
    ("c-name", "Event"),
    ("c-code", "Status"),
    ("c-duration", "Duration"),
];

/// Shows the top of the list.
pub(super) fn scroll_to_top() {
    if let Some(scroller) = document().get_element_by_id(SCROLLER) {
        scroller.set_scroll_top(0);
    }
}

/// The rows, newest first. Those out of sight cost no layout and no paint
/// (`content-visibility` in the style), so thousands of them stay smooth.
#[component]
pub(super) fn EventTable() -> impl IntoView {
    let page = Page::from_context();
    let list = page.list;
    let open = Selector::new(move || page.open.get());
    // The keyboard starts at the first row.
    let cursor = Selector::new(move || {
        page.cursor
            .get()
            .or_else(|| list.rows.read().first().map(|row| row.event.id.clone()))
    });
    let scroll = move |event: ev::Event| {
        let scroller: web_sys::Element = event_target(&event);
        if scroller.scroll_top() + scroller.client_height() + AHEAD > scroller.scroll_height() {
            list.load_more(page);
        }
    };
    // Whatever way a row gets the focus, the keyboard goes on from there.
    let focus = move |event: ev::FocusEvent| {
        let id = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|element| element.id().strip_prefix("event-").map(str::to_owned));
        if id.is_some() && id != page.cursor.get_untracked() {
            page.cursor.set(id);
        }
    };
    let hydrated = use_hydrated();
    let zone = move || hydrated.get().then(browser::zone_name).flatten().unwrap_or_default();
    let mut head = tag("div").attr("role", "row").class("ev-head ev-grid");
    for (class, label) in COLUMNS {
        let mut column = tag("span")
            .attr("role", "columnheader")
            .class(class)
            .child(label.part());
        if class == "c-time" {
            column = column.text("title", zone);
        }
        head = head.child(column.part());
    }
    view! {
        <div class="ev-scroll" id=SCROLLER on:scroll=scroll on:focusin=focus>
            <div role="table" aria-label="Events, newest first" class="ev-table">
                <div role="rowgroup" class="ev-head-group">
                    {head.part()}
                </div>
                <div role="rowgroup">
                    <For
                        each=move || list.rows.get()
                        // Links hold the query: a new list has new rows even where the events are the same.
                        key=move |row| (list.generation.get_untracked(), row.event.id.clone())
                        children=move |row| row_view(page, row, open.clone(), cursor.clone())
                    />
                </div>
            </div>
            <Footer/>
        </div>
    }
    .part()
}
