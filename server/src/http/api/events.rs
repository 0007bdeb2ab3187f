//! `/api/v1/projects/{project}/events`: searching events, and one whole.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use eventglass_engine::query::{self, EventSearch};
use eventglass_model::{Event, EventPage, EventQuery};

use crate::http::error::ApiError;
use crate::http::extract::{Member, NoQuery, Pairs};
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/projects/{project}/events", get(search))
        .route("/api/v1/projects/{project}/events/{event}", get(one))
}

async fn search(State(state): State<AppState>, member: Member, pairs: Pairs) -> Result<Json<EventPage>, ApiError> {
    let search = read(pairs, &state)?;
    let budget = state.settings.query_budget();
    Ok(Json(
        query::events(&*state.store, member.project_id(), &search, budget).await?,
    ))
}

/// Reads a search.
pub(super) fn read(pairs: Pairs, state: &AppState) -> Result<EventSearch, ApiError> {
    let query = EventQuery::from_pairs(pairs.0).map_err(ApiError::invalid)?;
    EventSearch::new(query, state.clock.now()).map_err(|error| ApiError::invalid(vec![error]))
}

/// By the server's id, or by the client's `event_id`.
async fn one(
    State(state): State<AppState>,
    member: Member,
    Path((_, event)): Path<(String, String)>,
    _: NoQuery,
) -> Result<Json<Event>, ApiError> {
    let found = state.store.event(member.project_id(), &event).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("event"))
}
