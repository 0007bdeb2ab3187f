//! `/api/v1/projects/{project}/facets`: which values the events of a search have.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use eventglass_engine::query::EventSearch;
use eventglass_model::{EventQuery, FACET_FIELDS, Facets, FieldError, loc};

use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/projects/{project}/facets", get(facets))
}

/// `fields` is a list with commas, all when absent; the rest is a search.
async fn facets(State(state): State<AppState>, member: Member, mut pairs: Pairs) -> Result<Json<Facets>, ApiError> {
    let asked = pairs.take("fields").unwrap_or_else(|| FACET_FIELDS.join(","));
    let mut fields = Vec::new();
    for name in asked.split(',') {
        let known = FACET_FIELDS.iter().find(|field| **field == name);
        let msg = || format!("unknown field `{name}`; expected some of: {}", FACET_FIELDS.join(", "));
        fields.push(*known.ok_or_else(|| ApiError::invalid(vec![FieldError::new(loc!["query", "fields"], msg())]))?);
    }
    let query = EventQuery::from_pairs(pairs.0).map_err(ApiError::invalid)?;
    let search = EventSearch::new(query, state.clock.now());
    Ok(Json(
        state
            .store
            .facets(member.project_id(), &search, &fields, state.settings.facet_events)
            .await?,
    ))
}
