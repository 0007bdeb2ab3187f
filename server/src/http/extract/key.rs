//! The project that an API key writes to.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::http::error::ApiError;
use crate::state::AppState;

/// Headers that carry a key as it is. `x-api-key` is ours; the others are
/// what exporters of other systems send.
const KEY_HEADERS: &[&str] = &["x-api-key", "api-key", "api_key"];

/// The project of the request's API key.
#[derive(Clone, Copy, Debug)]
pub struct KeyProject(pub i64);

/// Why there is none. Doors answer it in their own dialect.
#[derive(Debug)]
pub enum KeyError {
    /// No key was sent.
    Missing,
    /// It is not a key of any project.
    Invalid,
    /// The store failed.
    Failed(ApiError),
}

impl KeyError {
    /// Status and sentence, for doors that send just those.
    #[must_use]
    pub fn parts(&self) -> (StatusCode, &str) {
        match self {
            Self::Missing => (StatusCode::UNAUTHORIZED, "API key required"),
            Self::Invalid => (StatusCode::UNAUTHORIZED, "Invalid API key"),
            Self::Failed(error) => (error.status, &error.detail),
        }
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        let (_, detail) = error.parts();
        let detail = detail.to_owned();
        match error {
            KeyError::Missing => Self::new(StatusCode::UNAUTHORIZED, "api_key_required", detail),
            KeyError::Invalid => Self::new(StatusCode::UNAUTHORIZED, "invalid_api_key", detail),
            KeyError::Failed(error) => error,
        }
    }
}

impl KeyProject {
    /// Finds the key of a request and its project.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub async fn of(headers: &HeaderMap, state: &AppState) -> Result<Self, KeyError> {
        let key = carried_key(headers).ok_or(KeyError::Missing)?;
        let project = state
            .keys
            .project_of(&key)
            .await
            .map_err(|e| KeyError::Failed(e.into()))?;
        project.map(Self).ok_or(KeyError::Invalid)
    }
}

impl FromRequestParts<AppState> for KeyProject {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        Ok(Self::of(&parts.headers, state).await?)
    }
}

/// The key in `X-API-Key`, as a Bearer token, or as the password of Basic.
fn carried_key(headers: &HeaderMap) -> Option<String> {
    for name in KEY_HEADERS {
        if let Some(value) = headers.get(*name) {
            return Some(value.to_str().ok()?.trim().to_owned());
        }
    }
    let (scheme, value) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(value.trim().to_owned());
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
        return decoded.split_once(':').map(|(_, password)| password.to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn key(name: &'static str, value: &str) -> Option<String> {
        let headers = [(HeaderName::from_static(name), value.parse().unwrap())]
            .into_iter()
            .collect();
        carried_key(&headers)
    }

    #[test]
    fn keys_travel_in_many_headers() {
        let expected = Some("proj_1_x".to_owned());
        assert_eq!(key("x-api-key", " proj_1_x "), expected);
        assert_eq!(key("authorization", "Bearer proj_1_x"), expected);
        assert_eq!(
            key("authorization", &format!("Basic {}", STANDARD.encode("any:proj_1_x"))),
            expected
        );
        assert_eq!(key("authorization", "Basic !!"), None);
        assert_eq!(key("authorization", "proj_1_x"), None);
    }
}
