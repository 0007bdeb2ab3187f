//! `eventglass bench`: what this program can take on this machine, measured
//! from outside over HTTP, up to the durable acknowledgement.
//!
//! `docs/performance.md` says how to read the figures.

mod bodies;
mod cli;
mod disk;
mod figures;
mod load;
mod machine;
mod process;
mod questions;
mod report;
mod rig;
mod search;
mod settle;
mod spans;
mod stages;
mod store;
mod suite;
mod target;

pub use cli::{BenchArgs, run};
