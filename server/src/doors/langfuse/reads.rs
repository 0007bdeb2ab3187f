//! The small reads that Langfuse's SDKs make, answered so that they carry on.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Langfuse, error_body};
use crate::doors::gate::{Refusal, failed_read, project_of_key};
use crate::state::AppState;

/// The server runs.
#[utoipa::path(
    get,
    path = "/api/public/health",
    operation_id = "langfuse_get_health",
    security(()),
    responses((status = 200, description = "`status` and `version`", body = Object))
)]
pub(super) async fn health() -> Json<Value> {
    Json(json!({ "status": "OK", "version": env!("CARGO_PKG_VERSION") }))
}

/// The project of the key: what `auth_check()` reads.
#[utoipa::path(
    get,
    path = "/api/public/projects",
    operation_id = "langfuse_list_projects",
    responses((status = 200, description = "`data`, with one project", body = Object))
)]
pub(super) async fn projects(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Value>, Failed> {
    let id = project_of_key(&headers, &state).await?;
    let project = state
        .store
        .project_by_id(id)
        .await
        .map_err(Refusal::from)?
        .ok_or(Refusal::KeyWrong)?;
    Ok(Json(json!({ "data": [{
        "id": project.id.to_string(),
        "name": project.name,
        "organization": { "id": "eventglass", "name": "Eventglass" },
        "metadata": {},
        "retentionDays": null,
    }] })))
}

/// Media are not stored: says that the file is there already.
///
/// To be told that is what keeps the SDK from uploading it.
#[utoipa::path(
    post,
    path = "/api/public/media",
    operation_id = "langfuse_announce_media",
    responses((status = 201, description = "An id, and no place to upload to", body = Object))
)]
pub(super) async fn media(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Failed> {
    project_of_key(&headers, &state).await?;
    let answer = json!({ "mediaId": Uuid::now_v7().to_string(), "uploadUrl": null });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Takes note of an upload that did not happen.
#[utoipa::path(
    patch,
    path = "/api/public/media/{media}",
    operation_id = "langfuse_finish_media",
    responses((status = 200, description = "Noted", body = Object))
)]
pub(super) async fn media_done(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Value>, Failed> {
    project_of_key(&headers, &state).await?;
    Ok(Json(json!({})))
}

/// There are no media here: 404.
#[utoipa::path(
    get,
    path = "/api/public/media/{media}",
    operation_id = "langfuse_get_media",
    responses((status = 404, description = "There are none"))
)]
pub(super) async fn no_media(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Failed> {
    project_of_key(&headers, &state).await?;
    Ok(not_found("Media not found"))
}

/// There are no prompts here: an empty list.
#[utoipa::path(
    get,
    path = "/api/public/v2/prompts",
    operation_id = "langfuse_list_prompts",
    responses((status = 200, description = "`data`, which is empty, and `meta`", body = Object))
)]
pub(super) async fn prompts(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Value>, Failed> {
    project_of_key(&headers, &state).await?;
    let meta = json!({ "page": 1, "limit": 50, "totalItems": 0, "totalPages": 0 });
    Ok(Json(json!({ "data": [], "meta": meta })))
}

/// There are no prompts here: 404, on which the SDK takes the fallback that the program gave it.
#[utoipa::path(
    get,
    path = "/api/public/v2/prompts/{*name}",
    operation_id = "langfuse_get_prompt",
    responses((status = 404, description = "There are none"))
)]
pub(super) async fn no_prompt(
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Response, Failed> {
    project_of_key(&headers, &state).await?;
    Ok(not_found(&format!("Prompt not found: '{name}'")))
}

fn not_found(message: &str) -> Response {
    (
        StatusCode::NOT_FOUND,
        Json(error_body("LangfuseNotFoundError", message)),
    )
        .into_response()
}

/// A read that failed, in Langfuse's words.
pub(super) struct Failed(Refusal);

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        failed_read::<Langfuse>(&self.0)
    }
}
