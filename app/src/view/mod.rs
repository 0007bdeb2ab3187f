//! How views are put together so that the browser downloads little.
//!
//! Leptos compiles code for every type of view, and every closure is a type
//! of its own. The helpers here make few types of many: elements say at run
//! time what they are ([`tag`], [`el`]), what changes is behind one pointer
//! ([`show`], [`text`], [`flag`]), and so are whole parts of a page
//! ([`Part`]), memos and effects ([`memo`], [`effect`]). Written with `view!`,
//! bare closures and `into_any`, the same pages are more than twice as large.

mod element;
mod element_view;
mod part;
mod reactive;

use std::sync::{Arc, Mutex};

use leptos::{ev::MouseEvent, tachys::reactive_graph::SharedReactiveFunction};

pub(crate) use element::{El, el, svg, tag, titled};
pub(crate) use part::{IntoPart, Part};
pub(crate) use reactive::{effect, memo};

/// A child that changes.
pub(crate) type Shown = SharedReactiveFunction<Part>;

/// A child that changes.
pub(crate) fn show(view: impl FnMut() -> Part + Send + 'static) -> Shown {
    Arc::new(Mutex::new(view))
}

/// A child that comes and goes.
pub(crate) fn show_some(mut view: impl FnMut() -> Option<Part> + Send + 'static) -> Shown {
    show(move || view().unwrap_or_else(nothing))
}

/// Makes a part whenever one is needed.
pub(crate) type PartFn = Arc<dyn Fn() -> Part + Send + Sync>;

/// Makes a part whenever one is needed.
pub(crate) fn make(part: impl Fn() -> Part + Send + Sync + 'static) -> PartFn {
    Arc::new(part)
}

/// A child that is not there.
pub(crate) fn nothing() -> Part {
    None::<String>.part()
}

/// Text that changes, as a child or an attribute.
pub(crate) fn text(text: impl FnMut() -> String + Send + 'static) -> SharedReactiveFunction<String> {
    Arc::new(Mutex::new(text))
}

/// A class or an attribute that comes and goes.
pub(crate) fn flag(flag: impl FnMut() -> bool + Send + 'static) -> SharedReactiveFunction<bool> {
    Arc::new(Mutex::new(flag))
}

/// What happens upon a click.
pub(crate) fn press(act: impl FnMut(MouseEvent) + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(act)
}
