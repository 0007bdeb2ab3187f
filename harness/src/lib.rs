//! The tools that come with the server, as a library behind the program's
//! subcommands: [`generate`] makes realistic events, [`ingest`] pours a file
//! of events into a server, [`load`] sends a shop's traffic at a steady rate,
//! [`mod@curl`] prints commands that do so by hand, [`verify`] asks a server
//! whether it may be relied on, [`mod@bench`] measures what it can take.
//!
//! Each tool is a struct of command-line arguments and a `run` that gives the
//! exit code. They are clients like any other: they know the wire, never the
//! server's insides.

pub mod bench;
mod clock;
pub mod curl;
pub mod generate;
pub mod http;
pub mod ingest;
pub mod load;
pub mod server;
mod shop;
pub mod verify;

pub use clock::now;
