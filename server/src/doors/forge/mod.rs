//! The EvalForge door: what its SDKs send to, and the older paths that its
//! tools read from. Source: contracts 1.1 to 1.3.

mod analytics;
mod error;
mod event;
mod ingest;
mod projects;
mod reads;
mod row;
mod session;
mod shape;

use axum::http::HeaderMap;
use axum::response::Response;
use eventglass_model::Door;
use utoipa_axum::routes;

use self::error::ForgeFault;
pub(super) use self::event::read;
use crate::doors::gate::{Dialect, Refusal, framed};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::{Speech, door};

pub(super) fn routes() -> ApiRouter {
    let all = ApiRouter::default()
        .routes(routes!(ingest::sdk))
        .routes(routes!(ingest::older))
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::one))
        .routes(routes!(reads::events, ingest::of_project))
        .routes(routes!(reads::traces))
        .routes(routes!(analytics::all))
        .routes(routes!(analytics::summary))
        .routes(routes!(analytics::costs))
        .routes(routes!(analytics::latency))
        .routes(routes!(analytics::errors));
    let speech = Speech {
        tag: "EvalForge",
        media: &["application/json"],
        refusals: &[403],
        sessions: true,
    };
    framed::<Forge>(door::<ForgeFault>(&speech, all))
}

/// Errors as `{"error": "…"}`; see [`error`].
struct Forge;

impl Dialect for Forge {
    const DOOR: Door = Door::EvalForge;

    fn refuse(refusal: &Refusal, _: &HeaderMap) -> Response {
        error::of(refusal)
    }
}
