//! When a request has to be answered.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::{Instant, timeout_at};

use crate::http::error::ApiError;

/// How much longer a request gets here than where it is worked on, so that
/// whoever words refusals for its caller comes first.
const GRACE: Duration = Duration::from_millis(100);

/// When a request is given up. Doors find it in its extensions, and answer in
/// their own words when it is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(pub(crate) Instant);

/// Gives a request its deadline, and gives it up when it is over.
pub(super) async fn keep(State(limit): State<Duration>, mut request: Request, next: Next) -> Response {
    let now = Instant::now();
    // A limit beyond what a clock can tell is none.
    let (Some(deadline), Some(end)) = (now.checked_add(limit), now.checked_add(limit.saturating_add(GRACE))) else {
        return next.run(request).await;
    };
    request.extensions_mut().insert(Deadline(deadline));
    match timeout_at(end, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::unavailable("the request took too long; try again").into_response(),
    }
}
