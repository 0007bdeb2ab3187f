//! Dark, light, or as the system has it.

use leptos::prelude::*;

use crate::{
    browser::{self, Store},
    components::{Glyph, IconButton},
};

/// Where the choice is kept; the shell's first script reads it too.
const KEY: &str = "eg_theme";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    fn kept() -> Self {
        match browser::recall(Store::Browser, KEY).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    const fn word(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    const fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    fn apply(self) {
        browser::set_root_attribute("data-theme", self.word());
        match self.word() {
            Some(word) => browser::remember(Store::Browser, KEY, word),
            None => browser::forget(Store::Browser, KEY),
        }
    }
}

/// Goes from one theme to the next.
#[component]
pub(crate) fn ThemeToggle() -> impl IntoView {
    let theme = RwSignal::new(Theme::System);
    Effect::new(move |_| theme.set(Theme::kept()));
    let press = move |_| {
        theme.update(|theme| *theme = theme.next());
        theme.get_untracked().apply();
    };
    view! {
        {move || {
            let theme = theme.get();
            let glyph = match theme {
                Theme::System => Glyph::Monitor,
                Theme::Light => Glyph::Sun,
                Theme::Dark => Glyph::Moon,
            };
            let label = format!("Theme: {}", theme.word().unwrap_or("system"));
            view! { <IconButton glyph label on:click=press/> }
        }}
    }
}
