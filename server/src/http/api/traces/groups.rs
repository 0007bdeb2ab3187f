//! `/sessions` and `/users`.

use axum::Json;
use axum::extract::{Path, State};
use eventglass_engine::store::GroupBy;
use eventglass_model::{Activity, GroupPage, GroupQuery};

use crate::http::error::ApiError;
use crate::http::extract::{Member, Pairs};
use crate::state::AppState;

const OF_ONE: &[&str] = &["from", "to"];
const OF_USERS: &[&str] = &["from", "to", "q", "limit", "cursor"];

pub(super) async fn sessions(
    state: State<AppState>,
    member: Member,
    pairs: Pairs,
) -> Result<Json<GroupPage>, ApiError> {
    list(state, member, pairs, GroupBy::Session, GroupQuery::NAMES).await
}

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

pub(super) async fn session(
    state: State<AppState>,
    member: Member,
    path: Path<(String, String)>,
    pairs: Pairs,
) -> Result<Json<Activity>, ApiError> {
    one(state, member, path, pairs, GroupBy::Session, "session").await
}

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
