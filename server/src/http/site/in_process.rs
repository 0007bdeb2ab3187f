//! The way from a page that is being rendered to the public API: the same
//! router that answers the network, called in process as the visitor.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, Request, header, request::Parts},
};
use eventglass_app::api::transport::{ApiRequest, ApiResponse, InProcess};
use eventglass_model::Problem;
use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;
use tower::ServiceExt;

/// No page needs a longer answer than this.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// What makes the inner request the visitor's: who they are and where they
/// come from, for access checks, rate limits and the log.
const PASSED_ON: [HeaderName; 3] = [
    header::COOKIE,
    header::USER_AGENT,
    HeaderName::from_static("x-forwarded-for"),
];

/// Calls `api` as the visitor who sent the request for the page, in `main`: the
/// runtime that answers the network, where what it opens stays open.
pub(super) fn transport(api: Router, main: Handle, page: &Parts) -> InProcess {
    let mut headers = HeaderMap::new();
    for name in PASSED_ON {
        for value in page.headers.get_all(&name) {
            headers.append(&name, value.clone());
        }
    }
    // As the browser would say of a request from this page.
    headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let peer = page.extensions.get::<ConnectInfo<SocketAddr>>().copied();

    InProcess(Arc::new(move |request| {
        let answer = main.spawn(call(api.clone(), headers.clone(), peer, request));
        Box::pin(async move {
            AbortOnDropHandle::new(answer).await.unwrap_or_else(|error| {
                tracing::error!(%error, "a call of the API by a page ended early");
                failure()
            })
        })
    }))
}

async fn call(
    api: Router,
    headers: HeaderMap,
    peer: Option<ConnectInfo<SocketAddr>>,
    request: ApiRequest,
) -> ApiResponse {
    let path = request.path.clone();
    let result = match build(headers, peer, request) {
        Ok(request) => send(api, request).await,
        Err(error) => Err(error.to_string()),
    };
    result.unwrap_or_else(|error| {
        tracing::error!(path, error, "a page could not call the API");
        failure()
    })
}

fn build(
    headers: HeaderMap,
    peer: Option<ConnectInfo<SocketAddr>>,
    request: ApiRequest,
) -> Result<Request<Body>, axum::http::Error> {
    let mut inner = Request::builder()
        .method(request.method)
        .uri(request.path)
        .body(request.body.clone().map_or_else(Body::empty, Body::from))?;
    *inner.headers_mut() = headers;
    if request.body.is_some() {
        inner
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(peer) = peer {
        inner.extensions_mut().insert(peer);
    }
    Ok(inner)
}

async fn send(api: Router, request: Request<Body>) -> Result<ApiResponse, String> {
    let answer = super::into_response(api.oneshot(request).await);
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), LONGEST_ANSWER)
        .await
        .map_err(|error| error.to_string())?;
    let body = String::from_utf8(body.into()).map_err(|error| error.to_string())?;
    Ok(ApiResponse { status, body })
}

/// What a page is told when the call itself went wrong.
fn failure() -> ApiResponse {
    let problem = Problem::new(
        500,
        "Internal Server Error",
        "internal",
        "the page could not reach the API",
    );
    ApiResponse {
        status: problem.status,
        body: serde_json::to_string(&problem).unwrap_or_default(),
    }
}
