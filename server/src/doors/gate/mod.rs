//! What every request to a door goes through, whatever its dialect: the key,
//! the rates, the body within its bounds, `Idempotency-Key`; and, on the way
//! out, the headers, the counts, and the note that the answer has left.
//!
//! A door gives a [`Dialect`], which words refusals, and a function from an
//! [`Inbound`] to an answer.

mod aside;
mod body;
mod delivery;
mod frame;
mod headers;
mod idempotency;
mod inbound;
mod refusal;
mod spoken;
mod visit;

use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use eventglass_engine::store::KeyHolder;
use eventglass_model::Door;
use tracing::Instrument;

pub(super) use self::aside::{LARGE, run};
pub use self::body::{PERMIT_BYTES, room};
pub use self::delivery::Handover;
pub(super) use self::frame::framed;
pub use self::idempotency::InFlight;
pub(super) use self::inbound::{Inbound, Reading};
pub(super) use self::refusal::Refusal;
pub use self::spoken::Spoken;
use self::visit::Visit;
use crate::http::extract::KeyError;
use crate::http::extract::holder_of_key;
use crate::state::AppState;

/// How a door words what is refused before, or after, its own code had a say.
pub(super) trait Dialect: 'static {
    /// Which it is.
    const DOOR: Door;

    /// A whole request refused. `headers` are the request's.
    fn refuse(refusal: &Refusal, headers: &HeaderMap) -> Response;

    /// As [`Dialect::refuse`], in the words of another door that shares the route.
    fn refuse_at(_: Door, refusal: &Refusal, headers: &HeaderMap) -> Response {
        Self::refuse(refusal, headers)
    }

    /// Which door a request is at whose body has not told: `last` is where the
    /// request of the same key before it was.
    fn door_of(_: &HeaderMap, _last: Option<Door>) -> Door {
        Self::DOOR
    }
}

/// Takes a request through the gate and to `handle`.
pub(super) async fn receive<D, F, Fut>(state: AppState, request: Request, handle: F) -> Response
where
    D: Dialect,
    F: FnOnce(Inbound) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Response, Refusal>> + Send + 'static,
{
    let holder = holder_of_key(request.headers(), &state)
        .await
        .map_err(|error| match error {
            KeyError::Failed(error) => Refusal::unavailable(&error),
            error => error.into(),
        });
    receive_of::<D, F, Fut>(state, request, holder, handle).await
}

/// As [`receive`], of a sender that was identified otherwise than by a key, or was not.
pub(super) async fn receive_of<D, F, Fut>(
    state: AppState,
    request: Request,
    holder: Result<KeyHolder, Refusal>,
    handle: F,
) -> Response
where
    D: Dialect,
    F: FnOnce(Inbound) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Response, Refusal>> + Send + 'static,
{
    let mut visit = Visit::new(state, &request);
    match visit.enter(D::DOOR, request, holder).await {
        Ok(entered) => {
            // What has been read is stored, answered and counted whether or not somebody waits for it.
            let served = tokio::spawn(visit.serve::<D, F, Fut>(entered, handle).in_current_span());
            served
                .await
                .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
        }
        Err(refusal) => {
            let response = visit.refuse::<D>(&refusal, None);
            visit.leave::<D>(response)
        }
    }
}

/// A read that failed: logged, worded by its door, and with the time to try again.
pub(super) fn failed_read<D: Dialect>(refusal: &Refusal) -> Response {
    refusal.log(D::DOOR);
    let mut response = D::refuse(refusal, &HeaderMap::new());
    headers::add_retry_after(&mut response, refusal);
    response
}

/// The project of a key, for a door's reads.
pub(super) async fn project_of_key(headers: &HeaderMap, state: &AppState) -> Result<i64, Refusal> {
    Ok(holder_of_key(headers, state).await?.project_id)
}

impl From<KeyError> for Refusal {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Missing => Self::KeyMissing,
            KeyError::Invalid => Self::KeyWrong,
            KeyError::Failed(error) => error.into(),
        }
    }
}

/// Counts a request, whatever became of it.
fn measure(door: Door, status: StatusCode, started: Instant) {
    let door = door.as_str();
    metrics::counter!("eventglass_ingest_requests_total", "door" => door, "status" => status.as_u16().to_string())
        .increment(1);
    metrics::histogram!("eventglass_ingest_request_seconds", "door" => door).record(started.elapsed().as_secs_f64());
}
