//! One field of a form.

use leptos::{html, prelude::*};

/// A labelled input with its hint and what is wrong with it. It keeps its own
/// text (read it through `node`), so that what was typed or filled in before
/// the page came alive is not lost.
#[component]
pub(crate) fn Field(
    /// What to write, above the input.
    label: &'static str,
    /// The name of the field, which makes its id too.
    name: &'static str,
    /// The input, to read it.
    node: NodeRef<html::Input>,
    /// `text`, `email` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What a password manager should put here.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// An example.
    #[prop(optional)]
    placeholder: &'static str,
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
                node_ref=node
                autocomplete=autocomplete
                placeholder=placeholder
                autofocus=autofocus
                aria-describedby=note_id.clone()
                aria-invalid=move || error.get().is_some().then_some("true")
            />
            <p class="field-note" id=note_id class:field-error=move || error.get().is_some() aria-live="polite">
                {move || error.get().unwrap_or_else(|| hint.to_owned())}
            </p>
        </div>
    }
    .into_any()
}
