//! The site: pages rendered by the app, and the files that bring them to life
//! in a browser, all inside the binary.
//!
//! A path belongs either to a file that `cargo xtask site` made (`/pkg/...` and
//! `/fonts/...`, whose names carry a hash, and a few like `/favicon.svg`), or to
//! a page of the app, or to nobody, and then the app draws its 404.

mod apart;
mod embedded;
mod files;
mod headers;
mod in_process;
mod pages;
#[cfg(debug_assertions)]
mod reload;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use tower::ServiceExt;
use tower_http::{CompressionLevel, compression::CompressionLayer};

use self::files::File;
pub(super) use self::files::is_known;
pub use self::headers::security_headers;

/// Quick rather than small: a page is compressed while somebody waits for it.
const PAGE_COMPRESSION: CompressionLevel = CompressionLevel::Precise(4);

/// Looks a file of the site up by its path, without the first slash.
type Find = Arc<dyn Fn(&str) -> Option<File> + Send + Sync>;

/// What the handlers share.
#[derive(Clone)]
struct Site {
    /// The public API, which pages call in process.
    api: Router,
    find: Find,
}

/// The routes of the site. It has a fallback, so put it where nothing else
/// wants the path: `Router::new().merge(api).fallback_service(site::routes(api))`.
/// Call it inside the runtime.
pub fn routes(api: Router) -> Router {
    build(Site {
        api,
        find: Arc::new(embedded::find),
    })
}

fn build(site: Site) -> Router {
    let mut pages = Router::new();
    for path in pages::PATHS.iter() {
        pages = pages.route(path, get(pages::render));
    }
    let pages = pages.fallback(pages::missing).with_state(site.clone());
    let files = Router::new()
        .route("/pkg/{*path}", get(hashed_file))
        .route("/fonts/{*path}", get(hashed_file));
    #[cfg(debug_assertions)]
    let (files, pages) = reload::add(files, pages);

    // Only pages: files come compressed.
    let pages = pages.layer(
        CompressionLayer::new()
            .br(true)
            .gzip(true)
            .zstd(true)
            .quality(PAGE_COMPRESSION),
    );
    let file_or_page = move |State(site): State<Site>, request: Request| async move {
        match public_file(&site, &request) {
            Some(file) => file,
            None => into_response(pages.oneshot(request).await),
        }
    };
    files.fallback(file_or_page).with_state(site)
}

/// A file that never changes under its name.
async fn hashed_file(State(site): State<Site>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    files::respond(&site.find, path, request.headers(), files::Caching::ForGood)
        .unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// A file at the site's root, such as `/favicon.svg`.
fn public_file(site: &Site, request: &Request) -> Option<Response> {
    let name = request.uri().path().trim_start_matches('/');
    let readable = matches!(*request.method(), Method::GET | Method::HEAD);
    if !readable || name.is_empty() || name.contains('/') || name == embedded::MANIFEST {
        return None;
    }
    files::respond(&site.find, name, request.headers(), files::Caching::Ask)
}

/// A router never fails, it answers.
fn into_response(result: Result<Response, std::convert::Infallible>) -> Response {
    match result {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
