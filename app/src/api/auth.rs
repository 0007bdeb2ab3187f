//! `/api/auth`.

use std::future::Future;

use eventglass_model::Credentials;

use super::{error::ApiResult, send};

/// Who one is ([`Me`](eventglass_model::Me)); status 401 when nobody.
pub const ME: &str = "/api/auth/me";

/// Opens an account and a session, which the browser gets as a cookie.
pub fn register(credentials: &Credentials) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    open("/api/auth/register", credentials)
}

/// Opens a session, which the browser gets as a cookie.
pub fn log_in(credentials: &Credentials) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    open("/api/auth/login", credentials)
}

fn open(path: &str, credentials: &Credentials) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    // Two strings: nothing in them can fail to serialise.
    let body = serde_json::to_string(credentials).unwrap_or_default();
    send::command("POST", path.to_owned(), Some(body))
}

/// Ends the session.
pub fn log_out() -> impl Future<Output = ApiResult<()>> + Send {
    send::command("POST", "/api/auth/logout".to_owned(), None)
}
