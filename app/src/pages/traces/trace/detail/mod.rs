//! One span in detail.

mod content;
mod diff;
mod facts;
mod panel;
mod payload;

pub(super) use content::{SpanText, ask_for_the_rest, read_span};
pub(super) use panel::SpanPanel;
pub(super) use payload::said;
