//! One line a request.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

/// Logs method, path, status and time of a request once it is answered. The
/// query string is not logged: it holds what people search for. Requests for
/// probes and static files are at level debug.
pub async fn log_requests(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|route| route.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let took = started.elapsed();
    // To the microsecond: more digits are noise.
    let ms = (took.as_secs_f64() * 1e6).round() / 1e3;
    let labels = [
        ("status", status.to_string()),
        ("route", route.unwrap_or_else(|| "page".to_owned())),
    ];
    metrics::histogram!("eventglass_request_seconds", &labels).record(took.as_secs_f64());
    let quiet = ["/healthz", "/readyz", "/metrics"].contains(&path.as_str())
        || ["/pkg/", "/fonts/"].iter().any(|folder| path.starts_with(folder));
    if quiet {
        tracing::debug!(target: "eventglass::request", %method, path, status, ms, "request");
    } else {
        tracing::info!(target: "eventglass::request", %method, path, status, ms, "request");
    }
    response
}
