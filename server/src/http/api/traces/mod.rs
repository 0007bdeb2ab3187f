//! `/api/v1/projects/{project}/traces`, `/sessions` and `/users`, and the
//! links to one trace that need no login.

mod groups;
mod shared;

use axum::extract::{Path, State};
use axum::routing::{delete, get};
use axum::{Json, Router};
use eventglass_engine::traces::prompt_diff;
use eventglass_model::{
    FieldError, PromptDiff, Trace, TraceComparison, TracePage, TraceQuery, TraceSpan, TraceSteps, TraceUpdate, loc,
};

use crate::http::error::ApiError;
use crate::http::extract::{Member, NoQuery, Pairs};
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    let of_project = Router::new()
        .route("/traces", get(list))
        .route("/traces/compare", get(compare))
        .route("/traces/{trace}", get(open))
        .route("/traces/{trace}/updates", get(updates))
        .route("/traces/{trace}/steps", get(steps))
        .route("/traces/{trace}/diff", get(diff))
        .route("/traces/{trace}/spans/{span}", get(span))
        .route(
            "/traces/{trace}/share",
            get(shared::list).post(shared::create).delete(shared::remove_all),
        )
        .route("/traces/{trace}/share/{share}", delete(shared::remove))
        .route("/sessions", get(groups::sessions))
        .route("/sessions/{id}", get(groups::session))
        .route("/users", get(groups::users))
        .route("/users/{id}", get(groups::user));
    Router::new()
        .nest("/api/v1/projects/{project}", of_project)
        .route("/api/v1/shared/{token}", get(shared::open))
        .route("/api/v1/shared/{token}/updates", get(shared::updates))
        .route("/api/v1/shared/{token}/steps", get(shared::steps))
        .route("/api/v1/shared/{token}/spans/{span}", get(shared::span))
}

fn no_trace() -> ApiError {
    ApiError::not_found("trace")
}

async fn list(State(state): State<AppState>, member: Member, pairs: Pairs) -> Result<Json<TracePage>, ApiError> {
    let query = TraceQuery::from_pairs(pairs.0).map_err(ApiError::invalid)?;
    let events = state
        .traces
        .events_of(&query)
        .map_err(|error| ApiError::invalid(vec![error]))?;
    Ok(Json(state.traces.list(member.project_id(), query, events).await?))
}

async fn open(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
    _: NoQuery,
) -> Result<Json<Trace>, ApiError> {
    let found = state.traces.open(member.project_id(), &trace).await?;
    found.map(Json).ok_or_else(no_trace)
}

/// What was added since `arrived_after`, a `watermark`.
async fn updates(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
    mut pairs: Pairs,
) -> Result<Json<TraceUpdate>, ApiError> {
    let after = required(&mut pairs, "arrived_after")?;
    pairs.nothing_else()?;
    let found = state.traces.updates(member.project_id(), &trace, &after).await?;
    found.map(Json).ok_or_else(no_trace)
}

async fn steps(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
    _: NoQuery,
) -> Result<Json<TraceSteps>, ApiError> {
    let found = state.traces.steps(member.project_id(), &trace).await?;
    found.map(Json).ok_or_else(no_trace)
}

async fn span(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace, span)): Path<(String, String, String)>,
    _: NoQuery,
) -> Result<Json<TraceSpan>, ApiError> {
    let found = state.traces.span(member.project_id(), &trace, &span).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("span"))
}

/// Two traces of the project, `a` and `b`.
async fn compare(
    State(state): State<AppState>,
    member: Member,
    mut pairs: Pairs,
) -> Result<Json<TraceComparison>, ApiError> {
    let (a, b) = (required(&mut pairs, "a")?, required(&mut pairs, "b")?);
    pairs.nothing_else()?;
    let found = state.traces.compare(member.project_id(), &a, &b).await?;
    found.map(Json).ok_or_else(no_trace)
}

/// The prompts of two spans, `a` of this trace and `b` of this one or of `b_trace`.
async fn diff(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
    mut pairs: Pairs,
) -> Result<Json<PromptDiff>, ApiError> {
    let (a, b) = (required(&mut pairs, "a")?, required(&mut pairs, "b")?);
    let b_trace = pairs.take("b_trace").unwrap_or_else(|| trace.clone());
    pairs.nothing_else()?;
    let project_id = member.project_id();
    let a = state.traces.span(project_id, &trace, &a).await?;
    let b = state.traces.span(project_id, &b_trace, &b).await?;
    let (Some(a), Some(b)) = (a, b) else {
        return Err(ApiError::not_found("span"));
    };
    let found = tokio::task::spawn_blocking(move || prompt_diff(&a.event, &b.event)).await;
    found.map(Json).map_err(ApiError::internal)
}

/// Takes a parameter that must be there.
fn required(pairs: &mut Pairs, name: &str) -> Result<String, ApiError> {
    let value = pairs.take(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| {
        ApiError::invalid(vec![FieldError::new(
            loc!["query", name],
            format!("{name} is required"),
        )])
    })
}
