//! `/api/auth/*`: registering, logging in and out, and who one is.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use eventglass_model::{Credentials, Me, SessionToken};

use crate::http::error::ApiError;
use crate::http::extract::{Caller, ClientAddr, JsonBody, SESSION_COOKIE, session_token};
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/auth/register", post(register))
        .route("/api/auth/login", post(log_in))
        .route("/api/auth/logout", post(log_out))
        .route("/api/auth/me", get(me))
}

async fn register(
    State(state): State<AppState>,
    client: ClientAddr,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<Response, ApiError> {
    let session = state.accounts.register(credentials, &client.ip).await?;
    Ok(opened(StatusCode::CREATED, session, &state, &client))
}

async fn log_in(
    State(state): State<AppState>,
    client: ClientAddr,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<Response, ApiError> {
    let session = state.accounts.log_in(credentials, &client.ip).await?;
    Ok(opened(StatusCode::OK, session, &state, &client))
}

async fn log_out(
    State(state): State<AppState>,
    client: ClientAddr,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(token) = session_token(&method, &headers)? {
        state.accounts.log_out(token).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, "", 0, &client);
    Ok(response)
}

async fn me(Caller(user): Caller) -> Json<Me> {
    Json(user.me)
}

fn opened(status: StatusCode, session: SessionToken, state: &AppState, client: &ClientAddr) -> Response {
    let token = session.token.clone();
    let mut response = (status, Json(session)).into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    set_cookie(&mut response, &token, state.accounts.session_secs(), client);
    response
}

/// `SameSite=Lax`: links from other sites open a page logged in, their forms
/// and scripts do nothing. `Secure` where the visitor came by TLS.
pub(super) fn set_cookie(response: &mut Response, token: &str, max_age: i64, client: &ClientAddr) {
    let secure = if client.https { "; Secure" } else { "" };
    let cookie = format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    // Tokens are letters and digits, so that this is always a header value.
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
