//! `/api/auth/*`: registering, logging in and out, and who one is.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_model::{Credentials, Me, SessionToken};
use utoipa_axum::routes;

use crate::http::error::ApiError;
use crate::http::extract::{Caller, ClientAddr, JsonBody, NoQuery, SESSION_COOKIE, session_token};
use crate::http::openapi::ApiRouter;
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(register))
        .routes(routes!(log_in))
        .routes(routes!(log_out))
        .routes(routes!(me))
}

/// Registers somebody, and logs them in.
///
/// Browsers get the session as a cookie, too.
#[utoipa::path(
    post,
    path = "/api/auth/register",
    operation_id = "register",
    security(()),
    request_body = Credentials,
    responses((status = 201, description = "Registered", body = SessionToken), (status = 403, description = "Only whoever runs this installation adds people (`registration_closed`)"), (status = 409, description = "Somebody has that address (`email_taken`)"), (status = 429, description = "Too many attempts (`too_many_attempts`)"))
)]
async fn register(
    State(state): State<AppState>,
    client: ClientAddr,
    _: NoQuery,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<Response, ApiError> {
    let session = state.accounts.register(credentials, &client.ip).await?;
    Ok(opened(StatusCode::CREATED, session, &state, &client))
}

/// Logs somebody in.
///
/// Browsers get the session as a cookie, too.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    operation_id = "log_in",
    security(()),
    request_body = Credentials,
    responses((status = 200, description = "Logged in", body = SessionToken), (status = 401, description = "There is nobody with that address and password (`invalid_credentials`)"), (status = 429, description = "Too many attempts (`too_many_attempts`)"))
)]
async fn log_in(
    State(state): State<AppState>,
    client: ClientAddr,
    _: NoQuery,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<Response, ApiError> {
    let session = state.accounts.log_in(credentials, &client.ip).await?;
    Ok(opened(StatusCode::OK, session, &state, &client))
}

/// Ends the session, if there is one.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    operation_id = "log_out",
    security((), ("session_token" = []), ("session_cookie" = [])),
    responses((status = 204, description = "Logged out"), (status = 403, description = "A cookie came from another site (`cross_site`)"))
)]
async fn log_out(
    State(state): State<AppState>,
    client: ClientAddr,
    method: Method,
    headers: HeaderMap,
    _: NoQuery,
) -> Result<Response, ApiError> {
    if let Some(token) = session_token(&method, &headers)? {
        state.accounts.log_out(token).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, "", 0, &client);
    Ok(response)
}

/// Who is logged in.
#[utoipa::path(
    get,
    path = "/api/auth/me",
    operation_id = "get_me",
    responses((status = 200, body = Me))
)]
async fn me(Caller(user): Caller, _: NoQuery) -> Json<Me> {
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
