//! A button that unfolds something below itself.

use leptos::{ev, prelude::*};

use super::{Glyph, Icon};
use crate::{
    browser,
    view::{IntoPart, Part, PartFn, effect, el, show_some, tag},
};

/// A button and what unfolds below it. Closes on Esc (the focus goes back to
/// the button), and when one presses or moves elsewhere.
#[component]
pub(crate) fn Menu(
    /// Its id, unique on the page.
    id: &'static str,
    /// Whether it is unfolded.
    open: RwSignal<bool>,
    /// What the button is for, when what stands on it does not say so.
    #[prop(optional, into)]
    label: Option<String>,
    /// What stands on the button.
    button: PartFn,
    /// Classes of the button.
    #[prop(default = "btn btn-ghost")]
    class: &'static str,
    /// Whether it unfolds to the left, because it stands at the right edge.
    #[prop(optional)]
    end: bool,
    /// What unfolds; made when it does.
    body: PartFn,
) -> impl IntoView {
    let inside = format!("#{id}");
    let button_in = format!("#{id} > button");
    effect(move || {
        if !open.get() {
            return;
        }
        let shut = {
            let inside = inside.clone();
            move |target: Option<web_sys::EventTarget>| {
                if !browser::is_within(target, &inside) {
                    open.set(false);
                }
            }
        };
        let press = window_event_listener_untyped("pointerdown", {
            let shut = shut.clone();
            move |event| shut(event.target())
        });
        let moved = window_event_listener_untyped("focusin", move |event| shut(event.target()));
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
            browser::focus(&button_in);
        }
    };
    let folder = if end { "menu-body menu-end" } else { "menu-body" };
    let mut button = tag("button")
        .attr("type", "button")
        .class(class)
        .spelled("aria-expanded", move || open.get())
        .press(move |_| open.update(|open| *open = !*open))
        .child(button());
    if let Some(label) = label {
        button = button.attr("aria-label", label);
    }
    view! {
        <div class="menu" id=id on:keydown=key>
            {button.part()}
            {show_some(move || open.get().then(|| unfolded(folder, body())))}
        </div>
    }
    .part()
}

fn unfolded(class: &'static str, content: Part) -> Part {
    tag("div").class(class).attr("data-menu", "").child(content).part()
}

/// Something to press in a menu.
#[component]
pub(crate) fn MenuItem(
    /// Its words.
    #[prop(into)]
    label: String,
    /// A picture of it.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// Whether it is the one that is chosen now, where one is.
    #[prop(optional, into)]
    chosen: Signal<bool>,
    /// What it does.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    let glyph = glyph.map(|glyph| view! { <Icon glyph/> }.part());
    let check = show_some(move || chosen.get().then(|| view! { <Icon glyph=Glyph::Check/> }.part()));
    tag("button")
        .attr("type", "button")
        .class("menu-item")
        .word("aria-pressed", move || chosen.get().then_some("true"))
        .press(move |_| on_press.run(()))
        .children(glyph.into_iter().collect())
        .child(el("span", "", vec![label.part()]))
        .child(check.part())
        .part()
}
