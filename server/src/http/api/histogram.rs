//! `/api/v1/projects/{project}/events/histogram`: how the events of a search are spread over time.

use axum::Json;
use axum::extract::State;
use eventglass_engine::query;
use eventglass_model::{FieldError, Histogram, loc};
use utoipa_axum::routes;

use super::events::read_whole;
use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::params::Search;
use crate::state::AppState;

/// Bars when `buckets` is not given.
const DEFAULT: usize = 60;
/// The most bars.
const MOST: usize = 500;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default().routes(routes!(histogram))
}

/// How the events of a search are spread over time.
///
/// `buckets` is how many bars there may be; the rest is a search.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/events/histogram",
    operation_id = "get_histogram",
    params(Search, ("buckets" = Option<u32>, Query, minimum = 1, maximum = 500, description = "How many bars there may be; 60 when absent")),
    responses((status = 200, body = Histogram))
)]
async fn histogram(
    State(state): State<AppState>,
    member: Member,
    mut pairs: Pairs,
) -> Result<Json<Histogram>, ApiError> {
    let buckets = match pairs.take("buckets").map(|text| text.parse()) {
        None => DEFAULT,
        Some(Ok(buckets)) if (1..=MOST).contains(&buckets) => buckets,
        Some(_) => {
            let error = FieldError::new(loc!["query", "buckets"], format!("must be a number from 1 to {MOST}"));
            return Err(ApiError::invalid(vec![error]));
        }
    };
    let search = read_whole(pairs, &state)?;
    let budget = state.settings.query_budget();
    let found = query::histogram(&*state.store, member.project_id(), &search, buckets, budget).await?;
    Ok(Json(found))
}
