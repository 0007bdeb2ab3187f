//! The axum face of Eventglass.
//!
//! `http` holds the router, the public API and the site; `doors` one module
//! per wire dialect of ingest; `config` the settings. The program is in
//! `main.rs`, and is only a command line.

// The type of a rendered page is as deep as the page.
#![recursion_limit = "512"]

mod accept;
pub mod config;
mod doors;
mod export;
mod http;
pub mod maintain;
mod rebuild;
mod serve;
mod state;

pub use export::{ExportArgs, export};
pub use http::router;
pub use rebuild::rebuild_rollups;
pub use serve::{init_logs, serve};
pub use state::AppState;
