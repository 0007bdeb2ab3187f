//! The Langfuse door: its ingestion API and the small reads that its SDKs
//! make. Their traces come by OpenTelemetry (see the door `otlp`, which also
//! serves `/api/public/otel`); older SDKs, and scores of all of them, come here.
//!
//! Source: Langfuse's public API, `POST /api/public/ingestion` and friends.

mod batch;
mod fold;
mod names;
mod part;
mod reads;
mod score;
mod scores;
mod usage;

use axum::Json;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use eventglass_model::Door;
use serde_json::{Value, json};

use crate::doors::gate::{Dialect, Refusal};
use crate::state::AppState;

pub(super) use part::reread;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/public/ingestion", post(batch::ingestion))
        .route("/api/public/scores", post(scores::create))
        .route("/api/public/health", get(reads::health))
        .route("/api/public/projects", get(reads::projects))
        .route("/api/public/media", post(reads::media))
        .route("/api/public/media/{id}", patch(reads::media_done).get(reads::no_media))
        .route("/api/public/v2/prompts", get(reads::prompts))
        .route("/api/public/v2/prompts/{*name}", get(reads::no_prompt))
}

/// Langfuse's errors.
struct Langfuse;

impl Dialect for Langfuse {
    const DOOR: Door = Door::Langfuse;

    fn refuse(refusal: &Refusal, _: &HeaderMap) -> Response {
        refused(refusal)
    }
}

/// `{"error", "message"}`, as its handlers for each status word it.
fn refused(refusal: &Refusal) -> Response {
    let error = match refusal.status() {
        StatusCode::UNAUTHORIZED => "UnauthorizedError",
        StatusCode::NOT_FOUND => "LangfuseNotFoundError",
        StatusCode::TOO_MANY_REQUESTS => "RateLimitError",
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => "InvalidRequestError",
        StatusCode::SERVICE_UNAVAILABLE => "ServiceUnavailableError",
        _ => "InternalServerError",
    };
    // Its SDKs try 5xx and 429 again, and nothing else; 422 is not one it sends.
    let status = match refusal.status() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    (status, Json(error_body(error, &refusal.sentence()))).into_response()
}

fn error_body(error: &str, message: &str) -> Value {
    json!({ "error": error, "message": message })
}
