//! Elements of one type, whatever they are and have in them.
//!
//! Leptos compiles about a kilobyte for every shape of element that a `view!`
//! holds. An [`El`] says at run time what it is, so that all of them together
//! cost the browser that kilobyte once. What is asked of many elements can be
//! said of it; for the rest there is `view!`.

use std::borrow::Cow;

use leptos::{
    ev::{self, Event, MouseEvent},
    tachys::{
        html::event::{On, on},
        renderer::Rndr,
    },
};

use wasm_bindgen::JsCast;

use super::Part;

/// An attribute that changes; none when it is not there.
pub(super) type Live = Box<dyn FnMut() -> Option<Cow<'static, str>> + Send>;

/// What happens upon an event.
pub(super) type Listener = On<ev::Custom<Event>, Box<dyn FnMut(Event)>>;

/// An attribute.
pub(super) enum Attr {
    /// It stays as it is.
    Fixed(Cow<'static, str>),
    /// It changes.
    Live(Live),
}

/// An element that is being made.
pub(crate) struct El {
    pub(super) tag: &'static str,
    /// Whether it is one of SVG's.
    pub(super) svg: bool,
    pub(super) attrs: Vec<(&'static str, Attr)>,
    pub(super) listeners: Vec<Listener>,
    pub(super) children: Vec<Part>,
}

/// An element of HTML, to be furnished.
pub(crate) const fn tag(tag: &'static str) -> El {
    El {
        tag,
        svg: false,
        attrs: Vec::new(),
        listeners: Vec::new(),
        children: Vec::new(),
    }
}

/// An element of SVG, to be furnished.
pub(crate) const fn svg(tag: &'static str) -> El {
    El {
        tag,
        svg: true,
        attrs: Vec::new(),
        listeners: Vec::new(),
        children: Vec::new(),
    }
}

/// An element with a class (or none) and what is in it.
pub(crate) fn el(name: &'static str, class: &'static str, children: Vec<Part>) -> Part {
    let mut element = tag(name);
    if !class.is_empty() {
        element = element.class(class);
    }
    element.children(children).part()
}

/// As [`el`], with a tooltip.
pub(crate) fn titled(name: &'static str, class: &'static str, title: String, children: Vec<Part>) -> Part {
    let mut element = tag(name).attr("title", title);
    if !class.is_empty() {
        element = element.class(class);
    }
    element.children(children).part()
}

impl El {
    /// Its classes.
    pub(crate) fn class(self, classes: &'static str) -> Self {
        self.attr("class", classes)
    }

    /// An attribute that stays as it is.
    pub(crate) fn attr(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.attrs.push((name, Attr::Fixed(value.into())));
        self
    }

    /// An attribute that is there or is not, and stays so.
    pub(crate) fn when(self, is_there: bool, name: &'static str) -> Self {
        if is_there { self.attr(name, "") } else { self }
    }

    /// An attribute whose text changes.
    pub(crate) fn text(self, name: &'static str, mut text: impl FnMut() -> String + Send + 'static) -> Self {
        self.live(name, Box::new(move || Some(Cow::Owned(text()))))
    }

    /// An attribute that changes between a few words, or comes and goes.
    pub(crate) fn word(
        self,
        name: &'static str,
        mut word: impl FnMut() -> Option<&'static str> + Send + 'static,
    ) -> Self {
        self.live(name, Box::new(move || word().map(Cow::Borrowed)))
    }

    /// An attribute whose text changes, or that comes and goes.
    pub(crate) fn some(self, name: &'static str, mut text: impl FnMut() -> Option<String> + Send + 'static) -> Self {
        self.live(name, Box::new(move || text().map(Cow::Owned)))
    }

    /// An attribute that comes and goes.
    pub(crate) fn flag(self, name: &'static str, mut flag: impl FnMut() -> bool + Send + 'static) -> Self {
        self.live(name, Box::new(move || flag().then_some(Cow::Borrowed(""))))
    }

    /// `true` or `false`, for the attributes that want them spelled out.
    pub(crate) fn spelled(self, name: &'static str, mut flag: impl FnMut() -> bool + Send + 'static) -> Self {
        self.word(name, move || Some(if flag() { "true" } else { "false" }))
    }

    fn live(mut self, name: &'static str, live: Live) -> Self {
        self.attrs.push((name, Attr::Live(live)));
        self
    }

    /// What happens upon a click.
    pub(crate) fn press(self, mut act: impl FnMut(MouseEvent) + 'static) -> Self {
        self.on("click", move |event| act(event.unchecked_into()))
    }

    /// What happens upon an event.
    pub(crate) fn on(mut self, name: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        self.listeners.push(on(ev::Custom::new(name), Box::new(act)));
        self
    }

    /// Something in it, after what is in it already.
    pub(crate) fn child(mut self, child: Part) -> Self {
        self.children.push(child);
        self
    }

    /// Some things in it, after what is in it already.
    pub(crate) fn children(mut self, children: Vec<Part>) -> Self {
        if self.children.is_empty() {
            self.children = children;
        } else {
            self.children.extend(children);
        }
        self
    }

    /// Whether nothing can be in it.
    #[cfg(feature = "ssr")]
    pub(super) fn is_void(&self) -> bool {
        matches!(self.tag, "input" | "br" | "hr" | "img")
    }

    /// Its name space.
    pub(super) fn namespace(&self) -> Option<&'static str> {
        self.svg.then_some("http://www.w3.org/2000/svg")
    }
}

/// Sets or removes an attribute.
pub(super) fn set(element: &leptos::tachys::renderer::types::Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => Rndr::set_attribute(element, name, value),
        None => Rndr::remove_attribute(element, name),
    }
}
