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
mod shape;
mod usage;

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use eventglass_model::Door;
use serde_json::{Value, json};
use utoipa_axum::routes;

use crate::doors::gate::{Dialect, Refusal, framed};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::{Speech, door};

pub(super) use part::reread;

pub(super) fn routes() -> ApiRouter {
    let all = ApiRouter::default()
        .routes(routes!(batch::ingestion))
        .routes(routes!(scores::create))
        .routes(routes!(reads::health))
        .routes(routes!(reads::projects))
        .routes(routes!(reads::media))
        .routes(routes!(reads::media_done, reads::no_media))
        .routes(routes!(reads::prompts))
        .routes(routes!(reads::no_prompt));
    let speech = Speech {
        tag: "Langfuse",
        media: &["application/json"],
        refusals: &[],
        sessions: false,
    };
    framed::<Langfuse>(door::<shape::LangfuseError>(&speech, all))
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
        StatusCode::METHOD_NOT_ALLOWED => "MethodNotAllowedError",
        status if status.is_client_error() => "InvalidRequestError",
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
