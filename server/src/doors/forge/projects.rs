//! The older paths to projects. Source: contract 1.3.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use eventglass_model::{CreateProject, CreatedProject};
use serde_json::{Value, json};

use super::error::ForgeError;
use crate::http::create_project;
use crate::http::error::ApiError;
use crate::http::extract::{Caller, JsonBody, Member};
use crate::state::AppState;

/// That system lists without pages; nobody there has more projects than this.
const MOST: usize = 1_000;

pub(super) async fn list(
    State(state): State<AppState>,
    caller: Result<Caller, ApiError>,
) -> Result<Json<Value>, ForgeError> {
    let projects = state.workspace.list(&caller?.0, 0, MOST).await?;
    Ok(Json(json!({ "projects": projects })))
}

pub(super) async fn create(
    State(state): State<AppState>,
    caller: Result<Caller, ApiError>,
    body: Result<JsonBody<CreateProject>, ApiError>,
) -> Result<(StatusCode, Json<CreatedProject>), ForgeError> {
    Ok(create_project(State(state), caller?, body?).await?)
}

pub(super) async fn one(member: Result<Member, ApiError>) -> Result<Json<Value>, ForgeError> {
    Ok(Json(json!({ "project": member?.project() })))
}
