//! How a request of the typed client reaches the public API: over the network
//! from the browser, in process while the server renders.

/// A request to the public API. The caller's session travels by itself: the
/// browser adds its cookie, and the server passes on the visitor's.
#[derive(Clone, Debug)]
pub struct ApiRequest {
    /// `GET`, `POST`, `DELETE`, ...
    pub method: &'static str,
    /// Path and query, e.g. `/api/v1/projects?limit=10`.
    pub path: String,
    /// JSON, where there is a body.
    pub body: Option<String>,
}

/// The answer, whole.
#[derive(Clone, Debug)]
pub struct ApiResponse {
    /// HTTP status.
    pub status: u16,
    /// The body as text, JSON or `application/problem+json`.
    pub body: String,
}

#[cfg(feature = "ssr")]
mod server {
    use std::{future::Future, pin::Pin, sync::Arc};

    use super::{ApiRequest, ApiResponse};

    /// What the server puts into the context of each rendering: calls the
    /// public API in process as the visitor whose page is being rendered.
    #[derive(Clone)]
    pub struct InProcess(pub Arc<dyn Fn(ApiRequest) -> Answer + Send + Sync>);

    /// An answer to come.
    pub type Answer = Pin<Box<dyn Future<Output = ApiResponse> + Send>>;
}

#[cfg(feature = "ssr")]
pub use server::InProcess;
