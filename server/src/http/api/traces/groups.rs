//! `/sessions` and `/users`.

use axum::Json;
use axum::extract::{Path, State};
use eventglass_engine::store::GroupBy;
use eventglass_model::{Activity, GroupPage, GroupQuery};

use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::http::openapi::params::{Groups, Span};
use crate::state::AppState;

const OF_ONE: &[&str] = &["from", "to"];
const OF_USERS: &[&str] = &["from", "to", "q", "limit", "cursor"];

/// Sessions, and what their traces add up to; whose last trace is newest comes first.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/sessions",
    operation_id = "list_sessions",
    params(Groups, ("user" = Option<String>, Query, description = "Only sessions of this user")),
    responses((status = 200, body = GroupPage))
)]
pub(super) async fn sessions(
    state: State<AppState>,
    member: Member,
    pairs: Pairs,
) -> Result<Json<GroupPage>, ApiError> {
    list(state, member, pairs, GroupBy::Session, GroupQuery::NAMES).await
}

/// Users, and what their traces add up to; whose last trace is newest comes first.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/users",
    operation_id = "list_users",
    params(Groups),
    responses((status = 200, body = GroupPage))
)]
pub(super) async fn users(state: State<AppState>, member: Member, pairs: Pairs) -> Result<Json<GroupPage>, ApiError> {
    list(state, member, pairs, GroupBy::User, OF_USERS).await
}

async fn list(
    State(state): State<AppState>,
    member: Member,
    pairs: Pairs,
    by: GroupBy,
    names: &[&str],
) -> Result<Json<GroupPage>, ApiError> {
    let query = GroupQuery::from_pairs(pairs.0, names).map_err(ApiError::invalid)?;
    Ok(Json(state.traces.groups(member.project_id(), by, query).await?))
}

/// One session, over time.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/sessions/{session}",
    operation_id = "get_session",
    params(Span),
    responses((status = 200, body = Activity))
)]
pub(super) async fn session(
    state: State<AppState>,
    member: Member,
    path: Path<(String, String)>,
    pairs: Pairs,
) -> Result<Json<Activity>, ApiError> {
    one(state, member, path, pairs, GroupBy::Session, "session").await
}

/// One user, over time.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/users/{user}",
    operation_id = "get_user",
    params(Span),
    responses((status = 200, body = Activity))
)]
pub(super) async fn user(
    state: State<AppState>,
    member: Member,
    path: Path<(String, String)>,
    pairs: Pairs,
) -> Result<Json<Activity>, ApiError> {
    one(state, member, path, pairs, GroupBy::User, "user").await
}

async fn one(
    State(state): State<AppState>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
    pairs: Pairs,
    by: GroupBy,
    what: &str,
) -> Result<Json<Activity>, ApiError> {
    let query = GroupQuery::from_pairs(pairs.0, OF_ONE).map_err(ApiError::invalid)?;
    let found = state.traces.activity(member.project_id(), by, &id, query).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found(what))
}
