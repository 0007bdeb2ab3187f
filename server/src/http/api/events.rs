//! `/api/v1/projects/{project}/events`: searching events, and one whole.

use axum::Json;
use axum::extract::{Path, State};
use eventglass_engine::query::{self, EventSearch};
use eventglass_model::{Event, EventPage, EventQuery};
use utoipa_axum::routes;

use crate::http::error::ApiError;
use crate::http::extract::{Member, NoQuery, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::params::{EventPaging, Search};
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default().routes(routes!(search)).routes(routes!(one))
}

/// Searches events, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/events",
    operation_id = "search_events",
    params(Search, EventPaging),
    responses((status = 200, body = EventPage))
)]
async fn search(State(state): State<AppState>, member: Member, pairs: Pairs) -> Result<Json<EventPage>, ApiError> {
    let search = read(pairs, &state)?;
    let budget = state.settings.query_budget();
    Ok(Json(
        query::events(&*state.store, member.project_id(), &search, budget).await?,
    ))
}

/// Reads a search.
pub(super) fn read(pairs: Pairs, state: &AppState) -> Result<EventSearch, ApiError> {
    search_for(EventQuery::from_pairs(pairs.0).map_err(ApiError::invalid)?, state)
}

/// As [`read`], of what has no pages: what only these know is refused.
pub(super) fn read_whole(pairs: Pairs, state: &AppState) -> Result<EventSearch, ApiError> {
    search_for(query_whole(pairs)?, state)
}

/// As [`read_whole`], before anything is made of it.
pub(super) fn query_whole(pairs: Pairs) -> Result<EventQuery, ApiError> {
    let of_pages =
        |(name, _): &(String, String)| ["limit", "cursor", "arrived_after", "fields"].contains(&name.as_str());
    let (paging, search) = pairs.0.into_iter().partition(of_pages);
    Pairs(paging).nothing_else()?;
    EventQuery::from_pairs(search).map_err(ApiError::invalid)
}

/// What a query means now.
pub(super) fn search_for(query: EventQuery, state: &AppState) -> Result<EventSearch, ApiError> {
    EventSearch::new(query, state.clock.now()).map_err(|error| ApiError::invalid(vec![error]))
}

/// One event whole, by the server's id or by the client's `event_id`.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/events/{event}",
    operation_id = "get_event",
    responses((status = 200, body = Event))
)]
async fn one(
    State(state): State<AppState>,
    member: Member,
    Path((_, event)): Path<(String, String)>,
    _: NoQuery,
) -> Result<Json<Event>, ApiError> {
    let found = state.store.event(member.project_id(), &event).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("event"))
}
