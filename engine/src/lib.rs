//! Everything about Eventglass that is true without HTTP.
//!
//! - [`ingest`]: the pipeline that turns canonical events into committed ones;
//! - [`guard`]: how much may come in;
//! - [`store`]: traits for what is kept, and the SQLite that keeps it;
//! - [`query`]: what a search means, above any one database;
//! - [`access`]: passwords, sessions, projects and keys;
//! - [`clock`]: the only source of time.

pub mod access;
pub mod clock;
pub mod guard;
pub mod ingest;
pub mod query;
pub mod store;
