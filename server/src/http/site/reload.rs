//! Under `make dev` a page loads itself again when the site or the server was
//! built again. Not in a release build.

use std::{
    collections::hash_map::DefaultHasher,
    env,
    hash::{Hash, Hasher},
    process,
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::header,
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{StreamExt, stream};

use super::{Site, embedded::MANIFEST};

/// Asks for the version until it is another one. While the server is away it
/// keeps asking.
const SCRIPT: &str = "
let seen;
setInterval(async () => {
  try {
    const now = await (await fetch('/_dev/version')).text();
    if (seen && now !== seen) location.reload();
    seen = now;
  } catch {}
}, 500);
";

/// Adds the script and its route, if `cargo xtask dev` runs this server.
pub(super) fn add(router: Router<Site>, pages: Router) -> (Router<Site>, Router) {
    if env::var_os("XTASK_DEV").is_none() {
        return (router, pages);
    }
    let router = router
        .route(
            "/_dev/reload.js",
            get(|| async { ([(header::CONTENT_TYPE, "text/javascript")], SCRIPT) }),
        )
        .route("/_dev/version", get(version));
    // No nonce: the policy of pages allows our own files.
    let pages = pages.layer(map_response(append_script));
    (router, pages)
}

/// Another server is another process; another site has another manifest.
async fn version(State(site): State<Site>) -> impl IntoResponse {
    let mut hasher = DefaultHasher::new();
    (site.find)(MANIFEST).map(|file| file.hash).hash(&mut hasher);
    (
        [(header::CACHE_CONTROL, "no-store")],
        format!("{}-{:x}", process::id(), hasher.finish()),
    )
}

/// Behind `</html>`, where a browser still reads it and hydration does not look.
async fn append_script(response: Response) -> Response {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return response;
    }
    let (parts, body) = response.into_parts();
    let script = stream::once(async { Ok("<script type=\"module\" src=\"/_dev/reload.js\"></script>".into()) });
    Response::from_parts(parts, Body::from_stream(body.into_data_stream().chain(script)))
}
