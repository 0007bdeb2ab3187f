//! JSON, pretty and foldable.

mod members;
mod parse;
mod view;

pub(crate) use members::members;
pub(crate) use view::Json;
