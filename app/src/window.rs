//! What the window tells whoever listens, for as long as that is there.

use leptos::{ev, prelude::*};

use crate::{browser, view::effect};

/// Gives the keys that are not for a text field, a dialog or a menu to `act`;
/// what it acts on is no longer for the browser.
pub(crate) fn on_keys(act: impl Fn(&ev::KeyboardEvent) -> bool + Copy + 'static) {
    effect(move || {
        let listener = window_event_listener(ev::keydown, move |event| {
            if !browser::is_typing(&event) && act(&event) {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Whether somebody can see the page.
pub(crate) fn visible() -> RwSignal<bool> {
    let visible = RwSignal::new(true);
    effect(move || {
        let listener = window_event_listener(ev::visibilitychange, move |_| visible.set(!browser::is_hidden()));
        on_cleanup(move || listener.remove());
        visible.set(!browser::is_hidden());
    });
    visible
}
