//! The HTTP face: router, middleware, the public API and the site.

mod api;
pub(crate) mod deadline;
pub(crate) mod error;
pub(crate) mod extract;
mod health;
mod log;
pub(crate) mod openapi;
mod site;

pub(crate) use api::create_project;

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::decompression::RequestDecompressionLayer;

use crate::doors;
use crate::http::error::ApiError;
use crate::http::openapi::ApiRouter;
use crate::state::AppState;

/// Every route but those of the site, each with its description.
fn described_routes() -> ApiRouter {
    ApiRouter::default()
        // People's answers are compressed; those of ingest are small, and on the hot path.
        .merge(
            api::routes().layer(
                CompressionLayer::new()
                    .br(true)
                    .gzip(true)
                    .zstd(true)
                    .quality(CompressionLevel::Precise(4)),
            ),
        )
        // Browsers send too. Keys travel in headers, never in cookies, so
        // that any origin may.
        .merge(doors::routes().layer(CorsLayer::permissive()))
        .merge(health::routes())
}

/// The whole of it: API, doors and pages.
pub fn router(state: AppState) -> Router {
    let settings = state.settings.clone();
    // Layers of the API run for pages that call it in process, too. The limit
    // is outside the decompression, so that it counts decompressed bytes.
    let api = Router::from(described_routes())
        .route("/api/{*rest}", any(no_route))
        .method_not_allowed_fallback(no_method)
        // What it cannot read is refused by whoever would, in their own words.
        .layer(RequestDecompressionLayer::new().pass_through_unaccepted(true))
        .layer(DefaultBodyLimit::max(settings.body_limit_bytes))
        .with_state(state);
    let timeout = Duration::from_secs(settings.request_timeout_secs);
    api.clone()
        .fallback_service(site::routes(api))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(timeout, deadline::keep))
        .layer(site::security_headers())
        .layer(from_fn(log::log_requests))
}

/// A fault of ours costs the request that met it, not its connection.
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied());
    ApiError::internal(format!("panic: {}", text.unwrap_or("unknown"))).into_response()
}

async fn no_route() -> ApiError {
    ApiError::not_found("route")
}

async fn no_method() -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this route does not take that method",
    )
}
