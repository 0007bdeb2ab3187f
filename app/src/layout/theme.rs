//! Dark, light, or as the system has it.

use leptos::{ev::MouseEvent, prelude::*};

use crate::{
    browser::{self, Store},
    components::{Glyph, Icon},
    view::{IntoPart, effect, show, tag},
};

/// Where the choice is kept; the shell's first script reads it too.
const KEY: &str = "eg_theme";

/// The theme that was chosen: `light` or `dark`; none to follow the system.
type Theme = Option<String>;

fn next(theme: &Theme) -> Theme {
    match theme.as_deref() {
        None => Some("light".to_owned()),
        Some("light") => Some("dark".to_owned()),
        Some(_) => None,
    }
}

fn apply(theme: &Theme) {
    browser::set_root_attribute("data-theme", theme.as_deref());
    match theme {
        Some(theme) => browser::remember(Store::Browser, KEY, theme),
        None => browser::forget(Store::Browser, KEY),
    }
}

/// Goes from one theme to the next.
#[component]
pub(crate) fn ThemeToggle() -> impl IntoView {
    let theme = RwSignal::new(None::<String>);
    effect(move || theme.set(browser::recall(Store::Browser, KEY)));
    let change = move |_: MouseEvent| {
        theme.update(|theme| *theme = next(theme));
        apply(&theme.read_untracked());
    };
    let label = move || format!("Theme: {}", theme.get().unwrap_or_else(|| "system".to_owned()));
    let icon = show(move || {
        let glyph = match theme.read().as_deref() {
            None => Glyph::Monitor,
            Some("light") => Glyph::Sun,
            Some(_) => Glyph::Moon,
        };
        view! { <Icon glyph/> }.part()
    });
    tag("button")
        .attr("type", "button")
        .class("btn btn-ghost btn-icon")
        .text("title", label)
        .text("aria-label", label)
        .press(change)
        .child(icon.part())
        .part()
}
