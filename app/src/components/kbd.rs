//! A key of the keyboard.

use leptos::prelude::*;

use crate::view::{IntoPart, el};

/// A key of the keyboard.
#[component]
pub(crate) fn Kbd(
    /// What is printed on it.
    key: &'static str,
) -> impl IntoView {
    el("kbd", "kbd", vec![key.part()])
}
