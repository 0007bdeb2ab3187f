//! The keyboard shortcuts.

use leptos::{ev, prelude::*};

use crate::{
    browser,
    components::{Dialog, Kbd},
    session::Session,
};

const SHORTCUTS: &[(&[&str], &str)] = &[
    (&["/"], "Search"),
    (&["j", "↓"], "Next event"),
    (&["k", "↑"], "Previous event"),
    (&["Enter", "o"], "Open the event"),
    (&["Esc"], "Close the event"),
    (&["n", "."], "Show the new events"),
    (&["p"], "Pause, or go on"),
    (&["?"], "This list"),
];

/// The list of shortcuts, which `?` opens on any page.
#[component]
pub(crate) fn Help() -> impl IntoView {
    let help = Session::from_context().help;
    Effect::new(move |_| {
        let listener = window_event_listener(ev::keydown, move |event| {
            if event.key() == "?" && !browser::is_typing(&event) {
                help.set(true);
            }
        });
        on_cleanup(move || listener.remove());
    });
    let rows = || {
        SHORTCUTS
            .iter()
            .map(|(keys, what)| {
                let keys = keys.iter().map(|key| view! { <Kbd>{*key}</Kbd> }).collect_view();
                view! {
                    <div class="shortcut">
                        <dt>{*what}</dt>
                        <dd>{keys}</dd>
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        <Dialog open=help title="Keyboard shortcuts" id="help-title">
            <dl>{rows()}</dl>
        </Dialog>
    }
    .into_any()
}
