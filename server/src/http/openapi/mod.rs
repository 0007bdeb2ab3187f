//! `GET /api/openapi.json`: the document that describes every route, made of
//! the handlers that serve them.
//!
//! A handler says beside itself, with `#[utoipa::path]`, where it is and what
//! it takes and answers, and [`ApiRouter`] puts it there: a route that is
//! served and one that is described are the same line. What follows from
//! where a handler is (who may ask, how errors look) is added by
//! [`describe`], and the parts that all share by [`document`].

pub(crate) mod describe;
mod document;
pub(crate) mod params;
pub(crate) mod parts;
#[cfg(test)]
mod tests;
mod text;

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::NoQuery;
use super::site::is_known;
use crate::state::AppState;

/// A router whose routes are described.
pub(crate) type ApiRouter = OpenApiRouter<AppState>;

/// The document as it is sent, and its entity tag.
struct Served {
    body: String,
    tag: String,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    let body = document::of(super::described_routes().into_openapi()).to_string();
    let hash = Sha256::digest(body.as_bytes());
    let tag = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    Served {
        body,
        // Weak: it is the same document in whichever encoding it travels.
        tag: format!("W/\"{tag}\""),
    }
});

pub(super) fn routes() -> ApiRouter {
    ApiRouter::default().routes(routes!(openapi))
}

/// This document: every route of the API, as OpenAPI 3.1.
///
/// It changes with the version of the server only; `ETag` tells whether it did.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "get_openapi",
    security(()),
    responses(
        (status = 200, description = "The document", body = Object),
        (status = 304, description = "It is the one named in `If-None-Match`"),
    )
)]
async fn openapi(headers: HeaderMap, _: NoQuery) -> Response {
    let served = &*SERVED;
    let mut response = if is_known(&headers, &served.tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], served.body.as_str()).into_response()
    };
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    // Documentation tools on other sites read it.
    out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(tag) = HeaderValue::from_str(&served.tag) {
        out.insert(header::ETAG, tag);
    }
    response
}
