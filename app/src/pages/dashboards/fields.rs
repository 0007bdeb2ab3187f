//! What the forms of a dashboard are made of.

use leptos::{ev, prelude::*};

use super::board::Board;
use crate::{
    components::{ButtonKind, Field, form_error},
    view::{IntoPart, Part, effect, el, tag},
};

/// Whether the dialog of what `board.open` names is open; and back.
pub(super) fn opened(board: Board, is_mine: fn(&str) -> bool) -> (RwSignal<bool>, RwSignal<String>) {
    let open = RwSignal::new(false);
    let of = RwSignal::new(String::new());
    effect(move || {
        let asked = board.open.get().filter(|id| is_mine(id));
        if let Some(id) = &asked {
            of.set(id.clone());
        }
        if open.get_untracked() != asked.is_some() {
            open.set(asked.is_some());
        }
    });
    effect(move || {
        if !open.get() && board.open.get_untracked().is_some_and(|id| is_mine(&id)) {
            board.open.set(None);
        }
    });
    (open, of)
}

/// An input with its label.
pub(super) fn field(label: &'static str, name: &'static str, value: String, hint: &'static str) -> Part {
    view! { <Field label name value hint/> }.part()
}

/// A choice with its label.
pub(super) fn select(label: &'static str, name: &'static str, options: Vec<(String, String)>, chosen: String) -> Part {
    let known = options.iter().any(|(value, _)| *value == chosen);
    let mut select = tag("select").class("input").attr("name", name).attr("id", name);
    for (value, label) in options {
        let option = tag("option").when(value == chosen, "selected").attr("value", value);
        select = select.child(option.child(label.part()).part());
    }
    // A value that is not among them is kept.
    if !known {
        let option = tag("option").attr("selected", "").attr("value", chosen.clone());
        select = select.child(option.child(chosen.part()).part());
    }
    let label = tag("label").class("field-label").attr("for", name).child(label.part());
    el("div", "field", vec![label.part(), select.part()])
}

/// A form in a dialog: its parts, what is wrong with it, and whether to apply it
/// or leave things as they were.
pub(super) fn form(
    mut parts: Vec<Part>,
    fault: RwSignal<Option<String>>,
    open: RwSignal<bool>,
    apply: impl Fn(ev::Event) + 'static,
) -> Part {
    parts.extend([form_error(fault), buttons(open)]);
    tag("form")
        .class("form")
        .attr("novalidate", "")
        .on("submit", apply)
        .children(parts)
        .part()
}

fn buttons(open: RwSignal<bool>) -> Part {
    let submit = tag("button").attr("type", "submit").class(ButtonKind::Primary.class());
    let cancel = tag("button")
        .attr("type", "button")
        .class(ButtonKind::Plain.class())
        .press(move |_| open.set(false));
    let parts = vec![
        cancel.child("Cancel".part()).part(),
        submit.child("Apply".part()).part(),
    ];
    el("div", "form-buttons", parts)
}
