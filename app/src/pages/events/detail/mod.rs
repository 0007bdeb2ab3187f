//! One event in detail.

mod content;
mod facts;
mod panel;
mod payload;
mod record;

pub(super) use panel::EventPanel;
