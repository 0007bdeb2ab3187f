//! `/api/auth`.

use std::future::Future;

use eventglass_model::{Credentials, Me, SessionToken};

use super::{error::ApiResult, send};

/// Opens an account and a session; the browser gets the session as a cookie.
pub fn register(credentials: &Credentials) -> impl Future<Output = ApiResult<SessionToken>> + Send + use<> {
    send::post("/api/auth/register".to_owned(), credentials)
}

/// Opens a session; the browser gets it as a cookie.
pub fn log_in(credentials: &Credentials) -> impl Future<Output = ApiResult<SessionToken>> + Send + use<> {
    send::post("/api/auth/login".to_owned(), credentials)
}

/// Ends the session.
pub fn log_out() -> impl Future<Output = ApiResult<()>> + Send {
    send::command("POST", "/api/auth/logout".to_owned())
}

/// Who one is; status 401 when nobody.
pub fn me() -> impl Future<Output = ApiResult<Me>> + Send {
    send::get("/api/auth/me".to_owned())
}
