//! One event in detail.

mod content;
mod facts;
mod panel;
mod payload;

pub(super) use panel::EventPanel;
