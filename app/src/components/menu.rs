//! A button that unfolds something below itself.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// A button and what unfolds below it. Closes on Esc (the focus goes back to
/// the button), and when one presses or moves elsewhere.
#[component]
pub(crate) fn Menu(
    /// Whether it is unfolded.
    #[prop(optional)]
    open: RwSignal<bool>,
    /// What the button is for, when what stands on it does not say so.
    #[prop(optional, into)]
    label: Option<String>,
    /// What stands on the button.
    #[prop(into)]
    button: ViewFn,
    /// Classes of the button.
    #[prop(default = "btn btn-ghost")]
    class: &'static str,
    /// Whether it unfolds to the left, because it stands at the right edge.
    #[prop(optional)]
    end: bool,
    /// What unfolds; made when it does.
    children: ChildrenFn,
) -> impl IntoView {
    let root = NodeRef::<html::Div>::new();
    let trigger = NodeRef::<html::Button>::new();

    Effect::new(move |_| {
        if !open.get() {
            return;
        }
        let outside = move |target: Option<web_sys::EventTarget>| {
            let target = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            root.get_untracked().is_some_and(|root| !root.contains(target.as_ref()))
        };
        let press = window_event_listener(ev::pointerdown, move |event| {
            if outside(event.target()) {
                open.set(false);
            }
        });
        let moved = window_event_listener(ev::focusin, move |event| {
            if outside(event.target()) {
                open.set(false);
            }
        });
        on_cleanup(move || {
            press.remove();
            moved.remove();
        });
    });

    let key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            open.set(false);
            if let Some(trigger) = trigger.get_untracked() {
                let _ = trigger.focus();
            }
        }
    };
    let folder = if end { "menu-body menu-end" } else { "menu-body" };
    view! {
        <div class="menu" node_ref=root on:keydown=key>
            <button
                type="button"
                class=class
                node_ref=trigger
                aria-label=label
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {button.run()}
            </button>
            {move || {
                open.get()
                    .then(|| {
                        view! {
                            <div class=folder data-menu="">
                                {children()}
                            </div>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
