//! Copying with one press.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{Glyph, Icon, Toasts};
use crate::{
    browser,
    view::{IntoPart, el, show, tag, text},
};

/// A button that copies, and says so by its icon.
#[component]
pub(crate) fn CopyButton(
    /// What it copies; asked for when pressed.
    #[prop(into)]
    what: Callback<(), String>,
    /// What that is: "Copy the key".
    #[prop(into)]
    label: String,
    /// Whether the words stand on the button too.
    #[prop(optional)]
    wordy: bool,
    /// A picture of what is copied, where several things can be.
    #[prop(default = Glyph::Copy)]
    glyph: Glyph,
) -> impl IntoView {
    let done = RwSignal::new(false);
    let toasts = Toasts::from_context();
    let copy = move |_| {
        let text = what.run(());
        spawn_local(async move {
            if !browser::copy(&text).await {
                toasts.error("The browser did not allow copying.");
                return;
            }
            done.set(true);
            browser::sleep(Duration::from_millis(1_500)).await;
            // By now the button may be gone.
            done.try_set(false);
        });
    };
    let spoken = label.clone();
    let icon = show(move || view! { <Icon glyph=if done.get() { Glyph::Check } else { glyph }/> }.part());
    let status = text(move || {
        if done.get() {
            format!("{spoken}: done")
        } else {
            String::new()
        }
    });
    let mut button = tag("button")
        .attr("type", "button")
        .word("class", move || {
            Some(match (wordy, done.get()) {
                (true, false) => "btn",
                (true, true) => "btn is-done",
                (false, false) => "btn btn-ghost btn-icon",
                (false, true) => "btn btn-ghost btn-icon is-done",
            })
        })
        .attr("title", label.clone())
        .press(copy)
        .child(icon.part());
    button = if wordy {
        button.child(el("span", "", vec![label.part()]))
    } else {
        button.attr("aria-label", label)
    };
    let status = tag("span").class("sr-only").attr("role", "status").child(status.part());
    button.child(status.part()).part()
}
