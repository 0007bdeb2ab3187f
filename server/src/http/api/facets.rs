//! `/api/v1/projects/{project}/facets`: which values the events of a search have.

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use eventglass_engine::query;
use eventglass_model::search::Column;
use eventglass_model::{FACET_FIELDS, Facets, FieldError, loc};
use utoipa_axum::routes;

use super::events::read_whole;
use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::also;
use crate::http::openapi::params::Search;
use crate::state::AppState;

/// The fields that are counted when none are named.
const USUAL: &str = "severity,kind,service,environment";

pub(super) fn routes() -> ApiRouter {
    let path = "/api/v1/projects/{project}/facets";
    let older = "/api/v1/projects/{project}/events/facets";
    let router = ApiRouter::default().routes(routes!(facets));
    // Where the older pages look.
    also(router, path, older, "of_events", get(facets))
}

/// Which values the events of a search have, and how often.
///
/// `fields` is a list with commas; the rest is a search.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/facets",
    operation_id = "get_facets",
    params(Search, ("fields" = Option<String>, Query, description = "Fields, with commas between them; severity, kind, service and environment when absent", example = "service,model")),
    responses((status = 200, body = Facets))
)]
async fn facets(State(state): State<AppState>, member: Member, mut pairs: Pairs) -> Result<Json<Facets>, ApiError> {
    let asked = pairs.take("fields").unwrap_or_else(|| USUAL.to_owned());
    let mut fields = Vec::new();
    for name in asked.split(',') {
        let known = FACET_FIELDS.contains(&name).then(|| Column::named(name)).flatten();
        let msg = || format!("unknown field `{name}`; expected some of: {}", FACET_FIELDS.join(", "));
        fields.push(known.ok_or_else(|| ApiError::invalid(vec![FieldError::new(loc!["query", "fields"], msg())]))?);
    }
    fields.dedup();
    let search = read_whole(pairs, &state)?;
    let (most, budget) = (state.settings.facet_events, state.settings.query_budget());
    let found = query::facets(&*state.store, member.project_id(), &search, &fields, most, budget).await?;
    Ok(Json(found))
}
