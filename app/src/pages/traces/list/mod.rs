//! The list of traces. The address holds what is looked for.

mod empty;
mod filters;
mod keyboard;
mod page;
mod row;
mod state;

pub(crate) use page::TracesPage;
pub(super) use row::{head_row, trace_row};
