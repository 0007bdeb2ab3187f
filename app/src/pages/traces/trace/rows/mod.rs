//! The spans as rows: only those in sight are in the document.

mod axis;
mod list;
mod row;
mod scroll;

pub(super) use list::SpanList;
pub(in super::super) use row::role_mark;
pub(super) use scroll::{anchor, restore, scroll_to_row};
