//! `eventglass verify`: twelve questions to a server that is about to be
//! relied on, as PulseStream's test of real-world ingestion asks them.

mod check;
mod cli;
mod errors;
mod event;
mod flood;
mod impatient;
mod once;
mod probe;
mod report;
mod search;
#[cfg(test)]
mod tests;

pub use cli::{VerifyArgs, run};
