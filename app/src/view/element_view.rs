//! How an [`El`] comes into the document.

#[cfg(feature = "ssr")]
use std::{future::Future, pin::Pin};

use leptos::{
    attr::Attribute,
    prelude::{Mountable, RenderEffect},
    tachys::{
        hydration::Cursor,
        renderer::{
            CastFrom, Rndr,
            types::{Element, Node},
        },
        view::{Position, PositionState},
    },
};

#[cfg(feature = "ssr")]
use leptos::tachys::{ssr::StreamBuilder, view::RenderHtml};

#[cfg(feature = "ssr")]
use super::part::Place;
use super::{
    Part,
    element::{Attr, El, Listener, set},
    part::{PartState, View},
};

impl El {
    /// It as a part of a page.
    pub(crate) fn part(self) -> Part {
        Part::of(Box::new(self))
    }
}

/// An element in the document.
struct ElState {
    element: Element,
    /// What keeps its attributes up to date.
    _live: Vec<RenderEffect<()>>,
    _listening: Vec<<Listener as Attribute>::State>,
    _children: Vec<PartState>,
}

/// Gives an element that is there its attributes, of which those that do not
/// change are there already when the server has written it.
fn furnish(element: &Element, attrs: Vec<(&'static str, Attr)>, is_new: bool) -> Vec<RenderEffect<()>> {
    let mut effects = Vec::new();
    for (name, attr) in attrs {
        match attr {
            Attr::Fixed(value) => {
                if is_new {
                    set(element, name, Some(&value));
                }
            }
            Attr::Live(mut live) => {
                let element = element.clone();
                let mut before = None;
                effects.push(RenderEffect::new(move |_| {
                    let value = Some(live());
                    if value != before {
                        set(&element, name, value.as_ref().and_then(Option::as_deref));
                        before = value;
                    }
                }));
            }
        }
    }
    effects
}

impl View for El {
    fn build(self: Box<Self>) -> PartState {
        let element = Rndr::create_element(self.tag, self.namespace());
        let live = furnish(&element, self.attrs, true);
        let mut children = Vec::with_capacity(self.children.len());
        for child in self.children {
            let mut state = child.into_view().build();
            state.mount(&element, None);
            children.push(state);
        }
        let listening = self.listeners.into_iter().map(|listener| listener.build(&element));
        PartState::of(Box::new(ElState {
            _listening: listening.collect(),
            element,
            _live: live,
            _children: children,
        }))
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> PartState {
        match position.get() {
            Position::FirstChild => cursor.child(),
            Position::Current => {}
            _ => cursor.sibling(),
        }
        let node = cursor.current();
        let Some(element) = Element::cast_from(node) else {
            // What the server wrote is not what is drawn here: a mistake of
            // this program, to be found by its tests.
            leptos::logging::error!("hydration: expected <{}>", self.tag);
            return self.build();
        };
        let live = furnish(&element, self.attrs, false);
        position.set(Position::FirstChild);
        let mut children = Vec::with_capacity(self.children.len());
        for child in self.children {
            children.push(child.into_view().hydrate(cursor, position));
        }
        cursor.set(AsRef::<Node>::as_ref(&element).clone());
        position.set(Position::NextChild);
        let listening = self.listeners.into_iter().map(|listener| listener.build(&element));
        PartState::of(Box::new(ElState {
            _listening: listening.collect(),
            element,
            _live: live,
            _children: children,
        }))
    }

    #[cfg(feature = "ssr")]
    fn html_len(&self) -> usize {
        let inside: usize = self.children.iter().map(RenderHtml::html_len).sum();
        inside + 2 * self.tag.len() + 5 + 24 * self.attrs.len()
    }

    #[cfg(feature = "ssr")]
    fn to_html(mut self: Box<Self>, buf: &mut String, place: Place<'_>) {
        self.open(buf);
        *place.position = Position::FirstChild;
        let end = self.end();
        for child in self.children {
            child.to_html_with_buf(buf, place.position, true, place.mark_branches, Vec::new());
        }
        buf.push_str(&end);
        *place.position = Position::NextChild;
    }

    #[cfg(feature = "ssr")]
    fn to_html_in_order(self: Box<Self>, buf: &mut StreamBuilder, place: Place<'_>) {
        self.stream::<false>(buf, place);
    }

    #[cfg(feature = "ssr")]
    fn to_html_out_of_order(self: Box<Self>, buf: &mut StreamBuilder, place: Place<'_>) {
        self.stream::<true>(buf, place);
    }

    #[cfg(feature = "ssr")]
    fn dry_resolve(&mut self) {
        for (_, attr) in &mut self.attrs {
            // Whatever it reads is waited for.
            if let Attr::Live(live) = attr {
                drop(live());
            }
        }
        self.children.iter_mut().for_each(RenderHtml::dry_resolve);
    }

    #[cfg(feature = "ssr")]
    fn resolve(mut self: Box<Self>) -> Pin<Box<dyn Future<Output = Part> + Send>> {
        // All at once: each may wait for the network.
        let children = RenderHtml::resolve(std::mem::take(&mut self.children));
        Box::pin(async move {
            self.children = children.await;
            Part::of(self)
        })
    }
}

#[cfg(feature = "ssr")]
impl El {
    /// Writes its tag and attributes.
    fn open(&mut self, buf: &mut String) {
        buf.push('<');
        buf.push_str(self.tag);
        for (name, attr) in &mut self.attrs {
            let value = match attr {
                Attr::Fixed(value) => Some(std::mem::take(value)),
                Attr::Live(live) => live(),
            };
            let Some(value) = value else { continue };
            buf.push(' ');
            buf.push_str(name);
            if !value.is_empty() {
                buf.push_str("=\"");
                buf.push_str(&value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;"));
                buf.push('"');
            }
        }
        buf.push('>');
    }

    /// What ends it.
    fn end(&self) -> String {
        if self.is_void() {
            String::new()
        } else {
            format!("</{}>", self.tag)
        }
    }

    fn stream<const OUT_OF_ORDER: bool>(mut self, buf: &mut StreamBuilder, place: Place<'_>) {
        let mut start = String::new();
        self.open(&mut start);
        buf.push_sync(&start);
        *place.position = Position::FirstChild;
        let end = self.end();
        for child in self.children {
            child.to_html_async_with_buf::<OUT_OF_ORDER>(buf, place.position, true, place.mark_branches, Vec::new());
        }
        buf.push_sync(&end);
        *place.position = Position::NextChild;
    }
}

impl Mountable for ElState {
    fn unmount(&mut self) {
        Rndr::remove(&self.element);
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        Rndr::insert_node(parent, &self.element, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = Rndr::get_parent(&self.element).and_then(Element::cast_from);
        if let Some(parent) = &parent {
            child.mount(parent, Some(&self.element));
        }
        parent.is_some()
    }

    fn elements(&self) -> Vec<Element> {
        vec![self.element.clone()]
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::view::{IntoPart, el, tag};

    #[test]
    fn is_written_as_html() {
        let inside = vec!["a < b".part(), " & c".to_owned().part()];
        let part = tag("a")
            .class("row")
            .attr("title", "\"x\" & <y>".to_owned())
            .word("aria-current", || None)
            .flag("hidden", || true)
            .children(inside)
            .child(tag("input").attr("value", "").part())
            .child(el("b", "", vec![]))
            .part();
        let html = part.to_html();
        assert_eq!(
            html,
            "<a class=\"row\" title=\"&quot;x&quot; &amp; &lt;y>\" hidden>\
             a &lt; b<!> &amp; c<input value><b></b></a>"
        );
    }
}
