//! `eventglass generate`: realistic events of an imaginary shop, 62 endpoints
//! over 8 services, for trying the product out and for measuring it.
//!
//! The events have the PulseStream shape, which `eventglass ingest` sends.
//! With `--traces`: traces of agents, in the product's own shape ([`traces`]).

mod call;
mod catalogue;
mod cli;
mod distributions;
mod event;
mod failures;
mod generator;
mod people;
#[cfg(test)]
mod tests;
mod timeline;
pub mod traces;

pub use catalogue::{Endpoint, Extra, SERVICES, Service};
pub use cli::{Format, GenerateArgs, run};
pub use event::Written;
pub(crate) use event::hex_digit;
pub use failures::Failure;
pub use generator::{Generator, Plan};
