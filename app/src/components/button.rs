//! Buttons.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::view::{IntoPart, flag, press, word};

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

/// A button with words on it.
#[component]
pub(crate) fn Button(
    /// How much it asks to be pressed.
    #[prop(optional)]
    kind: ButtonKind,
    /// What it does.
    #[prop(into)]
    on_press: Callback<()>,
    /// Whether what it started is still under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// A picture of it, before its words.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// Its words.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=kind.class()
            disabled=flag(move || busy.get())
            aria-busy=word(move || busy.get().then_some("true"))
            on:click=press(move |_| on_press.run(()))
        >
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            {label}
        </button>
    }
    .part()
}

/// The button that submits the form around it.
#[component]
pub(crate) fn SubmitButton(
    /// Whether that is under way.
    #[prop(into)]
    busy: Signal<bool>,
    /// Its words.
    label: &'static str,
) -> impl IntoView {
    let hydrated = crate::hydration::use_hydrated();
    // Until the page is alive, pressing it would only lose what was typed. It
    // does not look as if it were off, for it is not for long.
    view! {
        <button
            type="submit"
            class=ButtonKind::Primary.class()
            disabled=flag(move || busy.get() || !hydrated.get())
            aria-busy=word(move || busy.get().then_some("true"))
            data-waits=""
        >
            {label}
        </button>
    }
    .part()
}

/// A button with nothing on it but an icon.
#[component]
pub(crate) fn IconButton(
    /// The icon.
    glyph: Glyph,
    /// What it does, for the tooltip and for screen readers.
    #[prop(into)]
    label: String,
    /// Does it.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    let title = label.clone();
    view! {
        <button
            type="button"
            class="btn btn-ghost btn-icon"
            title=title
            aria-label=label
            on:click=press(move |_| on_press.run(()))
        >
            <Icon glyph/>
        </button>
    }
    .part()
}

/// A button that looks like a link.
#[component]
pub(crate) fn LinkButton(
    /// Its words.
    #[prop(into)]
    label: String,
    /// What it does.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class="link" on:click=press(move |_| on_press.run(()))>
            {label}
        </button>
    }
    .part()
}
