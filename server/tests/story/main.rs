//! The API as its users meet it: the real router on a temporary database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod access;
mod app;
mod cart;
mod contract;
mod doors;
mod edge;
mod forge;
mod langfuse;
mod metrics;
mod native;
mod noise;
mod openapi;
mod otlp;
mod prices;
mod pulse;
mod pulse_reads;
mod reading;
mod search;
mod service;
mod traces;
mod trust;
mod watch;
