//! `/api/v1/projects/{project}/keys`: the keys that SDKs send with.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventglass_engine::access::Role;
use eventglass_model::{ApiKeyList, CreateApiKey, CreatedApiKey, FieldError, loc};
use utoipa_axum::routes;

use super::page::IdPage;
use crate::http::error::ApiError;
use crate::http::extract::{JsonBody, Member, NoQuery, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::params::Page;
use crate::state::AppState;

/// The longest name of a key, in characters.
const NAME_CHARS: usize = 100;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
}

/// The keys that SDKs send with, newest first; for admins. Never their secrets.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/keys",
    operation_id = "list_keys",
    params(Page),
    responses((status = 200, body = ApiKeyList), (status = 403, description = "Only admins may (`role_too_low`)"))
)]
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

/// Makes a key; for admins. This answer is the only time that it is shown.
#[utoipa::path(
    post,
    path = "/api/v1/projects/{project}/keys",
    operation_id = "create_key",
    request_body = CreateApiKey,
    responses((status = 201, description = "Made", body = CreatedApiKey))
)]
async fn create(
    State(state): State<AppState>,
    member: Member,
    _: NoQuery,
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

/// Revokes a key, at once; for admins.
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{project}/keys/{key}",
    operation_id = "revoke_key",
    responses((status = 204, description = "Revoked"))
)]
async fn revoke(
    State(state): State<AppState>,
    member: Member,
    Path((_, key)): Path<(String, String)>,
    _: NoQuery,
) -> Result<StatusCode, ApiError> {
    let member = member.at_least(Role::Admin)?;
    let key = key.parse().map_err(|_| ApiError::not_found("key"))?;
    if state.keys.revoke(member.project_id(), key).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::not_found("key"))
}
