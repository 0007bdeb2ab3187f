//! The keyboard.

use leptos::prelude::*;

use super::{row::row_id, state::Page};
use crate::{browser, window::on_keys};

/// Listens for as long as the page is there.
pub(super) fn listen(page: Page) {
    on_keys(move |event| act(page, &event.key()));
}

fn act(page: Page, key: &str) -> bool {
    match key {
        "/" => browser::focus_id("search"),
        "j" | "ArrowDown" => step(page, 1),
        "k" | "ArrowUp" => step(page, -1),
        "o" => open(page),
        // Where something has the focus, Enter is for that.
        "Enter" if !browser::focused_within("a, button, input, summary") => open(page),
        "n" | "." => page.show_waiting(),
        "p" => page.live.update(|live| *live = !*live),
        _ => return false,
    }
    true
}

fn open(page: Page) {
    if let Some(id) = page.cursor.get_untracked() {
        page.open(&id);
    }
}

fn step(page: Page, by: isize) {
    if let Some(id) = page.neighbour(by) {
        page.cursor.set(Some(id.clone()));
        browser::focus_id(&row_id(&id));
    }
}
