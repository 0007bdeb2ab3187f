//! A body, whole and as text.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;

use super::encoding::{ENCODINGS, is_encoded};
use crate::http::error::ApiError;
use crate::state::AppState;

/// A body within the limit, decompressed. The limit counts decompressed
/// bytes as they come, so that a bomb is stopped at the limit.
pub struct RawBody(pub Bytes);

/// Why there is none. Doors answer it in their own dialect.
#[derive(Debug)]
pub enum BodyError {
    /// Over the limit (of so many bytes).
    TooLarge(usize),
    /// It is compressed in a way that is not read.
    Encoded,
    /// It ended early or does not decompress.
    Broken(String),
}

impl BodyError {
    /// Status and sentence.
    #[must_use]
    pub fn parts(&self) -> (StatusCode, String) {
        match self {
            Self::TooLarge(limit) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body must have at most {limit} bytes (decompressed)"),
            ),
            Self::Encoded => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                format!("a body may be compressed with one of: {ENCODINGS}"),
            ),
            Self::Broken(why) => (StatusCode::BAD_REQUEST, format!("the body could not be read: {why}")),
        }
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        let (status, detail) = error.parts();
        let code = match error {
            BodyError::TooLarge(_) => "body_too_large",
            BodyError::Encoded => "body_encoding",
            BodyError::Broken(_) => "body_unreadable",
        };
        Self::new(status, code, detail)
    }
}

impl RawBody {
    /// Reads the body.
    ///
    /// # Errors
    /// See [`BodyError`].
    pub async fn read(request: Request, state: &AppState) -> Result<Self, BodyError> {
        if is_encoded(request.headers()) {
            return Err(BodyError::Encoded);
        }
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(BodyError::TooLarge(state.settings.body_limit_bytes))
            }
            Err(rejection) => Err(BodyError::Broken(rejection.body_text())),
        }
    }

    /// The body as text.
    ///
    /// # Errors
    /// When it is not UTF-8.
    pub fn text(&self) -> Result<&str, BodyError> {
        // A byte order mark is not JSON, but Windows tools write one.
        let bytes = self.0.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.0);
        std::str::from_utf8(bytes).map_err(|e| BodyError::Broken(e.to_string()))
    }
}

impl FromRequest<AppState> for RawBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        Ok(Self::read(request, state).await?)
    }
}
