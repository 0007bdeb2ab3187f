//! Whether the server lives, is ready, and how it fares.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_model::Problem;
use serde_json::json;
use subtle::ConstantTimeEq;
use utoipa_axum::routes;

use crate::doors::PERMIT_BYTES;
use crate::http::error::ApiError;
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::area;
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    let all = ApiRouter::default()
        .routes(routes!(alive))
        .routes(routes!(ready))
        .routes(routes!(metrics));
    area("Operation", all)
}

/// The server runs.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "get_health",
    security(()),
    responses((status = 200, description = "`status` and `version`", body = Object))
)]
async fn alive() -> Json<serde_json::Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// Whether the store can be read and written.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "get_readiness",
    security(()),
    responses((status = 200, description = "It can", body = Object), (status = 503, description = "It cannot; `detail` says why", body = Problem, content_type = "application/problem+json"))
)]
async fn ready(State(state): State<AppState>) -> Response {
    if let Some(reason) = state.ingest.halted() {
        return ApiError::unavailable(&format!("the store cannot be written: {reason}")).into_response();
    }
    match state.store.ready().await {
        Ok(()) => Json(json!({ "status": "ready" })).into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            ApiError::unavailable(&format!("the store is not ready: {error}")).into_response()
        }
    }
}

/// Figures of the server as Prometheus text.
///
/// Asks for the token of the settings, if there is one.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "get_prometheus_metrics",
    security((), ("metrics_token" = [])),
    responses(
        (status = 200, description = "The figures", body = String, content_type = "text/plain"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "This server keeps none")
    )
)]
async fn metrics(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let expected = state.settings.metrics_token.expose();
    let sent = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "));
    let right = bool::from(sent.unwrap_or_default().as_bytes().ct_eq(expected.as_bytes()));
    if !expected.is_empty() && !right {
        return Err(ApiError::unauthorized());
    }
    let Some(metrics) = &state.metrics else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    measure(&state).await;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render()).into_response())
}

/// What is not counted as it happens is measured when somebody asks.
async fn measure(state: &AppState) {
    let queue = state.ingest.queue();
    metrics::gauge!("eventglass_queue_events").set(as_f64(queue.events));
    metrics::gauge!("eventglass_queue_bytes").set(as_f64(queue.bytes));
    let held = state.settings.in_flight_bytes
        - (state.in_flight.available_permits() * PERMIT_BYTES).min(state.settings.in_flight_bytes);
    metrics::gauge!("eventglass_in_flight_bytes").set(as_f64(held as u64));
    metrics::gauge!("eventglass_breaker_open").set(if state.ingest.halted().is_some() { 1.0 } else { 0.0 });
    metrics::gauge!("eventglass_uptime_seconds").set(state.started.elapsed().as_secs_f64());
    match state.store.size_bytes().await {
        Ok(bytes) => metrics::gauge!("eventglass_database_bytes").set(as_f64(bytes)),
        Err(error) => tracing::warn!(%error, "the size of the database is not known"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge of bytes or counts below 2^52")]
const fn as_f64(n: u64) -> f64 {
    n as f64
}
