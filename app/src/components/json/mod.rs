//! JSON, pretty and foldable.

mod members;
mod parse;
mod record;
mod view;

pub(crate) use members::{items, members};
pub(crate) use record::Record;
pub(crate) use view::{Beside, Json};
