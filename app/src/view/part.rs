//! A part of a page, whatever it is made of.

use std::any::{Any, TypeId};
#[cfg(feature = "ssr")]
use std::{future::Future, pin::Pin};

use leptos::{
    attr::{Attribute, any_attribute::AnyAttribute},
    prelude::{AddAnyAttr, Mountable, Render, RenderHtml},
    tachys::{
        hydration::Cursor,
        renderer::types::{Element, Node},
        ssr::StreamBuilder,
        view::{Position, PositionState},
    },
};

/// A part of a page, whatever it is made of. The same as Leptos's `AnyView`
/// less two things that it has and this app does not use, each of which costs
/// code for every type of view: hydration of lazily loaded code, and
/// attributes added from outside.
pub(crate) struct Part(Box<dyn View>);

/// Turns a view into a [`Part`].
pub(crate) trait IntoPart {
    /// The part.
    fn part(self) -> Part;
}

impl<V: RenderHtml + 'static> IntoPart for V {
    fn part(self) -> Part {
        // Leptos has to put something in the place of `()`; ask for `nothing`.
        debug_assert!(V::EXISTS, "a part must exist");
        Part(Box::new(self))
    }
}

/// What a part can do.
trait View: Send {
    fn id(&self) -> TypeId;
    fn build(self: Box<Self>) -> Box<dyn Built>;
    fn rebuild(self: Box<Self>, built: &mut dyn Any);
    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Box<dyn Built>;
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
struct Place<'a> {
    position: &'a mut Position,
    escape: bool,
    mark_branches: bool,
    extra_attrs: Vec<AnyAttribute>,
}

impl<V: RenderHtml + 'static> View for V {
    fn id(&self) -> TypeId {
        TypeId::of::<V>()
    }

    fn build(self: Box<Self>) -> Box<dyn Built> {
        Box::new(Render::build(*self))
    }

    fn rebuild(self: Box<Self>, built: &mut dyn Any) {
        if let Some(state) = built.downcast_mut::<V::State>() {
            Render::rebuild(*self, state);
        }
    }

    fn hydrate(self: Box<Self>, cursor: &Cursor, position: &PositionState) -> Box<dyn Built> {
        Box::new(RenderHtml::hydrate::<true>(*self, cursor, position))
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
trait Built: Mountable {
    fn as_any(&mut self) -> &mut dyn Any;
}

impl<S: Mountable + 'static> Built for S {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

/// What is in the document of a part, and of which type of view it is.
pub(crate) struct PartState {
    id: TypeId,
    built: Box<dyn Built>,
}

impl Render for Part {
    type State = PartState;

    fn build(self) -> PartState {
        PartState {
            id: self.0.id(),
            built: self.0.build(),
        }
    }

    fn rebuild(self, state: &mut PartState) {
        if self.0.id() == state.id {
            self.0.rebuild(state.built.as_any());
            return;
        }
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl Mountable for PartState {
    fn unmount(&mut self) {
        self.built.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.built.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.built.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.built.elements()
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
        PartState {
            id: self.0.id(),
            built: self.0.hydrate(cursor, position),
        }
    }

    fn into_owned(self) -> Self {
        self
    }
}
