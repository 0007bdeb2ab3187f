//! `/api/v1/projects/{project}/facets`: which values the events of a search have.

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use eventglass_engine::query;
use eventglass_model::search::Column;
use eventglass_model::{ATTRIBUTES, FACET_FIELDS, Facets, FieldError, loc};
use utoipa_axum::routes;

use super::events::{query_whole, search_for};
use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::also;
use crate::http::openapi::params::Search;
use crate::state::AppState;

/// The fields that are counted when none are named.
const USUAL: &str = "severity,kind,service,environment";
/// Among how many events the names of attributes are looked for: for each, its
/// JSON is read.
const NAMED: usize = 1_000;

pub(super) fn routes() -> ApiRouter {
    let path = "/api/v1/projects/{project}/facets";
    let older = "/api/v1/projects/{project}/events/facets";
    let router = ApiRouter::default().routes(routes!(facets));
    // Where the older pages look.
    also(router, path, older, "of_events", get(facets))
}

/// Which values the events of a search have, and how often.
///
/// `fields` is a list with commas; the rest is a search. `attributes` stands for the names of
/// attributes, as paths. The newest events are counted, and where there are more, `partial` is
/// true: but for the fields that `complete` names, whose counts are kept.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/facets",
    operation_id = "get_facets",
    params(Search, ("fields" = Option<String>, Query, description = "Fields, with commas between them; severity, kind, service and environment when absent", example = "service,model")),
    responses((status = 200, body = Facets))
)]
async fn facets(State(state): State<AppState>, member: Member, mut pairs: Pairs) -> Result<Json<Facets>, ApiError> {
    let asked = pairs.take("fields").unwrap_or_else(|| USUAL.to_owned());
    let (mut fields, mut with_names) = (Vec::new(), false);
    for name in asked.split(',') {
        if name == ATTRIBUTES {
            with_names = true;
            continue;
        }
        let known = FACET_FIELDS.contains(&name).then(|| Column::named(name)).flatten();
        let msg = || format!("unknown field `{name}`; expected some of: {}", FACET_FIELDS.join(", "));
        fields.push(known.ok_or_else(|| ApiError::invalid(vec![FieldError::new(loc!["query", "fields"], msg())]))?);
    }
    fields.dedup();
    let asked = query_whole(pairs)?;
    let search = search_for(asked.clone(), &state)?;
    let (most, budget) = (state.settings.facet_events, state.settings.query_budget());
    let project = member.project_id();
    let mut found = if fields.is_empty() {
        Facets::default()
    } else {
        query::facets(&*state.store, project, &search, &fields, most, budget).await?
    };
    if found.partial {
        for field in fields {
            if let Some(values) = state.metrics_reader.values(project, &asked, field, search.now).await? {
                found.complete.push(field.name().to_owned());
                found.facets.insert(field.name().to_owned(), values);
            }
        }
    }
    if with_names {
        let (names, partial) = query::attribute_paths(&*state.store, project, &search, most.min(NAMED), budget).await?;
        found.partial |= partial;
        found.facets.insert(ATTRIBUTES.to_owned(), names);
    }
    Ok(Json(found))
}
