//! A window in front of the page.

use leptos::{ev, html, prelude::*};

use super::{Glyph, IconButton};
use crate::browser;

/// A modal dialog. The browser's own: it keeps the focus inside, gives it
/// back, and closes on Esc.
#[component]
pub(crate) fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its heading.
    #[prop(into)]
    title: String,
    /// Names the heading, unique on the page.
    id: &'static str,
    /// What is in it; made when it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let open = open.get();
        if let Some(dialog) = node.get() {
            if open {
                browser::dialog_open(&dialog);
            } else {
                browser::dialog_close(&dialog);
            }
        }
    });
    // The backdrop is the dialog itself; its content lies in the box inside.
    let press = move |event: ev::MouseEvent| {
        if event.target() == event.current_target() {
            open.set(false);
        }
    };
    view! {
        <dialog class="dialog" node_ref=node aria-labelledby=id on:close=move |_| open.set(false) on:click=press>
            <div class="dialog-box">
                <header class="dialog-head">
                    <h2 class="panel-title" id=id>
                        {title}
                    </h2>
                    <IconButton glyph=Glyph::Close label="Close" on:click=move |_| open.set(false)/>
                </header>
                <div class="dialog-body">{move || open.get().then(|| children())}</div>
            </div>
        </dialog>
    }
    .into_any()
}
