//! A part of a page with a frame around it.

use leptos::prelude::*;

use crate::view::{IntoPart, Part, el};

/// A part of a page with a heading and a frame.
#[component]
pub(crate) fn Panel(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// What is in it.
    body: Part,
) -> impl IntoView {
    let title = el("h2", "panel-title", vec![title.part()]);
    el("section", "panel", vec![el("header", "panel-head", vec![title]), body])
}
