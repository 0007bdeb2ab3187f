//! A JSON body of a known shape.

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use eventglass_model::{FieldError, loc};
use serde::de::DeserializeOwned;

use super::RawBody;
use crate::http::error::ApiError;
use crate::state::AppState;

/// A JSON body. What is no JSON is 400; JSON of another shape is 422.
///
/// The content type must be JSON: forms on other sites cannot send that.
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let content_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("");
        let essence = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        if essence != "application/json" && !essence.ends_with("+json") {
            let detail = "send the body as `Content-Type: application/json`";
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
        }
        let body = RawBody::read(request, state).await?;
        serde_json::from_str(body.text()?)
            .map(Self)
            .map_err(|error| match error.classify() {
                serde_json::error::Category::Data => ApiError::invalid(vec![FieldError::new(loc!["body"], error)]),
                serde_json::error::Category::Io
                | serde_json::error::Category::Syntax
                | serde_json::error::Category::Eof => ApiError::new(
                    StatusCode::BAD_REQUEST,
                    "invalid_json",
                    format!("the body is not JSON: {error}"),
                ),
            })
    }
}
