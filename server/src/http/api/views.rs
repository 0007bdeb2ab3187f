//! `/api/v1/projects/{project}/views`: searches that are kept by name.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use eventglass_engine::access::{ViewError, Views};
use eventglass_model::{View, ViewList, ViewSettings};
use utoipa_axum::routes;

use crate::http::error::ApiError;
use crate::http::extract::{Caller, JsonBody, Member, NoQuery};
use crate::http::openapi::ApiRouter;
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(list, create))
        .routes(routes!(change, remove))
}

fn views<'a>(state: &'a AppState, caller: &'a Caller, member: &'a Member) -> Views<'a> {
    Views {
        store: &state.store,
        clock: &state.clock,
        user: &caller.0,
        access: member.access(),
    }
}

/// Searches that are kept by name: one's own, and those that are shared.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{project}/views",
    operation_id = "list_views",
    responses((status = 200, body = ViewList))
)]
async fn list(
    State(state): State<AppState>,
    caller: Caller,
    member: Member,
    _: NoQuery,
) -> Result<Json<ViewList>, ApiError> {
    let items = views(&state, &caller, &member).list().await?;
    Ok(Json(ViewList {
        items,
        next_cursor: None,
    }))
}

/// Keeps a search by a name.
#[utoipa::path(
    post,
    path = "/api/v1/projects/{project}/views",
    operation_id = "create_view",
    request_body = ViewSettings,
    responses((status = 201, description = "Kept", body = View), (status = 409, description = "You have a view of that name (`conflict`)"))
)]
async fn create(
    State(state): State<AppState>,
    caller: Caller,
    member: Member,
    _: NoQuery,
    JsonBody(settings): JsonBody<ViewSettings>,
) -> Result<(StatusCode, Json<View>), ApiError> {
    let view = views(&state, &caller, &member).create(settings).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Changes a view: one's own, or, for admins, a shared one.
#[utoipa::path(
    put,
    path = "/api/v1/projects/{project}/views/{view}",
    operation_id = "change_view",
    request_body = ViewSettings,
    responses((status = 200, body = View), (status = 409, description = "You have a view of that name (`conflict`)"))
)]
async fn change(
    State(state): State<AppState>,
    caller: Caller,
    member: Member,
    Path((_, view)): Path<(String, String)>,
    _: NoQuery,
    JsonBody(settings): JsonBody<ViewSettings>,
) -> Result<Json<View>, ApiError> {
    Ok(Json(
        views(&state, &caller, &member).change(id(&view)?, settings).await?,
    ))
}

/// Forgets a view.
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{project}/views/{view}",
    operation_id = "remove_view",
    responses((status = 204, description = "Forgotten"))
)]
async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    member: Member,
    Path((_, view)): Path<(String, String)>,
    _: NoQuery,
) -> Result<StatusCode, ApiError> {
    views(&state, &caller, &member).remove(id(&view)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn id(text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| ApiError::not_found("view"))
}

impl From<ViewError> for ApiError {
    fn from(error: ViewError) -> Self {
        let detail = error.to_string();
        match error {
            ViewError::Invalid(errors) => Self::invalid(errors),
            ViewError::NotFound => Self::not_found("view"),
            ViewError::NotYours => Self::new(StatusCode::FORBIDDEN, "not_yours", detail),
            ViewError::RoleTooLow => Self::new(StatusCode::FORBIDDEN, "role_too_low", detail),
            ViewError::TooMany => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many_views", detail),
            ViewError::Store(error) => error.into(),
        }
    }
}
