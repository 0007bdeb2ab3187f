//! Buttons.

use leptos::prelude::*;

use super::{Glyph, Icon};

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ButtonKind {
    /// The one thing to do here.
    Primary,
    /// One of several things.
    #[default]
    Plain,
    /// Hardly there until pointed at.
    Ghost,
    /// Cannot be undone.
    Danger,
}

impl ButtonKind {
    /// Its classes, for links that look like buttons.
    #[must_use]
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Plain => "btn",
            Self::Ghost => "btn btn-ghost",
            Self::Danger => "btn btn-danger",
        }
    }
}

/// A button with words on it. What it does is `on:click`, or `submit`.
#[component]
pub(crate) fn Button(
    /// How much it asks to be pressed.
    #[prop(optional)]
    kind: ButtonKind,
    /// Whether it submits the form around it.
    #[prop(optional)]
    submit: bool,
    /// Whether what it started is still under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Whether it cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=kind.class()
            disabled=move || disabled.get() || busy.get()
            aria-busy=move || busy.get().then_some("true")
        >
            {children()}
        </button>
    }
}

/// A button with nothing on it but an icon.
#[component]
pub(crate) fn IconButton(
    /// The icon.
    glyph: Glyph,
    /// What it does, for the tooltip and for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// Whether it cannot be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="btn btn-ghost btn-icon"
            title=move || label.get()
            aria-label=move || label.get()
            disabled=move || disabled.get()
        >
            <Icon glyph/>
        </button>
    }
}
