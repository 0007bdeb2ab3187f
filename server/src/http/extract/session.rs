//! Who is logged in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use eventglass_engine::access::User;

use crate::http::error::ApiError;
use crate::state::AppState;

/// The cookie that holds a session's token in browsers.
pub const SESSION_COOKIE: &str = "eg_session";

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The user of the request's session.
pub struct Caller(pub User);

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let token = session_token(&parts.method, &parts.headers)?.ok_or_else(ApiError::unauthorized)?;
        let user = state.accounts.user(token).await?.ok_or_else(ApiError::unauthorized)?;
        state.traces.note_person();
        Ok(Self(user))
    }
}

/// The token that a request carries: as `Authorization: Bearer`, or as a
/// cookie. Browsers add the cookie to requests that other sites make, so that
/// a request which changes something must come from our own pages then.
///
/// # Errors
/// 403 for a changing request with a cookie from another site.
pub fn session_token<'a>(method: &Method, headers: &'a HeaderMap) -> Result<Option<&'a str>, ApiError> {
    if let Some(token) = bearer(headers) {
        return Ok(Some(token));
    }
    let Some(token) = cookie(headers, SESSION_COOKIE) else {
        return Ok(None);
    };
    if !method.is_safe() && !is_same_origin(headers) {
        let detail = "a request with a session cookie must come from this server's own pages";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "cross_site", detail));
    }
    Ok(Some(token))
}

/// The token of `Authorization: Bearer`, if it is not an API key.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.starts_with("proj_")).then_some(token)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Whether a browser says that our own page made the request. `Sec-Fetch-Site`
/// cannot be set by scripts; browsers without it send `Origin` with every
/// request that changes something.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    let origin = headers.get(header::ORIGIN).and_then(|v| v.to_str().ok());
    let authority = origin
        .and_then(|origin| origin.split_once("://"))
        .map(|(_, authority)| authority);
    authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(k, v)| (HeaderName::from_static(k), v.parse().unwrap()))
            .collect()
    }

    fn token(method: &Method, pairs: &[(&'static str, &str)]) -> Result<Option<String>, StatusCode> {
        session_token(method, &headers(pairs))
            .map(|t| t.map(str::to_owned))
            .map_err(|e| e.status)
    }

    #[test]
    fn other_sites_cannot_use_the_cookie() {
        let cookie = ("cookie", "a=b; eg_session=t0k3n");
        let yes = Ok(Some("t0k3n".to_owned()));
        let no = Err(StatusCode::FORBIDDEN);
        assert_eq!(token(&Method::GET, &[cookie, ("sec-fetch-site", "cross-site")]), yes);
        assert_eq!(token(&Method::POST, &[cookie, ("sec-fetch-site", "same-origin")]), yes);
        assert_eq!(token(&Method::POST, &[cookie, ("sec-fetch-site", "same-site")]), no);
        assert_eq!(token(&Method::DELETE, &[cookie, ("sec-fetch-site", "cross-site")]), no);
        assert_eq!(token(&Method::POST, &[cookie]), no);
        assert_eq!(
            token(
                &Method::POST,
                &[cookie, ("host", "eg.example"), ("origin", "https://eg.example")]
            ),
            yes
        );
        assert_eq!(
            token(
                &Method::POST,
                &[cookie, ("host", "eg.example"), ("origin", "https://evil.example")]
            ),
            no
        );
        assert_eq!(token(&Method::POST, &[("authorization", "bearer t0k3n")]), yes);
        assert_eq!(token(&Method::POST, &[("authorization", "Bearer proj_1_x")]), Ok(None));
    }
}
