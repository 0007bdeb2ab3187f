//! Traces: trees, what they cost, and lists of them.
//!
//! A trace is nothing but events with one trace id. Its tree ([`tree`]) is made
//! when somebody opens it. For lists there is a row a trace, which follows the
//! events by itself ([`fold`]), so that storing events costs nothing for it.

mod compare;
mod diff;
mod fold;
mod groups;
mod list;
mod row;
mod service;
mod share;
mod skeleton;
mod span;
mod state;
mod steps;
mod tree;
mod usage;

pub use diff::prompt_diff;
pub use row::SpanRow;
pub use service::{TraceLimits, Traces};
pub use skeleton::skeleton;
pub use state::{First, TraceState, Usage};
pub use tree::Tree;
