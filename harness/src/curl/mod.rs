//! `eventglass curl`: prints curl commands that send the events of the
//! imaginary shop, to try a key by hand.

mod cli;
mod quote;

pub use cli::{CurlArgs, EventType, run};
