//! One field of a form.

use leptos::prelude::*;

use crate::view::{IntoPart, Part, el, tag, text};

/// A labelled input with its hint and what is wrong with it. It keeps its own
/// text, which is read when the form is submitted, so that what was typed or
/// filled in before the page came alive is not lost.
#[component]
pub(crate) fn Field(
    /// What to write, above the input.
    label: &'static str,
    /// The name of the field, which is its id too.
    name: &'static str,
    /// `text`, `email` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What a password manager should put here.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// An example.
    #[prop(optional)]
    placeholder: &'static str,
    /// What it holds at first.
    #[prop(optional)]
    value: String,
    /// Which keys a phone shows: `numeric`, `text`.
    #[prop(default = "text")]
    inputmode: &'static str,
    /// What one has to know, below the input.
    #[prop(optional)]
    hint: &'static str,
    /// Whether the focus starts here.
    #[prop(optional)]
    autofocus: bool,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let label = tag("label").class("field-label").attr("for", name).child(label.part());
    let input = tag("input")
        .class("input")
        .attr("id", name)
        .attr("name", name)
        .attr("type", kind)
        .attr("autocomplete", autocomplete)
        .attr("placeholder", placeholder)
        .attr("value", value)
        .attr("inputmode", inputmode)
        .when(autofocus, "autofocus")
        .attr("aria-describedby", format!("{name}-note"))
        .word("aria-invalid", move || error.read().is_some().then_some("true"));
    let parts = vec![label.part(), input.part(), field_note(name, hint, error)];
    el("div", "field", parts)
}

/// What one has to know of a field, or what is wrong with it.
pub(crate) fn field_note(name: &str, hint: &'static str, error: Signal<Option<String>>) -> Part {
    let note = text(move || error.get().unwrap_or_else(|| hint.to_owned()));
    tag("p")
        .attr("id", format!("{name}-note"))
        .word("class", move || {
            Some(if error.read().is_some() {
                "field-note field-error"
            } else {
                "field-note"
            })
        })
        .attr("aria-live", "polite")
        .child(note.part())
        .part()
}

/// What is wrong with a form beyond its fields.
pub(crate) fn form_error(fault: RwSignal<Option<String>>) -> Part {
    tag("p")
        .class("form-error")
        .attr("role", "alert")
        .child(text(move || fault.get().unwrap_or_default()).part())
        .part()
}

/// What a form says besides its fields: names and values that nobody sees.
pub(crate) fn hidden_inputs(pairs: impl IntoIterator<Item = (&'static str, String)>) -> Vec<Part> {
    let input = |(name, value)| {
        tag("input")
            .attr("type", "hidden")
            .attr("name", name)
            .attr("value", value)
            .part()
    };
    pairs.into_iter().map(input).collect()
}
