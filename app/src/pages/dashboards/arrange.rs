//! Moves and stretches widgets, by pointer and by keyboard.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    board::Board,
    grid::{settle, step, stretch},
};
use crate::{
    browser,
    components::{Glyph, Icon},
    view::{El, IntoPart, Part, svg, tag},
};

/// Pixels from one row to the next, as in `style/dashboards.css`.
const ROW: i32 = 48;

/// The handle by which a widget is moved.
pub(super) fn handle(board: Board, id: &str) -> Part {
    let name = StoredValue::new(id.to_owned());
    let handle = tag("button")
        .attr("type", "button")
        .class("widget-handle")
        .attr(
            "aria-label",
            "Move; arrow keys move it, with Shift they change its size",
        )
        .attr("title", "Drag, or press arrow keys; with Shift they change the size")
        .on("keydown", move |event| {
            key(board, &name.get_value(), event.unchecked_ref());
        })
        .child(view! { <Icon glyph=Glyph::Move/> }.part());
    dragged(handle, board, id, move_to).part()
}

/// The corner by which a widget is stretched. By keyboard, the handle does it.
pub(super) fn corner(board: Board, id: &str) -> Part {
    let line = svg("path").attr("d", "M11 5 5 11M11 9 9 11").part();
    let picture = svg("svg")
        .class("icon")
        .attr("viewBox", "0 0 12 12")
        .attr("aria-hidden", "true")
        .child(line);
    let corner = tag("div")
        .class("widget-corner")
        .attr("aria-hidden", "true")
        .child(picture.part());
    dragged(corner, board, id, stretch_to).part()
}

/// While it is held, `to` is told the column and the row below the pointer.
fn dragged(element: El, board: Board, id: &str, to: fn(Board, &str, u16, u16)) -> El {
    let name = StoredValue::new(id.to_owned());
    let held = RwSignal::new(false);
    let drag = move |event: ev::Event| {
        if held.get_untracked()
            && let Some((column, row)) = cell(event.unchecked_ref())
        {
            to(board, &name.get_value(), column, row);
        }
    };
    element
        .on("pointerdown", move |event| {
            browser::hold_pointer(event.unchecked_ref());
            held.set(true);
        })
        .on("pointermove", drag)
        .on("pointerup", move |_| held.set(false))
        .on("pointercancel", move |_| held.set(false))
}

/// The column and the row below the pointer.
fn cell(event: &ev::MouseEvent) -> Option<(u16, u16)> {
    let (left, top, width) = browser::place_of("board")?;
    let column = (event.client_x() - left).max(0) * 12 / width.max(1);
    let row = (event.client_y() - top).max(0) / ROW;
    Some((u16::try_from(column).ok()?.min(11), u16::try_from(row).ok()?))
}

fn move_to(board: Board, id: &str, column: u16, row: u16) {
    let place = board.widget(id).get_untracked().map(|widget| widget.place);
    let Some(place) = place else { return };
    // The handle is in its upper left corner.
    if (place.x, place.y) == (column.min(12 - place.width), row) {
        return;
    }
    board.arrange(|widgets| {
        if let Some(widget) = widgets.iter_mut().find(|widget| widget.id == id) {
            widget.place.x = column.min(12 - widget.place.width);
            widget.place.y = row;
        }
        settle(widgets, Some(id));
    });
    tell(board, id);
}

fn stretch_to(board: Board, id: &str, column: u16, row: u16) {
    board.arrange(|widgets| {
        if let Some(widget) = widgets.iter_mut().find(|widget| widget.id == id) {
            let place = &mut widget.place;
            place.width = (column + 1).saturating_sub(place.x).max(1);
            place.height = (row + 1).saturating_sub(place.y).max(2);
        }
        settle(widgets, Some(id));
    });
    tell(board, id);
}

fn key(board: Board, id: &str, event: &ev::KeyboardEvent) {
    let (across, down) = match event.key().as_str() {
        "ArrowLeft" => (-1, 0),
        "ArrowRight" => (1, 0),
        "ArrowUp" => (0, -1),
        "ArrowDown" => (0, 1),
        _ => return,
    };
    event.prevent_default();
    let change = if event.shift_key() { stretch } else { step };
    board.arrange(|widgets| change(widgets, id, across, down));
    tell(board, id);
}

fn tell(board: Board, id: &str) {
    let widget = board
        .draft
        .with_untracked(|draft| draft.widgets.iter().find(|widget| widget.id == id).cloned());
    if let Some(widget) = widget {
        let place = widget.place;
        board.told.set(format!(
            "Column {}, row {}, {} columns wide, {} rows high.",
            place.x + 1,
            place.y + 1,
            place.width,
            place.height
        ));
    }
}
