//! Links to one trace. Whoever has the token reads this trace and nothing
//! else, as long as the link is open and the project's settings allow links.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_engine::access::Role;
use eventglass_model::{CreatedShare, ShareList};
use serde::Serialize;

use super::{no_trace, required};
use crate::http::error::ApiError;
use crate::http::extract::{Caller, Member, NoQuery, Pairs};
use crate::state::AppState;

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

/// The token is in the answer, and nowhere else.
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

pub(super) async fn remove(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace, share)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let member = member.at_least(Role::Member)?;
    match state.traces.unshare(member.project_id(), &trace, Some(&share)).await? {
        0 => Err(ApiError::not_found("link")),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// Closes all links of a trace; that there are none is fine.
pub(super) async fn remove_all(
    State(state): State<AppState>,
    member: Member,
    Path((_, trace)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let member = member.at_least(Role::Member)?;
    state.traces.unshare(member.project_id(), &trace, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn open(
    State(state): State<AppState>,
    Path(token): Path<String>,
    _: NoQuery,
) -> Result<Response, ApiError> {
    let (project_id, trace) = follow(&state, &token).await?;
    let found = state.traces.open(project_id, &trace).await?;
    found.map(private).ok_or_else(no_link)
}

pub(super) async fn updates(
    State(state): State<AppState>,
    Path(token): Path<String>,
    mut pairs: Pairs,
) -> Result<Response, ApiError> {
    let after = required(&mut pairs, "arrived_after")?;
    pairs.nothing_else()?;
    let (project_id, trace) = follow(&state, &token).await?;
    let found = state.traces.updates(project_id, &trace, &after).await?;
    found.map(private).ok_or_else(no_link)
}

pub(super) async fn steps(
    State(state): State<AppState>,
    Path(token): Path<String>,
    _: NoQuery,
) -> Result<Response, ApiError> {
    let (project_id, trace) = follow(&state, &token).await?;
    let found = state.traces.steps(project_id, &trace).await?;
    found.map(private).ok_or_else(no_link)
}

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

/// Nothing between here and the reader keeps it: a link can be closed.
fn private(body: impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}
