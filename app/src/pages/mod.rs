//! The pages.

pub(crate) mod auth;
pub(crate) mod dashboards;
pub(crate) mod events;
pub(crate) mod geo;
pub(crate) mod ingest;
pub(crate) mod kit;
#[cfg(debug_assertions)]
mod kit_content;
pub(crate) mod llm;
pub(crate) mod not_found;
pub(crate) mod overview;
pub(crate) mod projects;
mod scope;
mod send_events;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod traces;
