//! Buttons.

use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::view::{El, IntoPart, tag};

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

/// A button, to be furnished.
fn button(class: &'static str, on_press: Callback<()>) -> El {
    tag("button")
        .attr("type", "button")
        .class(class)
        .press(move |_| on_press.run(()))
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
    let glyph = glyph.map(|glyph| view! { <Icon glyph/> }.part());
    button(kind.class(), on_press)
        .flag("disabled", move || busy.get())
        .word("aria-busy", move || busy.get().then_some("true"))
        .children(glyph.into_iter().collect())
        .child(label.part())
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
    /// Whether the form does its work without scripts, too.
    #[prop(optional)]
    works_alone: bool,
) -> impl IntoView {
    let hydrated = crate::hydration::use_hydrated();
    // Until the page is alive, pressing it would only lose what was typed. It
    // does not look as if it were off, for it is not for long.
    tag("button")
        .attr("type", "submit")
        .class(ButtonKind::Primary.class())
        .flag("disabled", move || busy.get() || !(works_alone || hydrated.get()))
        .word("aria-busy", move || busy.get().then_some("true"))
        .attr("data-waits", "")
        .child(label.part())
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
    button("btn btn-ghost btn-icon", on_press)
        .attr("title", label.clone())
        .attr("aria-label", label)
        .child(view! { <Icon glyph/> }.part())
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
    button("link", on_press).child(label.part()).part()
}
