//! Errors of the public API: `application/problem+json`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_engine::access::{AccessError, AccountError};
use eventglass_engine::ingest::IngestError;
use eventglass_engine::store::StoreError;
use eventglass_model::{FieldError, Problem};

/// Said of a read while the database is away, full or busy.
pub(crate) const AWAY: &str = "the database cannot be reached, or is too busy, at the moment; try again";

/// An error on its way to the caller. The cause of a failure of ours is
/// logged where it is turned into one of these, and not sent.
#[derive(Debug)]
pub struct ApiError {
    /// HTTP status.
    pub status: StatusCode,
    /// A word for programs.
    pub code: &'static str,
    /// A sentence for people.
    pub detail: String,
    /// Fields at fault.
    pub errors: Vec<FieldError>,
    /// Seconds until it makes sense to try again.
    pub retry_after: Option<u64>,
}

impl ApiError {
    /// An error without fields.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// Fields are at fault: 422.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = errors
            .first()
            .map_or_else(|| "invalid request".to_owned(), |e| e.msg.clone());
        Self {
            errors,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
        }
    }

    /// Nobody is logged in: 401.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "log in, or send a session token as `Authorization: Bearer`",
        )
    }

    /// 404.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }

    /// Our fault: 500. Logs the cause.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the server failed; its log says why",
        )
    }

    /// Try again: 503.
    #[must_use]
    pub fn unavailable(detail: &str) -> Self {
        Self {
            retry_after: Some(1),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let mut problem = Problem::new(self.status.as_u16(), title, self.code, self.detail);
        problem.errors = self.errors;
        let mut response = (self.status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(secs) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(what) => Self::new(StatusCode::CONFLICT, "conflict", format!("{what} is taken")),
            StoreError::BadToken(name) => {
                Self::invalid(vec![FieldError::new(eventglass_model::loc!["query", name], error)])
            }
            error if error.is_passing() => {
                tracing::warn!(%error, "the database is away or busy");
                Self::unavailable(AWAY)
            }
            error @ (StoreError::Inconsistent(_)
            | StoreError::Database(_)
            | StoreError::Sqlite(_)
            | StoreError::Newer { .. }
            | StoreError::Refused(_)
            | StoreError::InUse
            | StoreError::File(_)
            | StoreError::Migrate(_)) => Self::internal(error),
        }
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        let detail = error.to_string();
        match error {
            AccountError::Invalid(errors) => Self::invalid(errors),
            AccountError::EmailTaken => Self::new(StatusCode::CONFLICT, "email_taken", detail),
            AccountError::WrongCredentials => Self::new(StatusCode::UNAUTHORIZED, "invalid_credentials", detail),
            AccountError::TooManyAttempts(secs) => Self {
                retry_after: Some(secs),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail)
            },
            AccountError::RegistrationClosed => Self::new(StatusCode::FORBIDDEN, "registration_closed", detail),
            AccountError::Store(error) => error.into(),
            AccountError::Password(_) | AccountError::Random(_) => Self::internal(detail),
        }
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::not_found("project"),
            AccessError::Forbidden => Self::new(StatusCode::FORBIDDEN, "forbidden", error.to_string()),
            AccessError::Store(error) => error.into(),
        }
    }
}

impl From<IngestError> for ApiError {
    fn from(error: IngestError) -> Self {
        let detail = error.to_string();
        match error {
            IngestError::TooManyEvents { .. } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many_events", detail),
            IngestError::Limited(limited) => Self {
                retry_after: Some(limited.retry_after),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
            },
            IngestError::Quota(quota) => Self {
                retry_after: Some(quota.retry_after),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, "quota_reached", detail)
            },
            IngestError::Busy | IngestError::Closed | IngestError::Halted(_) => Self::unavailable(&detail),
            // The writer has logged the cause.
            IngestError::Store(_) => Self::unavailable("the events could not be stored"),
        }
    }
}
