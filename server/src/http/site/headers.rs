//! The headers that tell a browser what a page may do.

use std::future::{Ready, ready};

use axum::{
    http::{HeaderName, HeaderValue, header},
    middleware::{MapResponseLayer, map_response},
    response::Response,
};

/// For every answer of the server, whoever gives it.
const EVERYWHERE: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// What is no page loads nothing and is framed by nobody.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// A layer for the whole server. It leaves alone what a handler has set.
pub fn security_headers() -> MapResponseLayer<fn(Response) -> Ready<Response>, (), ()> {
    map_response(add as fn(Response) -> Ready<Response>)
}

fn add(mut response: Response) -> Ready<Response> {
    let headers = response.headers_mut();
    for (name, value) in EVERYWHERE {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(NO_PAGE));
    ready(response)
}

/// The policy of a page. Scripts come from our own files or carry the nonce of
/// this rendering; `wasm-unsafe-eval` allows WebAssembly and no `eval`.
pub(super) fn page_policy(nonce: &str) -> String {
    [
        "default-src 'self'",
        &format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ]
    .join("; ")
}
