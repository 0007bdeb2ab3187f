//! `/api/v1/projects/{project}/metrics` and `/services`: what events add up to.

use axum::Json;
use axum::extract::State;
use eventglass_engine::query::MetricsError;
use eventglass_model::{FieldError, Metrics, MetricsQuery, ServiceList, ServicesQuery, loc};
use utoipa_axum::routes;

use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::params::{Measuring, Services};
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default().routes(routes!(metrics)).routes(routes!(services))
}

/// What events add up to, over time and by group.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/metrics",
    operation_id = "get_metrics",
    params(Measuring),
    responses((status = 200, body = Metrics))
)]
async fn metrics(State(state): State<AppState>, member: Member, pairs: Pairs) -> Result<Json<Metrics>, ApiError> {
    let query = MetricsQuery::from_pairs(pairs.0).map_err(ApiError::invalid)?;
    let now = state.clock.now();
    Ok(Json(state.metrics_reader.read(member.project_id(), &query, now).await?))
}

/// How the services of a project are doing.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/services",
    operation_id = "list_services",
    params(Services),
    responses((status = 200, body = ServiceList))
)]
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
