//! What WatchLLM's dashboard reads: traces, in its own shape. (Its SDKs send
//! through the native door.) Source: contracts 4.2.

mod tree;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use eventglass_model::{Timestamp, TraceQuery, TraceSummary};
use serde::Serialize;
use serde_json::json;

use crate::http::error::ApiError;
use crate::http::extract::{Caller, Pairs};
use crate::state::AppState;

/// Traces when `limit` is not given, and at most.
const DEFAULT: usize = 50;
const MOST: usize = 500;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/traces", get(list))
        .route("/api/v1/traces/{trace_id}", get(one))
}

/// Its errors: `{"detail": {"error": "…"}}`.
struct WatchError(ApiError);

impl<E: Into<ApiError>> From<E> for WatchError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for WatchError {
    fn into_response(self) -> Response {
        let status = self.0.status;
        (status, Json(json!({ "detail": { "error": self.0.detail } }))).into_response()
    }
}

/// An entry of its list.
#[derive(Serialize)]
struct Entry<'a> {
    trace_id: String,
    project_id: &'a str,
    start_time: Timestamp,
    end_time: Timestamp,
    duration_ms: f64,
    event_count: i64,
    total_cost: f64,
    error_count: i64,
    has_errors: bool,
}

fn end(trace: &TraceSummary) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    trace.start.plus_micros((trace.duration_ms * 1_000.0).round() as i64)
}

/// `GET /api/v1/traces?project_id=&limit=`: a bare array, newest first.
async fn list(State(state): State<AppState>, caller: Caller, mut pairs: Pairs) -> Result<Response, WatchError> {
    let project = project(&state, &caller, &mut pairs).await?;
    let limit = match pairs.take("limit") {
        None => DEFAULT,
        Some(text) => text
            .parse()
            .ok()
            .filter(|n| (1..=MOST).contains(n))
            .ok_or_else(|| unprocessable(format!("limit must be a number from 1 to {MOST}")))?,
    };
    let query = TraceQuery {
        limit: Some(limit),
        ..TraceQuery::default()
    };
    let page = state.traces.list(project.id, query, None).await?;
    let entry = |trace: TraceSummary| Entry {
        project_id: &project.name,
        start_time: trace.start,
        end_time: end(&trace),
        duration_ms: trace.duration_ms,
        event_count: trace.event_count,
        total_cost: trace.cost_usd.unwrap_or_default(),
        error_count: trace.error_count,
        has_errors: trace.error_count > 0,
        trace_id: trace.trace_id,
    };
    let entries: Vec<Entry<'_>> = page.items.into_iter().map(entry).collect();
    Ok(Json(entries).into_response())
}

/// `GET /api/v1/traces/{trace_id}?project_id=`: the tree, nested.
async fn one(
    State(state): State<AppState>,
    caller: Caller,
    Path(trace_id): Path<String>,
    mut pairs: Pairs,
) -> Result<Response, WatchError> {
    let project = project(&state, &caller, &mut pairs).await?;
    let Some(trace) = state.traces.open(project.id, &trace_id).await? else {
        return Err(ApiError::new(StatusCode::NOT_FOUND, "not_found", "Trace not found").into());
    };
    let events = state
        .store
        .trace_events(project.id, &trace_id, None, tree::MOST_WHOLE)
        .await?;
    let name = project.name;
    let text = tokio::task::spawn_blocking(move || tree::json(&trace, &events, &name, end(&trace.head)))
        .await
        .map_err(ApiError::internal)?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], text).into_response())
}

/// The project that a request names, and the name it uses.
struct Named {
    id: i64,
    name: String,
}

/// By number, by slug, or as `proj_` with a number.
async fn project(state: &AppState, caller: &Caller, pairs: &mut Pairs) -> Result<Named, WatchError> {
    let name = pairs.take("project_id").filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| unprocessable("project_id is required".to_owned()))?;
    let number = name
        .strip_prefix("proj_")
        .filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    let access = state.workspace.open(&caller.0, number.unwrap_or(&name)).await?;
    Ok(Named {
        id: access.project.id,
        name,
    })
}

fn unprocessable(detail: String) -> ApiError {
    ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
}
