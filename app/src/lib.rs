//! The user interface.

pub mod api;
