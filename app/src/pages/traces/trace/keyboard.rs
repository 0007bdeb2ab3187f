//! The keyboard.

use leptos::prelude::*;

use super::{address::View, state::Page, steps, toolbar::FIND};
use crate::{
    browser,
    pages::traces::tree::{Window, row_of},
    view::effect,
    window::on_keys,
};

/// How many rows a page has, for the keys that turn one.
const PAGE_ROWS: isize = 20;

/// What goes to a place that only the whole trace knows.
const FAR: [&str; 5] = ["End", "e", "E", "n", "N"];

/// Listens for as long as the page is there.
pub(super) fn listen(page: Page) {
    // Of a large trace the first rows are there before the rest: what goes far
    // waits for it, unless another key is pressed meanwhile.
    let waiting = StoredValue::new(None::<(String, bool)>);
    on_keys(move |event| {
        let (key, shift) = (event.key(), event.shift_key());
        let (is_empty, is_cut) = page.tree.with_untracked(|tree| (tree.len() == 0, tree.cut));
        if is_empty {
            return false;
        }
        if is_cut && FAR.contains(&key.as_str()) && page.address.read_untracked().view.is_list() {
            waiting.set_value(Some((key, shift)));
            return true;
        }
        let acted = act(page, &key, shift);
        if acted {
            waiting.set_value(None);
        }
        acted
    });
    effect(move || {
        page.version.track();
        if !page.tree.read_untracked().cut
            && let Some((key, shift)) = waiting.try_update_value(Option::take).flatten()
        {
            act(page, &key, shift);
        }
    });
}

fn act(page: Page, key: &str, shift: bool) -> bool {
    any_view(page, key, shift)
        || match page.address.read_untracked().view {
            View::Steps => steps::act(page, key),
            view if view.is_list() => list(page, key, shift),
            _ => false,
        }
}

/// What the keys do in every view.
fn any_view(page: Page, key: &str, shift: bool) -> bool {
    let is_stepping = page.address.read_untracked().view == View::Steps;
    match key {
        "/" => browser::focus_id(FIND),
        "e" | "E" if !is_stepping => page.next_error(shift),
        "n" | "N" if page.found.read_untracked().len() > 0 => page.next_found(shift),
        "Escape" if page.address.read_untracked().span.is_some() && !is_stepping => {
            page.close();
            browser::focus_id("spans-scroll");
        }
        _ => return false,
    }
    true
}

/// What they do in the list of spans. Arrows belong to the payload where that has the focus.
fn list(page: Page, key: &str, shift: bool) -> bool {
    let elsewhere = browser::focused_within(".detail, .menu, a, button");
    let arrows = !elsewhere || browser::focused_within("#spans-scroll");
    let tree = page.tree.get_untracked();
    let at = page.cursor.get_untracked();
    match key {
        "j" => step(page, 1),
        "k" => step(page, -1),
        "ArrowDown" if arrows => step(page, 1),
        "ArrowUp" if arrows => step(page, -1),
        "PageDown" if arrows => step(page, PAGE_ROWS),
        "PageUp" if arrows => step(page, -PAGE_ROWS),
        "Home" if arrows => step(page, isize::MIN / 2),
        "End" if arrows => step(page, isize::MAX / 2),
        "ArrowRight" if arrows && shift => page.zoom(|window, total| window.pan(20, total)),
        "ArrowLeft" if arrows && shift => page.zoom(|window, total| window.pan(-20, total)),
        "ArrowRight" | "l" if arrows || key == "l" => {
            if page.folds.read_untracked().is_folded(&tree, at) {
                page.fold(at, false);
            } else if !tree.is_leaf(at) {
                page.go_to(at + 1);
            }
        }
        "ArrowLeft" | "h" if arrows || key == "h" => {
            if !tree.is_leaf(at) && !page.folds.read_untracked().is_folded(&tree, at) {
                page.fold(at, true);
            } else if let Some(parent) = tree.spans.parent_of(at) {
                page.go_to(parent);
            }
        }
        "Enter" | " " if arrows => page.show(at, false),
        "o" => page.show(at, false),
        "+" | "=" => page.zoom(|window, total| window.zoom(5_000, 50, total)),
        "-" => page.zoom(|window, total| window.zoom(5_000, 200, total)),
        "0" => page.zoom(|_, total| Window::whole(total)),
        "[" => page.fold_to(Some(0)),
        "]" | "*" => page.fold_to(None),
        _ => match key.parse::<u32>() {
            Ok(levels @ 1..=9) => page.fold_to(Some(levels - 1)),
            _ => return false,
        },
    }
    true
}

/// Moves by some rows, as far as there are any.
fn step(page: Page, by: isize) {
    let rows = page.rows.get_untracked();
    let at = row_of(&rows, page.cursor.get_untracked());
    let to = at.saturating_add_signed(by).min(rows.len().saturating_sub(1));
    if let Some(span) = rows.get(to) {
        page.go_to(*span as usize);
    }
}
