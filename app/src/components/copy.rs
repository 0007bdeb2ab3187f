//! Copying with one press.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{Glyph, Icon, Toasts};
use crate::{
    browser,
    view::{IntoPart, flag, press, show, text},
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
    let (title, spoken_label, spoken) = (label.clone(), label.clone(), label.clone());
    view! {
        <button
            type="button"
            class=if wordy { "btn" } else { "btn btn-ghost btn-icon" }
            title=title
            aria-label=(!wordy).then_some(spoken_label)
            class:is-done=flag(move || done.get())
            on:click=press(copy)
        >
            {show(move || view! { <Icon glyph=if done.get() { Glyph::Check } else { glyph }/> }.part())}
            {wordy.then(move || view! { <span>{label}</span> })}
            <span class="sr-only" role="status">
                {text(move || if done.get() { format!("{spoken}: done") } else { String::new() })}
            </span>
        </button>
    }
    .part()
}
