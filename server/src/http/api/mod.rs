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

use axum::Router;

use crate::state::AppState;

/// Every route.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(auth::routes())
        .merge(auth_form::routes())
        .merge(projects::routes())
        .merge(keys::routes())
        .merge(events::routes())
        .merge(facets::routes())
        .merge(metrics::routes())
        .merge(dashboards::routes())
        .merge(export::routes())
        .merge(histogram::routes())
        .merge(prices::routes())
        .merge(settings::routes())
        .merge(views::routes())
        .merge(ingest::routes())
        .merge(traces::routes())
}
