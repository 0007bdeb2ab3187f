//! EvalForge's errors: `{"error": "…"}`, and of a limit a `message` besides.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_engine::access::AccessError;
use eventglass_model::FieldError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::doors::gate::Refusal;
use crate::http::error::ApiError;

/// The shape of an error.
#[derive(ToSchema)]
#[schema(as = EvalForgeError)]
#[expect(dead_code, reason = "it is described, never made")]
pub(super) struct ForgeFault {
    /// What is wrong.
    error: String,
    /// Of a limit: which.
    message: Option<String>,
    /// Of wrong fields: each.
    errors: Option<Vec<FieldError>>,
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

/// A whole request refused.
pub(super) fn of(refusal: &Refusal) -> Response {
    let sentence = refusal.sentence();
    let (error, message) = match refusal {
        Refusal::Limited(_) | Refusal::Quota(_) => ("Rate limit exceeded", Some(sentence.as_str())),
        _ => (sentence.as_str(), None),
    };
    let errors = match refusal {
        Refusal::Invalid(errors) => errors.as_slice(),
        _ => &[],
    };
    // Its clients know 400 for whatever is wrong with a request, and no 422.
    let status = match refusal.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    (status, Json(Body { error, message, errors })).into_response()
}

/// An error of the public API, in the words of this door.
pub(super) struct ForgeError(ApiError);

impl ForgeError {
    /// The request asks for something that cannot be: 400.
    pub(super) fn bad(detail: impl Into<String>) -> Self {
        Self(ApiError::new(StatusCode::BAD_REQUEST, "bad_request", detail))
    }

    /// Whoever may not come in is not told whether the project is there. That
    /// the store failed is another matter.
    pub(super) fn of_access(error: AccessError) -> Self {
        match error {
            AccessError::Store(error) => error.into(),
            AccessError::NotFound | AccessError::Forbidden => Self::no_access(),
        }
    }

    /// The project is not theirs, or is not: 403.
    pub(super) fn no_access() -> Self {
        Self(ApiError::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "Invalid project access",
        ))
    }
}

impl<E: Into<ApiError>> From<E> for ForgeError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ForgeError {
    fn into_response(self) -> Response {
        // That system knows no 422.
        let status = match self.0.status {
            StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
            status => status,
        };
        let body = Body {
            error: &self.0.detail,
            message: None,
            errors: &self.0.errors,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
