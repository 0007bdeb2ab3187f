//! Logging in and registering by a plain form, for browsers without scripts.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use eventglass_app::login::{HOME, is_local};
use eventglass_engine::access::AccountError;
use eventglass_model::{Credentials, Loc, SessionToken, decode_pairs, encode_pairs};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::auth::set_cookie;
use crate::http::error::ApiError;
use crate::http::extract::{ClientAddr, RawBody, is_same_origin};
use crate::http::openapi::ApiRouter;
use crate::state::AppState;

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default().routes(routes!(log_in)).routes(routes!(register))
}

/// Logs in by the form of the login page.
#[utoipa::path(
    post,
    path = "/api/auth/login/form",
    operation_id = "log_in_by_form",
    security(()),
    extensions(("x-internal" = json!(true))),
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "Goes on to `next` with a session, or back to the form with `error`"), (status = 403, description = "The form is not from this server's own pages (`cross_site`)"))
)]
async fn log_in(
    State(state): State<AppState>,
    client: ClientAddr,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, ApiError> {
    let (credentials, next) = read(&headers, &body)?;
    let session = state.accounts.log_in(credentials, &client.ip).await;
    answer("/login", session, &next, &state, &client)
}

/// Registers by the form of its page.
#[utoipa::path(
    post,
    path = "/api/auth/register/form",
    operation_id = "register_by_form",
    security(()),
    extensions(("x-internal" = json!(true))),
    request_body(content = LoginForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "Goes on to `next` with a session, or back to the form with `error`"), (status = 403, description = "The form is not from this server's own pages (`cross_site`)"))
)]
async fn register(
    State(state): State<AppState>,
    client: ClientAddr,
    headers: HeaderMap,
    body: RawBody,
) -> Result<Response, ApiError> {
    let (credentials, next) = read(&headers, &body)?;
    let session = state.accounts.register(credentials, &client.ip).await;
    answer("/register", session, &next, &state, &client)
}

/// What the form sends.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is described, never made")]
struct LoginForm {
    email: String,
    password: String,
    /// A path of this server.
    next: Option<String>,
}

/// What was filled in, and where to go then. A security boundary: a form on
/// another site must not log a visitor in as somebody else, and a link to our
/// form must not lead on to another site.
fn read(headers: &HeaderMap, body: &RawBody) -> Result<(Credentials, String), ApiError> {
    if !is_same_origin(headers) {
        let detail = "this form must come from this server's own pages";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "cross_site", detail));
    }
    let pairs = decode_pairs(body.text()?);
    let field = |name: &str| {
        let found = pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let credentials = Credentials {
        email: field("email"),
        password: field("password"),
    };
    let next = field("next");
    Ok((credentials, if is_local(&next) { next } else { HOME.to_owned() }))
}

/// Goes on to the next page with a session, or back to the form with the
/// word for what is wrong.
fn answer(
    form: &str,
    session: Result<SessionToken, AccountError>,
    next: &str,
    state: &AppState,
    client: &ClientAddr,
) -> Result<Response, ApiError> {
    let session = session.map(|session| session.token).map_err(ApiError::from);
    let location = match &session {
        Ok(_) => next.to_owned(),
        Err(error) if error.status.is_server_error() => return session.map(IntoResponse::into_response),
        Err(error) => {
            let at_fault = error.errors.first().and_then(|error| error.loc.last());
            let word = match at_fault {
                Some(Loc::Key(field)) => field,
                _ => error.code,
            };
            format!("{form}?{}", encode_pairs([("error", word), ("next", next)]))
        }
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::from_str(&location).unwrap_or(HeaderValue::from_static(HOME));
    response.headers_mut().insert(header::LOCATION, location);
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    if let Ok(token) = session {
        set_cookie(&mut response, &token, state.accounts.session_secs(), client);
    }
    Ok(response)
}
