//! Asking whoever leaves a page on which something would be lost.

use std::rc::Rc;

use js_sys::Reflect;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent};

use super::path;

/// Hears of an event of the window before anybody else.
type Listener = Closure<dyn Fn(Event)>;
/// What hears an event.
type Hear = fn(&Question, &Event);

/// While it is there, leaving the page is asked about: by a link, by closing the
/// tab or loading another page. Not by the buttons for back and forward: the
/// address has changed already when they are heard of.
pub(crate) struct Leaving(Vec<(&'static str, Listener)>);

/// What is asked, and of what.
struct Question {
    asked: &'static str,
    is_lost: Box<dyn Fn() -> bool>,
    go: Box<dyn Fn()>,
}

impl Leaving {
    /// Begins to ask. `is_lost`: whether something would be; `go` is told that
    /// one leaves all the same.
    pub(crate) fn ask(asked: &'static str, is_lost: impl Fn() -> bool + 'static, go: impl Fn() + 'static) -> Self {
        let question = Rc::new(Question {
            asked,
            is_lost: Box::new(is_lost),
            go: Box::new(go),
        });
        let listeners: [(&'static str, Hear); 2] = [("click", Question::click), ("beforeunload", Question::close)];
        let listeners = listeners.map(|(name, hear)| {
            let question = Rc::clone(&question);
            let listener: Listener = Closure::new(move |event: Event| hear(&question, &event));
            let function = listener.as_ref().unchecked_ref();
            let _ = window().add_event_listener_with_callback_and_bool(name, function, true);
            (name, listener)
        });
        Self(listeners.into())
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        for (name, listener) in &self.0 {
            let function = listener.as_ref().unchecked_ref();
            let _ = window().remove_event_listener_with_callback_and_bool(name, function, true);
        }
    }
}

impl Question {
    /// Whether to stay. Where nothing would be lost, nobody is asked.
    fn stays(&self) -> bool {
        if !(self.is_lost)() {
            return false;
        }
        let goes = window().confirm_with_message(self.asked) == Ok(true);
        if goes {
            (self.go)();
        }
        !goes
    }

    fn click(&self, event: &Event) {
        if leaves(event.unchecked_ref(), &path()) && self.stays() {
            event.prevent_default();
            event.stop_immediate_propagation();
        }
    }

    /// The browser asks in its own words.
    fn close(&self, event: &Event) {
        if (self.is_lost)() {
            event.prevent_default();
            // For browsers that do not go by the above.
            let _ = Reflect::set(event, &"returnValue".into(), &JsValue::TRUE);
        }
    }
}

/// Whether a click follows a link away from a page, in the same tab.
fn leaves(event: &MouseEvent, page: &str) -> bool {
    if event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
        return false;
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
    let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else {
        return false;
    };
    !link.has_attribute("download") && link.target().is_empty() && link.pathname() != page
}
