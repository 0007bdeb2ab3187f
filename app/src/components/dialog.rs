//! A window in front of the page.

use leptos::prelude::*;

use super::{Glyph, IconButton};
use crate::{
    browser,
    view::{IntoPart, PartFn, effect, press, show_some},
};

/// A modal dialog. The browser's own: it keeps the focus inside, gives it
/// back, and closes on Esc.
#[component]
pub(crate) fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its heading.
    title: &'static str,
    /// Its id, unique on the page.
    id: &'static str,
    /// What is in it; made when it opens.
    body: PartFn,
) -> impl IntoView {
    effect(move || browser::set_dialog(id, open.get()));
    let heading = format!("{id}-title");
    let heading_id = heading.clone();
    // The backdrop is the dialog itself; its content lies in the box inside.
    let outside = press(move |event| {
        if event.target() == event.current_target() {
            open.set(false);
        }
    });
    view! {
        <dialog class="dialog" id=id aria-labelledby=heading on:close=move |_| open.set(false) on:click=outside>
            <div class="dialog-box">
                <header class="dialog-head">
                    <h2 class="panel-title" id=heading_id>
                        {title}
                    </h2>
                    <IconButton glyph=Glyph::Close label="Close" on_press=move |()| open.set(false)/>
                </header>
                <div class="dialog-body">{show_some(move || open.get().then(|| body()))}</div>
            </div>
        </dialog>
    }
    .part()
}
