//! What is answered at a door's routes without the door's own code having a
//! say: a method that a route does not take, and a time that is over. The
//! door words them all the same, and they are counted with its other requests.

use std::time::Instant;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn};
use axum::response::Response;

use super::refusal::Refusal;
use super::{Dialect, headers, measure};
use crate::http::deadline::Deadline;
use crate::http::openapi::ApiRouter;

/// Puts the frame around a door's routes.
pub(in crate::doors) fn framed<D: Dialect + 'static>(router: ApiRouter) -> ApiRouter {
    let (routes, document) = router.split_for_parts();
    let routes = routes
        .method_not_allowed_fallback(no_method::<D>)
        .layer(from_fn(in_time::<D>));
    let mut router = ApiRouter::from(routes);
    *router.get_openapi_mut() = document;
    router
}

async fn no_method<D: Dialect + 'static>(headers: HeaderMap) -> Response {
    turned_away::<D>(&Refusal::Method, &headers, Instant::now())
}

/// Gives a request up at its deadline. What of it was under way may have been
/// stored: its sender repeats it, and a repeat is stored once.
async fn in_time<D: Dialect + 'static>(request: Request, next: Next) -> Response {
    // A page that asks in process has its own.
    let Some(Deadline(deadline)) = request.extensions().get().copied() else {
        return next.run(request).await;
    };
    let started = Instant::now();
    let headers = request.headers().clone();
    match tokio::time::timeout_at(deadline, next.run(request)).await {
        Ok(response) => response,
        Err(_) => turned_away::<D>(&Refusal::OutOfTime, &headers, started),
    }
}

fn turned_away<D: Dialect>(refusal: &Refusal, request: &HeaderMap, started: Instant) -> Response {
    refusal.log(D::DOOR);
    let mut response = D::refuse(refusal, request);
    headers::add_retry_after(&mut response, refusal);
    measure(D::DOOR, response.status(), started);
    response
}
