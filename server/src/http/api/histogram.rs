//! `/api/v1/projects/{project}/events/histogram`: how the events of a search are spread over time.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use eventglass_engine::query;
use eventglass_model::{FieldError, Histogram, loc};

use super::events::read;
use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::state::AppState;

/// Bars when `buckets` is not given.
const DEFAULT: usize = 60;
/// The most bars.
const MOST: usize = 500;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/projects/{project}/events/histogram", get(histogram))
}

/// `buckets` is how many bars there may be; the rest is a search.
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
    let search = read(pairs, &state)?;
    let budget = state.settings.query_budget();
    let found = query::histogram(&*state.store, member.project_id(), &search, buckets, budget).await?;
    Ok(Json(found))
}
