//! The EvalForge door: what its SDKs send to, and the older paths that its
//! tools read from. Source: contracts 1.1 to 1.3.

mod analytics;
mod error;
mod event;
mod ingest;
mod projects;
mod reads;
mod row;
mod session;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use eventglass_model::Door;

pub(super) use self::event::read;
use crate::doors::gate::{Dialect, Refusal};
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/sdk/v1/projects/{project}/events/batch", post(ingest::sdk))
        .route("/api/events", post(ingest::older))
        .route("/api/projects", get(projects::list).post(projects::create))
        .route("/api/projects/{project}", get(projects::one))
        .route(
            "/api/projects/{project}/events",
            get(reads::events).post(ingest::of_project),
        )
        .route("/api/projects/{project}/traces", get(reads::traces))
        .route("/api/projects/{project}/analytics", get(analytics::all))
        .route("/api/projects/{project}/analytics/summary", get(analytics::summary))
        .route("/api/projects/{project}/analytics/costs", get(analytics::costs))
        .route("/api/projects/{project}/analytics/latency", get(analytics::latency))
        .route("/api/projects/{project}/analytics/errors", get(analytics::errors))
}

/// Errors as `{"error": "…"}`; see [`error`].
struct Forge;

impl Dialect for Forge {
    const DOOR: Door = Door::EvalForge;

    fn refuse(refusal: &Refusal, _: &HeaderMap) -> Response {
        error::of(refusal)
    }
}
