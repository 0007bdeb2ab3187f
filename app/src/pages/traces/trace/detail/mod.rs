//! One span in detail.

mod content;
mod diff;
mod facts;
mod panel;
mod payload;

pub(super) use content::{SpanText, read_span};
pub(super) use panel::SpanPanel;
pub(super) use payload::said;
