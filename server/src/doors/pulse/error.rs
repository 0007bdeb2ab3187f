//! PulseStream's errors: FastAPI's for the shape of a request, its own
//! envelope for all else.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_engine::ingest::IngestError;
use eventglass_engine::store::StoreError;
use eventglass_model::FieldError;
use serde_json::{Value, json};

use super::answer::sentence;
use crate::http::extract::{BodyError, KeyError};

/// Why a request to this door failed.
pub(super) enum PulseError {
    /// A status and a sentence.
    Http(StatusCode, String),
    /// The shape is wrong: 422 with `detail`.
    Fields(Vec<FieldError>),
    /// The shape is right and the content is not: 400.
    Business(Vec<String>),
    /// Try again: 503.
    Unavailable,
}

impl PulseError {
    pub(super) fn business(errors: &[FieldError]) -> Self {
        Self::Business(errors.iter().map(sentence).collect())
    }
}

impl IntoResponse for PulseError {
    fn into_response(self) -> Response {
        match self {
            Self::Http(status, message) => envelope(status, &json!(message)),
            Self::Fields(errors) => {
                let detail: Vec<Value> = errors.iter().map(detail).collect();
                (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "detail": detail }))).into_response()
            }
            Self::Business(errors) => {
                let message = json!({ "message": "Event ingestion failed", "errors": errors });
                envelope(StatusCode::BAD_REQUEST, &message)
            }
            Self::Unavailable => {
                let mut response = envelope(
                    StatusCode::SERVICE_UNAVAILABLE,
                    &json!("the events could not be stored; try again"),
                );
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
                response
            }
        }
    }
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

fn detail(error: &FieldError) -> Value {
    let kind = if error.msg == "field required" {
        "missing"
    } else {
        "value_error"
    };
    json!({ "type": kind, "loc": error.loc, "msg": error.msg })
}

impl From<KeyError> for PulseError {
    fn from(error: KeyError) -> Self {
        let (status, message) = error.parts();
        Self::Http(status, message.to_owned())
    }
}

impl From<BodyError> for PulseError {
    fn from(error: BodyError) -> Self {
        let (status, message) = error.parts();
        Self::Http(status, message)
    }
}

impl From<IngestError> for PulseError {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::TooManyEvents { .. } => Self::Http(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
            IngestError::Busy | IngestError::Closed | IngestError::Store(_) => Self::Unavailable,
        }
    }
}

impl From<StoreError> for PulseError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "search failed");
        Self::Http(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error".to_owned())
    }
}
