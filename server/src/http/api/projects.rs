//! `/api/v1/projects`: making projects and listing one's own.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use eventglass_model::{CreateProject, CreatedProject, Project, ProjectList};

use super::page::IdPage;
use crate::http::error::ApiError;
use crate::http::extract::{Caller, JsonBody, Member, NoQuery, Pairs};
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/projects", get(list).post(create))
        .route("/api/v1/projects/{project}", get(one))
}

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

/// Also behind the older `/api/projects`.
pub(crate) async fn create(
    State(state): State<AppState>,
    Caller(user): Caller,
    JsonBody(new): JsonBody<CreateProject>,
) -> Result<(StatusCode, Json<CreatedProject>), ApiError> {
    let created = state.workspace.create(&user, new).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

async fn one(member: Member, _: NoQuery) -> Json<Project> {
    Json(member.project().clone())
}
