//! A word in a small frame.

use leptos::prelude::*;

use crate::view::{IntoPart, el};

/// What a colour means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// Good, or chosen.
    Accent,
    /// Bad.
    Error,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "badge",
            Self::Accent => "badge badge-accent",
            Self::Error => "badge badge-error",
        }
    }
}

/// A word in a small frame.
#[component]
pub(crate) fn Badge(
    /// What its colour means.
    #[prop(optional)]
    tone: Tone,
    /// The word.
    #[prop(into)]
    word: String,
) -> impl IntoView {
    el("span", tone.class(), vec![word.part()])
}
