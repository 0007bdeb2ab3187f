//! Links to one trace. Whoever has the token reads this trace and nothing
//! else, as long as the link is open and the project's settings allow links.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_engine::access::Role;
use eventglass_model::{
    CreatedShare, PackedTrace, PackedTraceUpdate, PromptDiff, ShareList, Trace, TraceSpan, TraceSteps, TraceUpdate,
};
use serde::Serialize;

use super::form::{FORM, Form};
use super::{diff_of, no_trace, required};
use crate::http::error::ApiError;
use crate::http::extract::{Caller, Member, NoQuery, Pairs};
use crate::state::AppState;

/// The links to a trace that are open.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/traces/{trace}/share",
    operation_id = "list_shares",
    responses((status = 200, body = ShareList))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
    _: NoQuery,
) -> Result<Json<ShareList>, ApiError> {
    let project_id = member.project_id();
    Ok(Json(ShareList {
        allowed: allowed(&state, project_id).await?,
        items: state.traces.shares(project_id, &trace).await?,
        next_cursor: None,
    }))
}

/// Makes a link to a trace that needs no login.
///
/// The token is in this answer, and nowhere else.
#[utoipa::path(
    post,
    path = "/api/v1/projects/{project}/traces/{trace}/share",
    operation_id = "share_trace",
    responses((status = 201, description = "Made", body = CreatedShare), (status = 403, description = "Links are off in the project's settings (`links_off`), or your role is too low (`role_too_low`)"))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    member: Member,
    Caller(user): Caller,
    Path((_, trace)): Path<(String, String)>,
    _: NoQuery,
) -> Result<(StatusCode, Json<CreatedShare>), ApiError> {
    let member = member.at_least(Role::Member)?;
    let project_id = member.project_id();
    if !allowed(&state, project_id).await? {
        let detail = "links to traces are off; an admin can allow them in the project's settings (trace_links)";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "links_off", detail));
    }
    if state
        .store
        .trace_rows(project_id, &trace, 1, None)
        .await?
        .rows
        .is_empty()
    {
        return Err(no_trace());
    }
    let share = state.traces.share(project_id, &trace, &user.me.email).await?;
    Ok((StatusCode::CREATED, Json(share)))
}

/// Closes one link.
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{project}/traces/{trace}/share/{share}",
    operation_id = "unshare_trace",
    responses((status = 204, description = "Closed"))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace, share)): Path<(String, String, String)>,
    _: NoQuery,
) -> Result<StatusCode, ApiError> {
    let member = member.at_least(Role::Member)?;
    match state.traces.unshare(member.project_id(), &trace, Some(&share)).await? {
        0 => Err(ApiError::not_found("link")),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// Closes all links of a trace; that there are none is fine.
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{project}/traces/{trace}/share",
    operation_id = "unshare_trace_all",
    responses((status = 204, description = "Closed"))
)]
pub(super) async fn remove_all(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
    _: NoQuery,
) -> Result<StatusCode, ApiError> {
    let member = member.at_least(Role::Member)?;
    state.traces.unshare(member.project_id(), &trace, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The trace of a link.
#[utoipa::path(
    get,
    path = "/api/v1/shared/{token}",
    operation_id = "get_shared_trace",
    security(()),
    params(("form" = Option<String>, Query, description = FORM)),
    responses((status = 200, content(
        (Trace = "application/json"),
        (PackedTrace = "application/vnd.eventglass.packed+json")
    )))
)]
pub(super) async fn open(
    State(state): State<AppState>,
    Path(token): Path<String>,
    mut pairs: Pairs,
) -> Result<Response, ApiError> {
    let form = Form::take(&mut pairs)?;
    pairs.nothing_else()?;
    let (project_id, trace) = follow(&state, &token).await?;
    let found = state.traces.open(project_id, &trace).await?;
    form.trace(found.ok_or_else(no_link)?).await.map(not_kept)
}

/// What was added to the trace of a link since `arrived_after`.
#[utoipa::path(
    get,
    path = "/api/v1/shared/{token}/updates",
    operation_id = "get_shared_trace_updates",
    security(()),
    params(
        ("arrived_after" = String, Query, description = "`watermark` of an earlier answer"),
        ("form" = Option<String>, Query, description = FORM)
    ),
    responses((status = 200, content(
        (TraceUpdate = "application/json"),
        (PackedTraceUpdate = "application/vnd.eventglass.packed+json")
    )))
)]
pub(super) async fn updates(
    State(state): State<AppState>,
    Path(token): Path<String>,
    mut pairs: Pairs,
) -> Result<Response, ApiError> {
    let after = required(&mut pairs, "arrived_after")?;
    let form = Form::take(&mut pairs)?;
    pairs.nothing_else()?;
    let (project_id, trace) = follow(&state, &token).await?;
    let found = state.traces.updates(project_id, &trace, &after).await?;
    form.update(found.ok_or_else(no_link)?).await.map(not_kept)
}

/// The trace of a link, step by step.
#[utoipa::path(
    get,
    path = "/api/v1/shared/{token}/steps",
    operation_id = "get_shared_trace_steps",
    security(()),
    responses((status = 200, body = TraceSteps))
)]
pub(super) async fn steps(
    State(state): State<AppState>,
    Path(token): Path<String>,
    _: NoQuery,
) -> Result<Response, ApiError> {
    let (project_id, trace) = follow(&state, &token).await?;
    let found = state.traces.steps(project_id, &trace).await?;
    found.map(private).ok_or_else(no_link)
}

/// The prompts of two spans of the trace, `a` and `b`: a link leads to no other trace.
#[utoipa::path(
    get,
    path = "/api/v1/shared/{token}/diff",
    operation_id = "diff_shared_prompts",
    security(()),
    params(("a" = String, Query, description = "The one span"), ("b" = String, Query, description = "The other")),
    responses((status = 200, body = PromptDiff))
)]
pub(super) async fn diff(
    State(state): State<AppState>,
    Path(token): Path<String>,
    mut pairs: Pairs,
) -> Result<Response, ApiError> {
    let (a, b) = (required(&mut pairs, "a")?, required(&mut pairs, "b")?);
    pairs.nothing_else()?;
    let (project_id, trace) = follow(&state, &token).await?;
    let found = diff_of(&state, project_id, (&trace, &a), (&trace, &b)).await?;
    Ok(private(found))
}

/// One span of the trace of a link.
#[utoipa::path(
    get,
    path = "/api/v1/shared/{token}/spans/{span}",
    operation_id = "get_shared_span",
    security(()),
    responses((status = 200, body = TraceSpan))
)]
pub(super) async fn span(
    State(state): State<AppState>,
    Path((token, span)): Path<(String, String)>,
    _: NoQuery,
) -> Result<Response, ApiError> {
    let (project_id, trace) = follow(&state, &token).await?;
    let found = state.traces.span(project_id, &trace, &span).await?;
    found.map(private).ok_or_else(|| ApiError::not_found("span"))
}

/// The project and trace of a link that works. All that do not are told alike.
async fn follow(state: &AppState, token: &str) -> Result<(i64, String), ApiError> {
    let (project_id, trace) = state.traces.shared(token).await?.ok_or_else(no_link)?;
    if allowed(state, project_id).await? {
        return Ok((project_id, trace));
    }
    Err(no_link())
}

async fn allowed(state: &AppState, project_id: i64) -> Result<bool, ApiError> {
    Ok(state.ingest.policies().of(project_id).await?.settings.trace_links)
}

fn no_link() -> ApiError {
    ApiError::not_found("link")
}

fn private(body: impl Serialize) -> Response {
    not_kept(Json(body))
}

/// Nothing between here and the reader keeps it: a link can be closed.
fn not_kept(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}
