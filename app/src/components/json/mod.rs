//! JSON, pretty and foldable.

mod parse;
mod record;
mod view;

pub(crate) use record::Record;
pub(crate) use view::{Beside, Json};
