//! The list of events.

mod body;
mod empty;
mod footer;
mod live;
mod merge;
mod pill;
mod row;
mod rows;
mod summary;
mod table;
mod window;

pub(super) use body::ListBody;
pub(super) use live::keep_live;
pub(super) use row::row_id;
pub(super) use rows::{EventList, PAGE_SIZE};
pub(super) use table::{reveal, rows_in_sight};
