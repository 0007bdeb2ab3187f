//! What WatchLLM's dashboard reads: traces, in its own shape; and how its door
//! words refusals. (What its SDKs send comes to the routes of the native door,
//! and is read there.) Source: contracts 4.1 and 4.2.

mod error;
mod tree;

pub(super) use self::error::{WatchDetail, WatchFault, has_foreign_key, of as refuse};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_model::{Door, Timestamp, TraceQuery, TraceSummary};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::doors::gate::{Dialect, Refusal, framed};
use crate::http::error::ApiError;
use crate::http::extract::{Caller, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::{Speech, door};
use crate::state::AppState;

/// Traces when `limit` is not given, and at most.
const DEFAULT: usize = 50;
const MOST: usize = 500;

pub(super) fn routes() -> ApiRouter {
    let all = ApiRouter::default().routes(routes!(list)).routes(routes!(one));
    let speech = Speech {
        tag: "WatchLLM",
        media: &["application/json"],
        refusals: &[],
        sessions: true,
    };
    framed::<Watch>(door::<WatchFault>(&speech, all))
}

/// Refusals before these reads have a say.
struct Watch;

impl Dialect for Watch {
    const DOOR: Door = Door::WatchLlm;

    fn refuse(refusal: &Refusal, _: &HeaderMap) -> Response {
        WatchError(ApiError::new(refusal.status(), refusal.code(), refusal.sentence())).into_response()
    }
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
        error::answer(self.0.status, WatchDetail::new(self.0.detail))
    }
}

/// An entry of its list.
#[derive(Serialize, ToSchema)]
#[schema(as = WatchTrace)]
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

/// A project's traces as a bare array, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/traces",
    operation_id = "watch_list_traces",
    security(("session_token" = []), ("session_cookie" = [])),
    params(
        ("project_id" = String, Query, description = "Id or slug of the project, or `proj_` and its id"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "How many; 50 when absent")
    ),
    responses((status = 200, body = Vec<Entry<'_>>), (status = 404, description = "There is no such project, or it is not yours to see"), (status = 422, description = "`project_id` is missing, or `limit` is out of bounds"))
)]
async fn list(
    State(state): State<AppState>,
    caller: Result<Caller, ApiError>,
    mut pairs: Pairs,
) -> Result<Response, WatchError> {
    let project = project(&state, &caller?, &mut pairs).await?;
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

/// One trace as a nested tree.
#[utoipa::path(
    get,
    path = "/api/v1/traces/{trace_id}",
    operation_id = "watch_get_trace",
    security(("session_token" = []), ("session_cookie" = [])),
    params(("project_id" = String, Query, description = "Id or slug of the project, or `proj_` and its id")),
    responses((status = 200, description = "The trace, with `root_spans` in which each has its `children`, and `spans`, flat", body = Object), (status = 422, description = "`project_id` is missing"))
)]
async fn one(
    State(state): State<AppState>,
    caller: Result<Caller, ApiError>,
    Path(trace_id): Path<String>,
    mut pairs: Pairs,
) -> Result<Response, WatchError> {
    let project = project(&state, &caller?, &mut pairs).await?;
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
