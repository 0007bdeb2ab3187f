//! The keyboard.

use leptos::prelude::*;

use super::{
    list::{reveal, row_id, rows_in_sight},
    search::BOX,
    state::Page,
};
use crate::{browser, window::on_keys};

/// Listens for as long as the page is there.
pub(super) fn listen(page: Page) {
    on_keys(move |event| act(page, &event.key()));
}

/// Does what the key says; whether it says anything.
fn act(page: Page, key: &str) -> bool {
    // These scroll what they are in; in the panel that is the payload, and on
    // the chart they go through time.
    let walks = !browser::focused_within(".detail-body, .facets, .chart");
    match key {
        "/" => browser::focus_id(BOX),
        "j" => step(page, 1),
        "k" => step(page, -1),
        "ArrowDown" if walks => step(page, 1),
        "ArrowUp" if walks => step(page, -1),
        "PageDown" if walks => step(page, in_sight()),
        "PageUp" if walks => step(page, -in_sight()),
        "Home" if walks => go_to(page, 0),
        "End" if walks => go_to(page, usize::MAX),
        "o" => open(page),
        // Where something has the focus, Enter is for that.
        "Enter" if !browser::focused_within("a, button, input, summary") => open(page),
        "Escape" if page.filters.get_untracked() => page.filters.set(false),
        "Escape" if page.open.read_untracked().is_some() => page.close(),
        "n" | "." => page.list.show_waiting(page),
        "p" => page.toggle_live(),
        "f" => page.toggle_follow(),
        _ => return false,
    }
    true
}

fn in_sight() -> isize {
    isize::try_from(rows_in_sight()).unwrap_or(1)
}

fn open(page: Page) {
    if let Some(id) = page.cursor.get_untracked() {
        page.show(&id);
    }
}

/// Goes so many events down, or up, at most to the ends.
pub(super) fn step(page: Page, by: isize) {
    let at = page.cursor.get_untracked().and_then(|id| page.list.place_of(&id));
    // Where it was at none, it begins at the first.
    go_to(page, at.map_or(0, |at| at.saturating_add_signed(by)));
}

/// Goes to an event, at most to the last: opens it where one is open, else moves the focus.
fn go_to(page: Page, place: usize) {
    let place = place.min(page.list.len().saturating_sub(1));
    let Some(id) = page.list.id_at(place) else { return };
    reveal(place);
    if page.open.read_untracked().is_some() {
        page.show(&id);
    } else {
        let row = row_id(&id);
        page.cursor.set(Some(id));
        // By the next frame it is in the document.
        request_animation_frame(move || browser::focus_id(&row));
    }
}
