//! One field of a form.

use leptos::prelude::*;

use crate::view::{IntoPart, flag, text, word};

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
    let note_id = format!("{name}-note");
    let has_error = move || error.read().is_some();
    view! {
        <div class="field">
            <label class="field-label" for=name>
                {label}
            </label>
            <input
                class="input"
                id=name
                name=name
                type=kind
                autocomplete=autocomplete
                placeholder=placeholder
                value=value
                inputmode=inputmode
                autofocus=autofocus
                aria-describedby=note_id.clone()
                aria-invalid=word(move || has_error().then_some("true"))
            />
            <p class="field-note" id=note_id class:field-error=flag(has_error) aria-live="polite">
                {text(move || error.get().unwrap_or_else(|| hint.to_owned()))}
            </p>
        </div>
    }
    .part()
}
