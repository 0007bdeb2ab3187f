//! The tools that come with the server, as a library behind the program's
//! subcommands: [`generate`] makes realistic events, [`ingest`] pours a file
//! of events into a server, [`mod@bench`] measures what a server can take.
//!
//! Each tool is a struct of command-line arguments and a `run` that gives the
//! exit code. They are clients like any other: they know the wire, never the
//! server's insides.

pub mod bench;
mod clock;
pub mod generate;
pub mod http;
pub mod ingest;
pub mod server;

pub use clock::now;
