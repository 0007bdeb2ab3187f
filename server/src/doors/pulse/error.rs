//! PulseStream's errors: FastAPI's for the shape of a request, its own
//! envelope for all else.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_model::{FieldError, loc};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Pulse;
use super::answer::sentence;
use crate::doors::fastapi;
use crate::doors::gate::{Refusal, failed_read};

/// Its envelope.
#[derive(ToSchema)]
#[schema(as = PulseStreamError)]
#[expect(dead_code, reason = "it is described, never made")]
pub(super) struct PulseFault {
    /// Always `HTTP_ERROR`.
    error: String,
    /// A sentence, or `{"message", "errors"}`.
    message: Value,
    /// HTTP status.
    status_code: u16,
}

/// A whole request refused.
pub(super) fn of(refusal: &Refusal) -> Response {
    match refusal {
        Refusal::Invalid(errors) => fields(errors),
        // Whatever else is 422 has that status's shape, too.
        Refusal::OtherBody => fields(&[FieldError::new(loc!["header", "Idempotency-Key"], refusal.sentence())]),
        Refusal::TooManyEvents(_) => fields(&[FieldError::new(loc!["body", "events"], refusal.sentence())]),
        Refusal::NotFound("event") => envelope(refusal.status(), &json!("Event not found")),
        _ => envelope(refusal.status(), &json!(refusal.sentence())),
    }
}

/// The shape is wrong: 422 with `detail`.
pub(super) fn fields(errors: &[FieldError]) -> Response {
    fastapi::unprocessable(errors)
}

/// The shape is right and the content is not: 400.
pub(super) fn business(errors: &[FieldError]) -> Response {
    let errors: Vec<String> = errors.iter().map(sentence).collect();
    let message = json!({ "message": "Event ingestion failed", "errors": errors });
    envelope(StatusCode::BAD_REQUEST, &message)
}

fn envelope(status: StatusCode, message: &Value) -> Response {
    let body = json!({ "error": "HTTP_ERROR", "message": message, "status_code": status.as_u16() });
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("APIKey"));
    }
    response
}

/// An error of a read of this door.
pub(super) struct PulseError(pub(super) Refusal);

impl<E: Into<Refusal>> From<E> for PulseError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for PulseError {
    fn into_response(self) -> Response {
        failed_read::<Pulse>(&self.0)
    }
}
