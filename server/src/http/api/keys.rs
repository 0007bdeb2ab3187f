//! `/api/v1/projects/{project}/keys`: the keys that SDKs send with.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get};
use axum::{Json, Router};
use eventglass_engine::access::Role;
use eventglass_model::{ApiKeyList, CreateApiKey, CreatedApiKey, FieldError, loc};

use super::page::IdPage;
use crate::http::error::ApiError;
use crate::http::extract::{JsonBody, Member, Pairs};
use crate::state::AppState;

/// The longest name of a key, in characters.
const NAME_CHARS: usize = 100;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/projects/{project}/keys", get(list).post(create))
        .route("/api/v1/projects/{project}/keys/{key}", delete(revoke))
}

async fn list(State(state): State<AppState>, member: Member, pairs: Pairs) -> Result<Json<ApiKeyList>, ApiError> {
    let member = member.at_least(Role::Admin)?;
    let page = IdPage::read(pairs)?;
    let mut items = state
        .keys
        .list(member.project_id(), page.cursor.unwrap_or(i64::MAX), page.limit + 1)
        .await?;
    let next_cursor = page.cut(&mut items, |key| key.id);
    Ok(Json(ApiKeyList { items, next_cursor }))
}

async fn create(
    State(state): State<AppState>,
    member: Member,
    JsonBody(new): JsonBody<CreateApiKey>,
) -> Result<(StatusCode, Json<CreatedApiKey>), ApiError> {
    let member = member.at_least(Role::Admin)?;
    let name = new.name.trim();
    if name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        let msg = format!("must have at most {NAME_CHARS} characters, none of them a control character");
        return Err(ApiError::invalid(vec![FieldError::new(loc!["body", "name"], msg)]));
    }
    let created = state.keys.create(member.project_id(), name).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

async fn revoke(
    State(state): State<AppState>,
    member: Member,
    Path((_, key)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let member = member.at_least(Role::Admin)?;
    let key = key.parse().map_err(|_| ApiError::not_found("key"))?;
    if state.keys.revoke(member.project_id(), key).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::not_found("key"))
}
