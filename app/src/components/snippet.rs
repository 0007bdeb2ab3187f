//! A command to paste.

use leptos::prelude::*;

use crate::view::{IntoPart, el, tag};

use super::CopyButton;

/// A command to paste into a terminal, with a button that copies it.
#[component]
pub(crate) fn Snippet(
    /// What it does, above it.
    #[prop(into)]
    title: String,
    /// The command.
    #[prop(into)]
    code: String,
) -> impl IntoView {
    let copied = code.clone();
    let head = vec![
        el("span", "", vec![title.part()]),
        view! { <CopyButton what=move |()| copied.clone() label="Copy the command"/> }.part(),
    ];
    // Focusable, for those who scroll by keyboard.
    let command = tag("pre")
        .class("snippet-code")
        .attr("tabindex", "0")
        .child(el("code", "", vec![code.part()]));
    let parts = vec![el("figcaption", "snippet-head", head), command.part()];
    el("figure", "snippet", parts)
}
