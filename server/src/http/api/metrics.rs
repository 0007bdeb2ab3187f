//! `/api/v1/projects/{project}/metrics` and `/services`: what events add up to.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use eventglass_engine::query::MetricsError;
use eventglass_model::{FieldError, Metrics, MetricsQuery, ServiceList, ServicesQuery, loc};

use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/projects/{project}/metrics", get(metrics))
        .route("/api/v1/projects/{project}/services", get(services))
}

async fn metrics(State(state): State<AppState>, member: Member, pairs: Pairs) -> Result<Json<Metrics>, ApiError> {
    let query = MetricsQuery::from_pairs(pairs.0).map_err(ApiError::invalid)?;
    let now = state.clock.now();
    Ok(Json(state.metrics_reader.read(member.project_id(), &query, now).await?))
}

async fn services(State(state): State<AppState>, member: Member, pairs: Pairs) -> Result<Json<ServiceList>, ApiError> {
    let query = ServicesQuery::from_pairs(pairs.0).map_err(ApiError::invalid)?;
    let now = state.clock.now();
    Ok(Json(
        state.metrics_reader.services(member.project_id(), &query, now).await?,
    ))
}

impl From<MetricsError> for ApiError {
    fn from(error: MetricsError) -> Self {
        match error {
            MetricsError::Ask(error) => Self::invalid(vec![FieldError::new(loc!["query", error.name], error.msg)]),
            MetricsError::Query(error) => Self::invalid(vec![error]),
            MetricsError::Store(error) => error.into(),
        }
    }
}
