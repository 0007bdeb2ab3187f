//! JSON, pretty and foldable.

mod parse;
mod view;

pub(crate) use view::Json;
