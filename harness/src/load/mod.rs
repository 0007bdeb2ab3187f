//! `eventglass load`: the traffic of an imaginary shop at a steady rate, over
//! the CartNudge door, with the configuration, the scenarios and the report
//! that people know from that system's load generator.

mod cli;
pub(crate) mod config;
mod count;
mod door;
mod log;
mod pace;
mod plan;
mod progress;
mod report;
mod results;
mod run;
mod scenario;
#[cfg(test)]
mod tests;

pub use cli::{LoadArgs, run};
