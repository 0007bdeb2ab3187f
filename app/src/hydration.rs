//! Whether the browser has taken over the page. What the server cannot know
//! (the viewer's zone, clock and address bar) is shown only from then on:
//! the first rendering in the browser must be the server's to the letter.

use leptos::prelude::*;

use crate::view::effect;

#[derive(Clone, Copy)]
struct Hydrated(ReadSignal<bool>);

/// Offers [`use_hydrated`] to all that is below.
pub(crate) fn provide_hydrated() {
    let (hydrated, set_hydrated) = signal(false);
    provide_context(Hydrated(hydrated));
    // Effects never run on the server, and in the browser not before the page is whole.
    effect(move || {
        set_hydrated.set(true);
        // For tests, and for styles that wait.
        crate::browser::set_root_attribute("data-ready", Some(""));
    });
}

/// False on the server and until the browser has taken over.
#[must_use]
pub(crate) fn use_hydrated() -> ReadSignal<bool> {
    use_context::<Hydrated>().map_or_else(|| signal(false).0, |hydrated| hydrated.0)
}
