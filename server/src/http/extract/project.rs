//! The project of the path, for somebody who belongs to it.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use eventglass_engine::access::{Access, Role};
use eventglass_model::Project;

use super::Caller;
use crate::http::error::ApiError;
use crate::state::AppState;

/// A member of the project named by the path's `{project}` (id or slug).
pub struct Member(Access);

impl Member {
    /// The project.
    #[must_use]
    pub fn project(&self) -> &Project {
        &self.0.project
    }

    /// The project, and what they may do in it.
    #[must_use]
    pub const fn access(&self) -> &Access {
        &self.0
    }

    /// Its id, for whoever only looks.
    #[must_use]
    pub fn project_id(&self) -> i64 {
        self.0.project.id
    }

    /// Goes on for this role and those above it.
    ///
    /// # Errors
    /// 403 for those below.
    pub fn at_least(self, role: Role) -> Result<Self, ApiError> {
        if self.0.role >= role {
            return Ok(self);
        }
        Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "role_too_low",
            "your role in this project does not allow that",
        ))
    }
}

impl FromRequestParts<AppState> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let Caller(user) = Caller::from_request_parts(parts, state).await?;
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(ApiError::internal)?;
        let project = params
            .iter()
            .find(|(name, _)| *name == "project")
            .map(|(_, value)| value);
        let project = project.ok_or_else(|| ApiError::internal("route without {project}"))?;
        Ok(Self(state.workspace.open(&user, project).await?))
    }
}
