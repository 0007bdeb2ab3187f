//! A part of a page, whatever it is made of.

#[cfg(feature = "ssr")]
use std::{future::Future, pin::Pin};

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::{AddAnyAttr, Mountable, Render, RenderHtml},
    tachys::{
        hydration::Cursor,
        renderer::types::{Element, Node},
        view::{Position, PositionState},
    },
};

#[cfg(feature = "ssr")]
use leptos::tachys::ssr::StreamBuilder;

use crate::browser;

/// A part of a page, whatever it is made of. Leptos's `AnyView` less three
/// things, each of which costs code for every type of view: hydration of
/// lazily loaded code and attributes added from outside, which this app does
/// not use; and changing a part in place, where this one puts a new part in
/// the place of the old.
pub(crate) struct Part(Box<dyn View>);

impl Part {
    /// A part that is made of something else than a view of Leptos.
    pub(super) fn of(view: Box<dyn View>) -> Self {
        Self(view)
    }

    /// What it is made of.
    pub(super) fn into_view(self) -> Box<dyn View> {
        self.0
    }
}

/// Turns a view into a [`Part`].
pub(crate) trait IntoPart {
    /// The part.
    fn part(self) -> Part;
}

impl<V: RenderHtml + 'static> IntoPart for V {
    fn part(self) -> Part {
        if V::EXISTS {
            Part(Box::new(self))
        } else {
            // A part must have a place, which a redirection has not.
            Part(Box::new((self, None::<String>)))
        }
    }
}

/// What a part can do.
pub(super) trait View: Send {
    fn build(self: Box<Self>) -> PartState;
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> PartState;
    #[cfg(feature = "ssr")]
    fn html_len(&self) -> usize;
    #[cfg(feature = "ssr")]
    fn to_html(self: Box<Self>, buf: &mut String, place: Place<'_>);
    #[cfg(feature = "ssr")]
    fn to_html_in_order(self: Box<Self>, buf: &mut StreamBuilder, place: Place<'_>);
    #[cfg(feature = "ssr")]
    fn to_html_out_of_order(self: Box<Self>, buf: &mut StreamBuilder, place: Place<'_>);
    #[cfg(feature = "ssr")]
    fn dry_resolve(&mut self);
    #[cfg(feature = "ssr")]
    fn resolve(self: Box<Self>) -> Pin<Box<dyn Future<Output = Part> + Send>>;
}

/// Where in a document something is written, and how.
#[cfg(feature = "ssr")]
pub(super) struct Place<'a> {
    pub(super) position: &'a mut Position,
    escape: bool,
    pub(super) mark_branches: bool,
    extra_attrs: Vec<AnyAttribute>,
}

impl<V: RenderHtml + 'static> View for V {
    fn build(self: Box<Self>) -> PartState {
        PartState(Box::new(Render::build(*self)))
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> PartState {
        PartState(Box::new(RenderHtml::hydrate::<true>(*self, cursor, position)))
    }

    #[cfg(feature = "ssr")]
    fn html_len(&self) -> usize {
        RenderHtml::html_len(self)
    }

    #[cfg(feature = "ssr")]
    fn to_html(self: Box<Self>, buf: &mut String, place: Place<'_>) {
        self.to_html_with_buf(
            buf,
            place.position,
            place.escape,
            place.mark_branches,
            place.extra_attrs,
        );
    }

    #[cfg(feature = "ssr")]
    fn to_html_in_order(self: Box<Self>, buf: &mut StreamBuilder, place: Place<'_>) {
        self.to_html_async_with_buf::<false>(
            buf,
            place.position,
            place.escape,
            place.mark_branches,
            place.extra_attrs,
        );
    }

    #[cfg(feature = "ssr")]
    fn to_html_out_of_order(self: Box<Self>, buf: &mut StreamBuilder, place: Place<'_>) {
        self.to_html_async_with_buf::<true>(
            buf,
            place.position,
            place.escape,
            place.mark_branches,
            place.extra_attrs,
        );
    }

    #[cfg(feature = "ssr")]
    fn dry_resolve(&mut self) {
        RenderHtml::dry_resolve(self);
    }

    #[cfg(feature = "ssr")]
    fn resolve(self: Box<Self>) -> Pin<Box<dyn Future<Output = Part> + Send>> {
        Box::pin(async move { Part(Box::new(RenderHtml::resolve(*self).await.into_owned())) })
    }
}

/// What is in the document of a part.
pub(crate) struct PartState(Box<dyn Mountable>);

impl PartState {
    /// What is in the document of something else than a view of Leptos.
    pub(super) fn of(state: Box<dyn Mountable>) -> Self {
        Self(state)
    }
}

impl Render for Part {
    type State = PartState;

    fn build(self) -> PartState {
        self.0.build()
    }

    /// A new part in the place of the old. What had the focus has it after,
    /// if it has an id.
    fn rebuild(self, state: &mut PartState) {
        let focused = browser::focused_id();
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
        if let Some(id) = focused
            && browser::focused_id().as_ref() != Some(&id)
        {
            browser::focus_id(&id);
        }
    }
}

impl Mountable for PartState {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

impl AddAnyAttr for Part {
    type Output<A: Attribute> = Self;

    fn add_any_attr<A: Attribute>(self, _attr: A) -> Self
    where
        Self: RenderHtml,
    {
        debug_assert!(false, "attributes belong to the elements of a part, not to the part");
        self
    }
}

impl RenderHtml for Part {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        #[cfg(feature = "ssr")]
        self.0.dry_resolve();
    }

    async fn resolve(self) -> Self {
        #[cfg(feature = "ssr")]
        return self.0.resolve().await;
        #[cfg(not(feature = "ssr"))]
        self
    }

    #[cfg(feature = "ssr")]
    fn html_len(&self) -> usize {
        self.0.html_len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        #[cfg(feature = "ssr")]
        self.0.to_html(
            buf,
            Place {
                position,
                escape,
                mark_branches,
                extra_attrs,
            },
        );
        #[cfg(not(feature = "ssr"))]
        let _ = (buf, position, escape, mark_branches, extra_attrs);
    }

    #[cfg(feature = "ssr")]
    fn to_html_async_with_buf<const OUT_OF_ORDER: bool>(
        self,
        buf: &mut StreamBuilder,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        let place = Place {
            position,
            escape,
            mark_branches,
            extra_attrs,
        };
        if OUT_OF_ORDER {
            self.0.to_html_out_of_order(buf, place);
        } else {
            self.0.to_html_in_order(buf, place);
        }
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> PartState {
        self.0.hydrate(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}
