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

pub(super) async fn health() -> Json<Value> {
    Json(json!({ "status": "OK", "version": env!("CARGO_PKG_VERSION") }))
}

/// What `auth_check()` reads: the project of the key.
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

/// Media are not stored. To be told that a file is there already is what
/// keeps the SDK from uploading it.
pub(super) async fn media(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Failed> {
    project_of_key(&headers, &state).await?;
    let answer = json!({ "mediaId": Uuid::now_v7().to_string(), "uploadUrl": null });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

pub(super) async fn media_done(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Value>, Failed> {
    project_of_key(&headers, &state).await?;
    Ok(Json(json!({})))
}

pub(super) async fn no_media(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Failed> {
    project_of_key(&headers, &state).await?;
    Ok(not_found("Media not found"))
}

/// There are no prompts here.
pub(super) async fn prompts(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Value>, Failed> {
    project_of_key(&headers, &state).await?;
    let meta = json!({ "page": 1, "limit": 50, "totalItems": 0, "totalPages": 0 });
    Ok(Json(json!({ "data": [], "meta": meta })))
}

/// 404, on which the SDK takes the fallback that the program gave it.
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
