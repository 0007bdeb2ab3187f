//! `/api/v1/projects`: making projects and listing one's own.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use eventglass_model::{CreateProject, CreatedProject, Project, ProjectList};
use utoipa_axum::routes;

use super::page::IdPage;
use crate::http::error::ApiError;
use crate::http::extract::{Caller, JsonBody, Member, NoQuery, Pairs};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::params::Page;
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(list, create_one))
        .routes(routes!(one))
}

/// The projects that one is a member of.
#[utoipa::path(
    get,
    path = "/api/v1/projects",
    operation_id = "list_projects",
    params(Page),
    responses((status = 200, body = ProjectList))
)]
async fn list(
    State(state): State<AppState>,
    Caller(user): Caller,
    pairs: Pairs,
) -> Result<Json<ProjectList>, ApiError> {
    let page = IdPage::read(pairs)?;
    let mut items = state
        .workspace
        .list(&user, page.cursor.unwrap_or(0), page.limit + 1)
        .await?;
    let next_cursor = page.cut(&mut items, |project| project.id);
    Ok(Json(ProjectList { items, next_cursor }))
}

/// Makes a project, with its first key.
///
/// Who makes it is its owner. This answer is the only time that the key is shown.
/// 403 when their plan allows no further project.
#[utoipa::path(
    post,
    path = "/api/v1/projects",
    operation_id = "create_project",
    request_body = CreateProject,
    responses((status = 201, description = "Made", body = CreatedProject))
)]
async fn create_one(
    state: State<AppState>,
    caller: Caller,
    _: NoQuery,
    body: JsonBody<CreateProject>,
) -> Result<(StatusCode, Json<CreatedProject>), ApiError> {
    create(state, caller, body).await
}

/// Also behind the older `/api/projects`.
pub(crate) async fn create(
    State(state): State<AppState>,
    Caller(user): Caller,
    JsonBody(new): JsonBody<CreateProject>,
) -> Result<(StatusCode, Json<CreatedProject>), ApiError> {
    let owned = state.workspace.plans_of(&user).await?;
    if let Err((plan, most)) = state.ingest.policies().plans().allow_project(&owned) {
        let noun = if most == 1 { "project" } else { "projects" };
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "quota_reached",
            format!("the {plan} plan allows {most} {noun}, and you own {}", owned.len()),
        ));
    }
    let created = state.workspace.create(&user, new).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// One project.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}",
    operation_id = "get_project",
    responses((status = 200, body = Project))
)]
async fn one(member: Member, _: NoQuery) -> Json<Project> {
    Json(member.project().clone())
}
