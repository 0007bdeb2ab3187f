//! Traces: trees, what they cost, and lists of them.
//!
//! A trace is nothing but events with one trace id. Its tree ([`tree`]) is made
//! when somebody opens it. For lists there is a row a trace, which follows the
//! events by itself ([`fold`]), so that storing events costs nothing for it.

mod fold;
mod list;
mod row;
mod service;
mod skeleton;
mod state;
mod tree;
mod usage;

pub use row::SpanRow;
pub use service::{TraceLimits, Traces};
pub use skeleton::skeleton;
pub use state::{First, TraceState, Usage};
pub use tree::Tree;
