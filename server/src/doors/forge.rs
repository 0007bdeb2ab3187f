//! EvalForge's older paths. Source: `docs/contracts/` of that system, 1.3.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::http::create_project;
use crate::http::error::ApiError;
use crate::http::extract::{Caller, Member};
use crate::state::AppState;

/// That system lists without pages; nobody there has more projects than this.
const MOST: usize = 1_000;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/projects", get(list).post(create_project))
        .route("/api/projects/{project}", get(one))
}

async fn list(State(state): State<AppState>, Caller(user): Caller) -> Result<Json<Value>, ApiError> {
    let projects = state.workspace.list(&user, 0, MOST).await?;
    Ok(Json(json!({ "projects": projects })))
}

async fn one(member: Member, Path(_): Path<String>) -> Json<Value> {
    Json(json!({ "project": member.project() }))
}
