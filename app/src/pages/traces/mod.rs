//! Traces: the list of them, and one of them.

mod talk;
mod tree;
