//! The typed client of the public API.

pub mod transport;
