//! JSON that came with an event.

use std::sync::Arc;

use leptos::prelude::*;

use super::facts::narrow_buttons;
use crate::{
    components::{Beside, CopyButton, Json},
    format::bytes,
    view::{IntoPart, el},
};

/// JSON under its own heading.
#[component]
pub(super) fn Payload(
    /// Its heading.
    title: &'static str,
    /// The field whose JSON it is.
    field: String,
    /// The JSON, as the client wrote it.
    text: String,
) -> impl IntoView {
    let copied = text.clone();
    let size = bytes(text.len());
    let copy = Callback::new(move |()| copied.clone());
    let label = format!("Copy {}", title.to_ascii_lowercase());
    let head = vec![
        el("h3", "facts-title", vec![title.part()]),
        el("span", "muted num", vec![size.part()]),
        el("span", "grow", Vec::new()),
        view! { <CopyButton what=copy label/> }.part(),
    ];
    let beside: Beside = Arc::new(move |path, value| {
        let buttons = narrow_buttons(format!("{field}.{path}"), path, value.to_owned());
        el("span", "json-actions", buttons)
    });
    let parts = vec![el("header", "payload-head", head), view! { <Json text beside/> }.part()];
    el("section", "facts", parts)
}
