//! One widget of a dashboard.

use eventglass_model::Widget;
use leptos::prelude::*;

use super::{
    arrange::{corner, handle},
    board::Board,
    widget_body::{ask_widget, widget_body},
    words,
};
use crate::{
    components::{Glyph, IconButton},
    pages::scope::partial_mark,
    view::{IntoPart, Part, el, show_some, tag, text},
};

/// Its frame, and what it shows. Where it stands is said by attributes.
pub(super) fn widget(board: Board, id: &str) -> Part {
    let this = board.widget(id);
    let number =
        move |of: fn(&Widget) -> u16| move || this.with(|widget| widget.as_ref().map(of).unwrap_or(0).to_string());
    let id = id.to_owned();
    let position = {
        let id = id.clone();
        move || {
            let at = board
                .draft
                .with(|draft| draft.widgets.iter().position(|widget| widget.id == id));
            at.unwrap_or(0).to_string()
        }
    };
    let title = text(move || this.with(|widget| widget.as_ref().map(title_of).unwrap_or_default()));
    let tools = {
        let id = id.clone();
        show_some(move || board.editing.get().then(|| tools(board, &id)))
    };
    let asked = ask_widget(board, this);
    let partial = show_some(move || asked.partial().map(partial_mark));
    let handle = {
        let id = id.clone();
        show_some(move || board.editing.get().then(|| handle(board, &id)))
    };
    let corner = {
        let id = id.clone();
        show_some(move || board.editing.get().then(|| corner(board, &id)))
    };
    let head = el(
        "header",
        "widget-head",
        vec![
            handle.part(),
            el("h3", "panel-title truncate", vec![title.part()]),
            partial.part(),
            tools.part(),
        ],
    );
    tag("section")
        .class("panel widget")
        .text("data-x", number(|widget| widget.place.x))
        .text("data-w", number(|widget| widget.place.width))
        .text("data-h", number(|widget| widget.place.height))
        .text("data-o", position)
        .child(head)
        .child(el("div", "widget-body", vec![widget_body(&id, this, asked)]))
        .child(corner.part())
        .part()
}

fn tools(board: Board, id: &str) -> Part {
    let tool =
        |glyph: Glyph, label: &'static str, act: Callback<()>| view! { <IconButton glyph label on_press=act/> }.part();
    let name = StoredValue::new(id.to_owned());
    let edit = Callback::new(move |()| board.open.set(Some(name.get_value())));
    let duplicate = Callback::new(move |()| board.duplicate(&name.get_value()));
    let delete = Callback::new(move |()| board.delete(&name.get_value()));
    let tools = vec![
        tool(Glyph::Pencil, "Change this widget", edit),
        tool(Glyph::Copy, "Duplicate this widget", duplicate),
        tool(Glyph::Trash, "Remove this widget", delete),
    ];
    el("span", "widget-tools", tools)
}

/// Its title, or what it shows where it has none.
pub(super) fn title_of(widget: &Widget) -> String {
    if !widget.title.is_empty() {
        return widget.title.clone();
    }
    let measures: Vec<&str> = widget
        .query
        .measure
        .iter()
        .map(|measure| words::measure(*measure))
        .collect();
    let mut title = if measures.is_empty() {
        "Events".to_owned()
    } else {
        measures.join(", ")
    };
    for group in &widget.query.group {
        title.push_str(" by ");
        title.push_str(&words::group(group));
    }
    title
}
