//! The keyboard.

use leptos::{ev, prelude::*};

use super::{list::row_id, state::Page};
use crate::{browser, view::effect};

/// Listens for as long as the page is there.
pub(super) fn listen(page: Page) {
    effect(move || {
        let listener = window_event_listener(ev::keydown, move |event| {
            if !browser::is_typing(&event) && act(page, &event.key()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Does what the key says; whether it says anything.
fn act(page: Page, key: &str) -> bool {
    // Arrows scroll what they are in; in the panel that is the payload.
    let arrows = !browser::focused_within(".event-scroll, .facets");
    match key {
        "/" => browser::focus_id("search"),
        "j" => step(page, 1),
        "k" => step(page, -1),
        "ArrowDown" if arrows => step(page, 1),
        "ArrowUp" if arrows => step(page, -1),
        "o" => open(page),
        // Where something has the focus, Enter is for that.
        "Enter" if !browser::focused_within("a, button, input, summary") => open(page),
        "Escape" if page.filters.get_untracked() => page.filters.set(false),
        "Escape" if page.open.read_untracked().is_some() => page.close(),
        "n" | "." => page.list.show_waiting(page),
        "p" => page.live.update(|live| *live = !*live),
        _ => return false,
    }
    true
}

fn open(page: Page) {
    if let Some(id) = page.cursor.get_untracked() {
        page.show(&id);
    }
}

/// Goes to the next event or the one before: opens it where one is open, else moves the focus.
pub(super) fn step(page: Page, by: isize) {
    let Some(id) = page.list.neighbour(page.cursor.get_untracked().as_deref(), by) else {
        return;
    };
    let row = row_id(&id);
    if page.open.read_untracked().is_some() {
        page.show(&id);
        browser::reveal_id(&row);
    } else {
        browser::focus_id(&row);
        page.cursor.set(Some(id));
    }
}
