//! The rows.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    super::{
        address::{Rows, Tail},
        columns,
        state::Page,
    },
    footer::Footer,
    row::{Which, row_view},
    rows::{EventList, More},
    window::Window,
};
use crate::{
    browser,
    hydration::use_hydrated,
    view::{IntoPart, Part, effect, memo, show, svg, tag},
};

/// Names what scrolls.
const SCROLLER: &str = "events-scroll";
/// So close to the end, in pixels, what is below is fetched.
const AHEAD: i32 = 2_400;

fn scroller() -> Option<web_sys::Element> {
    document().get_element_by_id(SCROLLER)
}

/// Shows the top of the list.
pub(super) fn scroll_to_top() {
    if let Some(scroller) = scroller() {
        scroller.set_scroll_top(0);
    }
}

/// Whether the top of the list is in sight, or there is no list.
pub(super) fn is_at_top() -> bool {
    scroller().is_none_or(|scroller| scroller.scroll_top() <= 4)
}

/// How many rows are in sight.
pub(in super::super) fn rows_in_sight() -> usize {
    let sight = scroller().map_or(0, |scroller| scroller.client_height());
    usize::try_from(sight / row_height().max(1))
        .unwrap_or(0)
        .saturating_sub(2)
        .max(1)
}

/// Scrolls no further than needed to show a row.
pub(in super::super) fn reveal(place: usize) {
    let Some(scroller) = scroller() else { return };
    let height = row_height();
    let top = i32::try_from(place).unwrap_or(0).saturating_mul(height);
    // The head lies over what scrolls.
    let head = head_height();
    let (first, sight) = (scroller.scroll_top(), scroller.client_height() - head);
    if top < first {
        scroller.set_scroll_top(top);
    } else if top + height > first + sight {
        scroller.set_scroll_top(top + height - sight);
    }
}

fn height_of(selector: &str) -> Option<i32> {
    let element = document().query_selector(selector).ok()??;
    Some(element.dyn_into::<web_sys::HtmlElement>().ok()?.offset_height())
}

fn row_height() -> i32 {
    height_of(".ev-row").filter(|height| *height > 0).unwrap_or(28)
}

fn head_height() -> i32 {
    height_of(".ev-head-group").filter(|height| *height > 4).unwrap_or(0)
}

/// Brings the rows that are in sight into the document, and fetches what is
/// below as the end comes near.
fn look(page: Page, window: Window) {
    let Some(scroller) = scroller() else { return };
    let pixels = |n: i32| usize::try_from(n).unwrap_or(0);
    let (top, sight) = (scroller.scroll_top(), scroller.client_height());
    window.move_to(pixels(top), pixels(sight), pixels(row_height()));
    if top + sight + AHEAD > scroller.scroll_height() && *page.list.more.read_untracked() == More::Some {
        page.list.load_more(page);
    }
    if top <= 4
        && page.tail.get_untracked() == Tail::Follow
        && page.list.waiting.with_untracked(|rows| !rows.is_empty())
    {
        page.list.show_waiting(page);
    }
}

/// The rows, newest first.
#[component]
pub(super) fn EventTable() -> impl IntoView {
    let page = Page::from_context();
    let list = page.list;
    let window = Window::new(list);
    effect(move || {
        let listener = window_event_listener(ev::resize, move |_| look(page, window));
        on_cleanup(move || listener.remove());
    });
    // Another list begins at its top.
    effect(move || {
        list.generation.track();
        page.rows.track();
        request_animation_frame(move || look(page, window));
    });
    let scroll = move |_| look(page, window);
    // Whatever way a row gets the focus, the keyboard goes on from there.
    let focus = move |event: ev::Event| {
        let id = link_of(&event);
        if id.is_some() && id != page.cursor.get_untracked() {
            page.cursor.set(id);
        }
    };
    // The links hold the address of when they were drawn.
    let click = move |event: ev::Event| {
        let mouse: &ev::MouseEvent = event.unchecked_ref();
        let plain =
            mouse.button() == 0 && !(mouse.ctrl_key() || mouse.meta_key() || mouse.shift_key() || mouse.alt_key());
        if let (Some(id), true) = (link_of(&event), plain) {
            event.prevent_default();
            page.show(&id);
        }
    };
    let count = move || match *list.more.read() {
        More::None => (list.rows.read().len() + 1).to_string(),
        // It is not known.
        _ => "-1".to_owned(),
    };
    let table = tag("div")
        .attr("role", "table")
        .attr("aria-label", "Events, newest first")
        .text("aria-rowcount", count)
        .word("class", move || {
            Some(match page.rows.get() {
                Rows::Dense => "ev-table",
                Rows::Comfortable => "ev-table is-comfortable",
            })
        })
        .child(
            tag("div")
                .attr("role", "rowgroup")
                .class("ev-head-group")
                .child(show(move || head(&page.columns.get())).part())
                .part(),
        )
        .child(space(move || window.above()))
        .child(
            tag("div")
                .attr("role", "rowgroup")
                .on("click", click)
                .child(rows(page, list, window))
                .part(),
        )
        .child(space(move || window.below()));
    tag("div")
        .class("ev-scroll")
        .attr("id", SCROLLER)
        .on("scroll", scroll)
        .on("focusin", focus)
        .child(table.part())
        .child(view! { <Footer/> }.part())
        .part()
}

/// The id of the event whose link something happened to.
fn link_of(event: &ev::Event) -> Option<String> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = target.closest(".ev-link").ok()??;
    link.id().strip_prefix("event-").map(str::to_owned)
}

/// As much room as rows that are left out would take. A drawing, because the
/// policy of our pages allows no inline style.
fn space(height: impl Fn() -> usize + Send + 'static) -> Part {
    let drawing = svg("svg")
        .class("ev-space")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .attr("width", "1")
        .text("height", move || height().to_string());
    drawing.part()
}

fn head(columns: &[String]) -> Part {
    let zone = use_hydrated();
    let mut head = tag("div").attr("role", "row").class("ev-head ev-line");
    for name in columns {
        let mut column = tag("span")
            .attr("role", "columnheader")
            .class(columns::class(name))
            .child(columns::label(name).part());
        if name == "time" {
            column = column.text("title", move || {
                zone.get().then(browser::zone_name).flatten().unwrap_or_default()
            });
        }
        head = head.child(column.part());
    }
    head.part()
}

fn rows(page: Page, list: EventList, window: Window) -> Part {
    let open = Selector::new(move || page.open.get());
    // One stop for the Tab key: the row that the keyboard is at, or the first in sight.
    let stop = memo(move |_| {
        let (from, to) = window.range();
        let rows = list.rows.read();
        let here = rows.get(from..to).unwrap_or_default();
        let cursor = page.cursor.get();
        let is_here = cursor
            .as_ref()
            .is_some_and(|id| here.iter().any(|row| row.event.id == *id));
        if is_here {
            cursor
        } else {
            here.first().map(|row| row.event.id.clone())
        }
    });
    let which = Which {
        open,
        stop: Selector::new(move || stop.get()),
    };
    let each = move || {
        let (from, to) = window.range();
        list.rows.read().get(from..to).map(<[_]>::to_vec).unwrap_or_default()
    };
    show(move || {
        let columns = StoredValue::new(page.columns.get());
        let which = which.clone();
        view! {
            <For
                each=each
                // Links hold the query: a new list has new rows even where the events are the same.
                key=move |row| (list.generation.get_untracked(), row.event.id.clone())
                children=move |row| columns.with_value(|columns| row_view(page, row, columns, &which))
            />
        }
        .part()
    })
    .part()
}
