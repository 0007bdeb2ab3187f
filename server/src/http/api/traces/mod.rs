//! `/api/v1/projects/{project}/traces`, `/sessions` and `/users`, and the
//! links to one trace that need no login.

mod form;
mod groups;
mod shared;

use axum::Json;
use axum::extract::{Path, State};
use eventglass_engine::traces::prompt_diff;
use eventglass_model::{
    FieldError, PackedTrace, PackedTraceUpdate, PromptDiff, Trace, TraceComparison, TracePage, TraceQuery, TraceSpan,
    TraceSteps, TraceUpdate, loc,
};
use utoipa_axum::routes;

use self::form::{FORM, Form, Told};
use crate::http::error::ApiError;
use crate::http::extract::{Member, NoQuery, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::params::TraceSearch;
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(list))
        .routes(routes!(compare))
        .routes(routes!(open))
        .routes(routes!(updates))
        .routes(routes!(steps))
        .routes(routes!(diff))
        .routes(routes!(span))
        .routes(routes!(shared::list, shared::create, shared::remove_all))
        .routes(routes!(shared::remove))
        .routes(routes!(groups::sessions))
        .routes(routes!(groups::session))
        .routes(routes!(groups::users))
        .routes(routes!(groups::user))
        .routes(routes!(shared::open))
        .routes(routes!(shared::updates))
        .routes(routes!(shared::steps))
        .routes(routes!(shared::diff))
        .routes(routes!(shared::span))
}

fn no_trace() -> ApiError {
    ApiError::not_found("trace")
}

/// Searches traces, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/traces",
    operation_id = "list_traces",
    params(TraceSearch),
    responses((status = 200, body = TracePage))
)]
async fn list(State(state): State<AppState>, member: Member, pairs: Pairs) -> Result<Json<TracePage>, ApiError> {
    let query = TraceQuery::from_pairs(pairs.0).map_err(ApiError::invalid)?;
    let events = state
        .traces
        .events_of(&query)
        .map_err(|error| ApiError::invalid(vec![error]))?;
    Ok(Json(state.traces.list(member.project_id(), query, events).await?))
}

/// One trace: its figures and its tree. Payloads are asked for span by span.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/traces/{trace}",
    operation_id = "get_trace",
    params(("form" = Option<String>, Query, description = FORM)),
    responses((status = 200, content(
        (Trace = "application/json"),
        (PackedTrace = "application/vnd.eventglass.packed+json")
    )))
)]
async fn open(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
    mut pairs: Pairs,
) -> Result<Told<Trace, PackedTrace>, ApiError> {
    let form = Form::take(&mut pairs)?;
    pairs.nothing_else()?;
    let found = state.traces.open(member.project_id(), &trace).await?;
    form.trace(found.ok_or_else(no_trace)?).await
}

/// What was added to a trace since `arrived_after`, a `watermark`.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/traces/{trace}/updates",
    operation_id = "get_trace_updates",
    params(
        ("arrived_after" = String, Query, description = "`watermark` of an earlier answer"),
        ("form" = Option<String>, Query, description = FORM)
    ),
    responses((status = 200, content(
        (TraceUpdate = "application/json"),
        (PackedTraceUpdate = "application/vnd.eventglass.packed+json")
    )))
)]
async fn updates(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
    mut pairs: Pairs,
) -> Result<Told<TraceUpdate, PackedTraceUpdate>, ApiError> {
    let after = required(&mut pairs, "arrived_after")?;
    let form = Form::take(&mut pairs)?;
    pairs.nothing_else()?;
    let found = state.traces.updates(member.project_id(), &trace, &after).await?;
    form.update(found.ok_or_else(no_trace)?).await
}

/// A trace step by step: what the agent did, in order, with running totals.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/traces/{trace}/steps",
    operation_id = "get_trace_steps",
    responses((status = 200, body = TraceSteps))
)]
async fn steps(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
    _: NoQuery,
) -> Result<Json<TraceSteps>, ApiError> {
    let found = state.traces.steps(member.project_id(), &trace).await?;
    found.map(Json).ok_or_else(no_trace)
}

/// One span whole, with what hangs on it.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/traces/{trace}/spans/{span}",
    operation_id = "get_span",
    responses((status = 200, body = TraceSpan))
)]
async fn span(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace, span)): Path<(String, String, String)>,
    _: NoQuery,
) -> Result<Json<TraceSpan>, ApiError> {
    let found = state.traces.span(member.project_id(), &trace, &span).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("span"))
}

/// Two traces of the project, `a` and `b`, side by side.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/traces/compare",
    operation_id = "compare_traces",
    params(("a" = String, Query, description = "The one trace"), ("b" = String, Query, description = "The other")),
    responses((status = 200, body = TraceComparison))
)]
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

/// The prompts of two spans, word by word: `a` of this trace and `b` of this one or of `b_trace`.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/traces/{trace}/diff",
    operation_id = "diff_prompts",
    params(
        ("a" = String, Query, description = "The one span"),
        ("b" = String, Query, description = "The other"),
        ("b_trace" = Option<String>, Query, description = "The trace of the other; this one when absent")
    ),
    responses((status = 200, body = PromptDiff))
)]
async fn diff(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
    mut pairs: Pairs,
) -> Result<Json<PromptDiff>, ApiError> {
    let (a, b) = (required(&mut pairs, "a")?, required(&mut pairs, "b")?);
    let b_trace = pairs.take("b_trace").unwrap_or_else(|| trace.clone());
    pairs.nothing_else()?;
    diff_of(&state, member.project_id(), (&trace, &a), (&b_trace, &b))
        .await
        .map(Json)
}

/// What the prompts of two spans differ in, each a trace and a span of it.
async fn diff_of(state: &AppState, project_id: i64, a: (&str, &str), b: (&str, &str)) -> Result<PromptDiff, ApiError> {
    let a = state.traces.span(project_id, a.0, a.1).await?;
    let b = state.traces.span(project_id, b.0, b.1).await?;
    let (Some(a), Some(b)) = (a, b) else {
        return Err(ApiError::not_found("span"));
    };
    let found = tokio::task::spawn_blocking(move || prompt_diff(&a.event, &b.event)).await;
    found.map_err(ApiError::internal)
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
