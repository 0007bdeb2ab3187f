//! The public API for people and pages. One module an area of the URL space.

mod auth;
mod auth_form;
mod dashboards;
mod events;
mod export;
mod facets;
mod histogram;
mod ingest;
mod keys;
mod metrics;
mod page;
mod prices;
mod projects;
mod settings;
mod traces;
mod views;

pub(crate) use projects::create as create_project;

use crate::http::openapi::describe::{area, people};
use crate::http::openapi::{self, ApiRouter};

/// Every route, under the heading that the document has for it.
pub fn routes() -> ApiRouter {
    let all = ApiRouter::default()
        .merge(area("Accounts", auth::routes()))
        .merge(area("Accounts", auth_form::routes()))
        .merge(area("Projects", projects::routes()))
        .merge(area("Projects", keys::routes()))
        .merge(area("Projects", settings::routes()))
        .merge(area("Events", events::routes()))
        .merge(area("Events", facets::routes()))
        .merge(area("Events", histogram::routes()))
        .merge(area("Events", export::routes()))
        .merge(area("Events", views::routes()))
        .merge(area("Metrics", metrics::routes()))
        .merge(area("Metrics", dashboards::routes()))
        .merge(area("Traces", traces::routes()))
        .merge(area("Cost", prices::routes()))
        .merge(area("Ingest", ingest::routes()))
        .merge(area("Operation", openapi::routes()));
    people(all)
}
