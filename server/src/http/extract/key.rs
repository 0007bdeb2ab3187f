//! The API key of a request.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eventglass_engine::store::{KeyHolder, StoreError};

use crate::state::AppState;

/// Headers that carry a key as it is. `x-api-key` is ours; the others are
/// what exporters of other systems send.
const KEY_HEADERS: &[&str] = &["x-api-key", "api-key", "api_key", "x-honeycomb-team"];

/// Why there is none. Doors answer it in their own dialect.
#[derive(Debug)]
pub enum KeyError {
    /// No key was sent.
    Missing,
    /// It is not a key of any project.
    Invalid,
    /// The store failed.
    Failed(StoreError),
}

/// Which key a request carries, and whose.
///
/// # Errors
/// See [`KeyError`].
pub async fn holder_of_key(headers: &HeaderMap, state: &AppState) -> Result<KeyHolder, KeyError> {
    let key = carried_key(headers).ok_or(KeyError::Missing)?;
    let holder = state.keys.holder_of(&key).await.map_err(KeyError::Failed)?;
    holder.ok_or(KeyError::Invalid)
}

/// What every key begins with.
const KEY_START: &str = "proj_";

/// The key in `X-API-Key` or its like, as a Bearer token, as the password of
/// Basic, or, as Opik's exporters send it, alone in `Authorization`.
fn carried_key(headers: &HeaderMap) -> Option<String> {
    for name in KEY_HEADERS {
        if let Some(value) = headers.get(*name) {
            return Some(value.to_str().ok()?.trim().to_owned());
        }
    }
    let authorization = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    if authorization.starts_with(KEY_START) {
        return Some(authorization.to_owned());
    }
    let (scheme, value) = authorization.split_once(' ')?;
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
        for name in KEY_HEADERS {
            assert_eq!(key(name, " proj_1_x "), expected, "{name}");
        }
        assert_eq!(key("authorization", " proj_1_x "), expected);
        assert_eq!(key("authorization", "Bearer proj_1_x"), expected);
        assert_eq!(
            key("authorization", &format!("Basic {}", STANDARD.encode("any:proj_1_x"))),
            expected
        );
        assert_eq!(key("authorization", "Basic !!"), None);
        assert_eq!(key("authorization", "something-else"), None);
        assert_eq!(key("x-other", "proj_1_x"), None);
    }
}
