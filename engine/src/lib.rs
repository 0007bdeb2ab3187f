//! Everything about Eventglass that is true without HTTP.
//!
//! - [`ingest`]: the pipeline that turns canonical events into committed ones;
//! - [`guard`]: how much may come in;
//! - [`rollups`]: what events add up to, kept with them;
//! - [`store`]: traits for what is kept, and the SQLite that keeps it;
//! - [`cost`]: what model calls cost;
//! - [`query`]: what a search means, above any one database;
//! - [`export`]: a whole search as a file;
//! - [`traces`]: trees of spans, and what they cost;
//! - [`access`]: passwords, sessions, projects and keys;
//! - [`retention`]: for how long events are kept;
//! - [`clock`]: the only source of time.

pub mod access;
pub mod clock;
pub mod cost;
pub mod export;
pub mod guard;
pub mod ingest;
pub mod query;
pub mod retention;
pub mod rollups;
pub mod store;
pub(crate) mod text;
pub mod traces;
