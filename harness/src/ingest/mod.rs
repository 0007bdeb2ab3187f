//! `eventglass ingest`: pours a file of events into a server, over the
//! PulseStream door, and says truthfully what became of them.

mod answer;
mod cli;
mod deliver;
mod events;
mod progress;
mod report;
mod source;
mod stats;
#[cfg(test)]
mod tests;

pub(crate) use answer::reason;
pub use cli::{IngestArgs, Mode, run};
