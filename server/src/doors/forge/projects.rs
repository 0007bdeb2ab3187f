//! The older paths to projects. Source: contract 1.3.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use eventglass_model::{CreateProject, CreatedProject, Project};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::error::ForgeError;
use crate::http::create_project;
use crate::http::error::ApiError;
use crate::http::extract::{Caller, JsonBody, Member};
use crate::state::AppState;

/// That system lists without pages; nobody there has more projects than this.
const MOST: usize = 1_000;

/// `{"projects": […]}`.
#[derive(ToSchema)]
#[schema(as = EvalForgeProjects)]
#[expect(dead_code, reason = "it is described, never made")]
struct Projects {
    projects: Vec<Project>,
}

/// `{"project": …}`.
#[derive(ToSchema)]
#[schema(as = EvalForgeProject)]
#[expect(dead_code, reason = "it is described, never made")]
struct One {
    project: Project,
}

/// The projects that one is a member of.
#[utoipa::path(
    get,
    path = "/api/projects",
    operation_id = "forge_list_projects",
    security(("session_token" = []), ("session_cookie" = [])),
    responses((status = 200, body = Projects))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Result<Caller, ApiError>,
) -> Result<Json<Value>, ForgeError> {
    let projects = state.workspace.list(&caller?.0, 0, MOST).await?;
    Ok(Json(json!({ "projects": projects })))
}

/// Makes a project, with its first key.
#[utoipa::path(
    post,
    path = "/api/projects",
    operation_id = "forge_create_project",
    security(("session_token" = []), ("session_cookie" = [])),
    request_body = CreateProject,
    responses((status = 201, description = "Made", body = CreatedProject), (status = 415, description = "The body is of a type that is not read here"))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Result<Caller, ApiError>,
    body: Result<JsonBody<CreateProject>, ApiError>,
) -> Result<(StatusCode, Json<CreatedProject>), ForgeError> {
    Ok(create_project(State(state), caller?, body?).await?)
}

/// One project.
#[utoipa::path(
    get,
    path = "/api/projects/{project}",
    operation_id = "forge_get_project",
    security(("session_token" = []), ("session_cookie" = [])),
    responses((status = 200, body = One))
)]
pub(super) async fn one(member: Result<Member, ApiError>) -> Result<Json<Value>, ForgeError> {
    Ok(Json(json!({ "project": member?.project() })))
}
