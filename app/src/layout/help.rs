//! The keyboard shortcuts.

use leptos::{ev, prelude::*};

use crate::{
    browser,
    components::{Dialog, Kbd},
    session::Session,
    view::{IntoPart, Part, effect, el, make},
};

const SHORTCUTS: &[(&[&str], &str)] = &[
    (&["/"], "Search"),
    (&["j", "↓"], "Next event, trace or span"),
    (&["k", "↑"], "Previous event, trace or span"),
    (&["PgDn"], "A screen of events down"),
    (&["Home"], "The newest event"),
    (&["Enter", "o"], "Open it"),
    (&["Esc"], "Close it"),
    (&["n", "."], "Show what is new; in a trace, the next that was found"),
    (&["p"], "Pause, or go on"),
    (&["f"], "Follow new events, or no longer"),
    (&["←", "→"], "In a trace: collapse, unfold, step"),
    (&["[", "]", "1–9"], "In a trace: collapse all, unfold all, to a level"),
    (&["e", "E"], "In a trace: next error, previous error"),
    (&["+", "-", "0"], "In a trace: zoom in, zoom out, all of it"),
    (&["?"], "This list"),
];

/// The list of shortcuts, which `?` opens on any page.
#[component]
pub(crate) fn Help() -> impl IntoView {
    let help = Session::from_context().help;
    effect(move || {
        let listener = window_event_listener(ev::keydown, move |event| {
            if event.key() == "?" && !browser::is_typing(&event) {
                help.set(true);
            }
        });
        on_cleanup(move || listener.remove());
    });
    let body = make(|| {
        let rows = SHORTCUTS.iter().map(|(keys, what)| shortcut(keys, what)).collect();
        el("dl", "", rows)
    });
    view! { <Dialog open=help title="Keyboard shortcuts" id="help" body/> }
}

fn shortcut(keys: &'static [&'static str], what: &'static str) -> Part {
    let keys = keys.iter().map(|key| view! { <Kbd key/> }.part()).collect();
    let parts = vec![el("dt", "", vec![what.part()]), el("dd", "", keys)];
    el("div", "shortcut", parts)
}
