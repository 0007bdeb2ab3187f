//! What the pages of numbers have in common: a time range and filters in the
//! address, answers that stay fresh while somebody looks, a frame.

mod ask;
mod charts;
mod environments;
mod frame;
mod partial;
mod refresh;
mod segments;
mod state;
mod stats;

pub(crate) use ask::{Asked, ask, ask_here};
pub(crate) use charts::{by_group, over_time};
pub(crate) use frame::{chart_panel, frame, frame_whole, frame_with, head, head_over, panel};
pub(crate) use partial::{Counted, partial_mark};
pub(crate) use refresh::Refresh;
pub(crate) use segments::segments;
pub(crate) use state::Scope;
pub(crate) use stats::{LATENCY, Number, lines, numbers};
