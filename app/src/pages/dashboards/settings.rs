//! The form of the dashboard itself. It changes the draft; what is stored
//! changes when that is saved.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    board::Board,
    fields::{field, form, opened, select},
};
use crate::{
    browser,
    components::Dialog,
    view::{IntoPart, Part, el, make},
};

/// Opens when `board.open` names no widget.
pub(super) fn board_form(board: Board) -> Part {
    let (open, _) = opened(board, str::is_empty);
    let body = make(move || settings(board, open));
    view! { <Dialog open title="Dashboard" id="board-form" body/> }.part()
}

fn settings(board: Board, open: RwSignal<bool>) -> Part {
    let draft = board.draft.get_untracked();
    let fault = RwSignal::new(None::<String>);
    let apply = move |event: ev::Event| {
        event.prevent_default();
        let event: &web_sys::SubmitEvent = event.unchecked_ref();
        let text = |name: &str| browser::field_of(event, name).trim().to_owned();
        let name = text("board-title");
        if name.is_empty() {
            fault.set(Some("Give it a name.".to_owned()));
            return;
        }
        board.draft.update(|draft| {
            draft.name = name;
            draft.description = text("board-description");
            draft.refresh_seconds = text("refresh").parse().ok();
            draft.from = Some(text("span")).filter(|span| !span.is_empty());
            draft.to = None;
        });
        open.set(false);
    };
    let option = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let refresh = vec![
        option("", "by hand"),
        option("5", "every 5 s"),
        option("15", "every 15 s"),
        option("30", "every 30 s"),
        option("60", "every minute"),
        option("300", "every 5 minutes"),
    ];
    let spans = vec![
        option("", "Last 24 hours"),
        option("-15m", "Last 15 minutes"),
        option("-1h", "Last hour"),
        option("-6h", "Last 6 hours"),
        option("-7d", "Last 7 days"),
        option("-30d", "Last 30 days"),
    ];
    let chosen = draft
        .refresh_seconds
        .map(|seconds| seconds.to_string())
        .unwrap_or_default();
    let parts = vec![
        field("Name", "board-title", draft.name, ""),
        field("Description", "board-description", draft.description, ""),
        el(
            "div",
            "form-row",
            vec![
                select("Ask anew", "refresh", refresh, chosen),
                select("Opens with", "span", spans, draft.from.unwrap_or_default()),
            ],
        ),
    ];
    form(parts, fault, open, apply)
}
