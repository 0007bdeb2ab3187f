//! Renders the app's pages.

use std::sync::{Arc, LazyLock};

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use eventglass_app::{
    api::transport::{ApiResponse, InProcess},
    assets::{PageStatus, SiteAssets},
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::{
    ResponseOptions, generate_route_list_with_exclusions_and_ssg_and_context, render_app_async_with_context,
};
use leptos_router::components::provide_server_redirect;
use tokio::runtime::Handle;

use super::{Site, apart::apart, embedded, headers::page_policy, in_process::transport};

/// Pages are one person's and of this moment.
const NOT_STORED: HeaderValue = HeaderValue::from_static("private, no-store");

/// The paths of the app's pages, as axum writes them. Made once in a process:
/// while leptos makes the list it keeps the resources of every rendering from
/// loading, and one that runs beside it would wait for them for ever.
pub(super) static PATHS: LazyLock<Vec<String>> = LazyLock::new(paths);

fn paths() -> Vec<String> {
    // The list is made by rendering the app for nobody, who reaches no API.
    let unreachable = || {
        let answer = || ApiResponse {
            status: 503,
            body: String::from("{}"),
        };
        provide_context(InProcess(Arc::new(move |_| Box::pin(async move { answer() }))));
    };
    let app = || eventglass_app::shell(&SiteAssets::default(), "");
    let (routes, _) = generate_route_list_with_exclusions_and_ssg_and_context(app, None, unreachable);
    let mut paths: Vec<_> = routes.iter().map(|route| route.path().to_owned()).collect();
    paths.sort();
    paths.dedup();
    paths
}

/// A page, whole: rendering waits for its data, so that status, redirects and
/// headers can still be decided by what the data says.
pub(super) async fn render(State(site): State<Site>, request: Request) -> Response {
    let Some(assets) = embedded::assets(&site.find) else {
        return not_built();
    };
    let api = site.api;
    let path = request.uri().path().to_owned();
    let main = Handle::current();
    let drawn = apart(move || {
        let renderer = render_app_async_with_context(
            move || provide(api.clone(), &main),
            move || eventglass_app::shell(&assets, &path),
        );
        async move {
            // What is left of the body belongs to this thread, too.
            let (head, body) = renderer(request).await.into_parts();
            (head, to_bytes(body, usize::MAX).await)
        }
    });
    let mut response = match drawn.await {
        Some((head, Ok(body))) => Response::from_parts(head, body.into()),
        Some((_, Err(error))) => return not_drawn(&error.to_string()),
        None => return not_drawn("it panicked"),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, NOT_STORED);
    if response.status().is_redirection() {
        // Nobody looks at what was drawn on the way.
        *response.body_mut() = axum::body::Body::empty();
    }
    response
}

/// The app's 404 page.
pub(super) async fn missing(state: State<Site>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut response = render(state, request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// The context of one rendering. Leptos has made the nonce by now.
fn provide(api: Router, main: &Handle) {
    let options = expect_context::<ResponseOptions>();
    let page = expect_context::<Parts>();
    if let Some(policy) = use_nonce().and_then(|nonce| HeaderValue::from_str(&page_policy(&nonce)).ok()) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    provide_context(transport(api, main.clone(), &page));

    let status = options.clone();
    provide_context(PageStatus(Arc::new(move |code| {
        if let Ok(code) = StatusCode::from_u16(code) {
            status.set_status(code);
        }
    })));
    // Leptos's own answers 200 to whoever does not ask for HTML, curl for one.
    provide_server_redirect(move |path| {
        if let Ok(location) = HeaderValue::from_str(path) {
            options.insert_header(header::LOCATION, location);
            options.set_status(StatusCode::SEE_OTHER);
        }
    });
}

fn not_drawn(error: &str) -> Response {
    tracing::error!(error, "a page could not be drawn");
    let page = "<!doctype html><html lang=\"en\"><title>Eventglass</title>\
        <p>This page could not be drawn. The log of the server says why.</p>";
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        [(header::CACHE_CONTROL, NOT_STORED)],
        Html(page),
    )
        .into_response()
}

/// For whoever built the server and forgot the site.
fn not_built() -> Response {
    let page = "<!doctype html><html lang=\"en\"><title>Eventglass</title>\
        <p>The site is not built: run <code>cargo xtask site</code>, \
        or <code>cargo xtask release</code> for a binary that carries it. The API works all the same.</p>";
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::CACHE_CONTROL, NOT_STORED)],
        Html(page),
    )
        .into_response()
}
