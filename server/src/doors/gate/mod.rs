//! What every request to a door goes through, whatever its dialect: the key,
//! the rates, the body within its bounds, `Idempotency-Key`; and, on the way
//! out, the headers, the counts, and the note that the answer has left.
//!
//! A door gives a [`Dialect`], which words refusals, and a function from an
//! [`Inbound`] to an answer.

mod body;
mod delivery;
mod headers;
mod idempotency;
mod inbound;
mod refusal;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use eventglass_engine::ingest::Sender;
use eventglass_engine::store::KeyHolder;
use eventglass_model::{Door, IngestCounts};

pub use self::body::{PERMIT_BYTES, room};
pub use self::delivery::Handover;
pub use self::idempotency::InFlight;
use self::inbound::Ledger;
pub(super) use self::inbound::{Inbound, Reading};
pub(super) use self::refusal::Refusal;
use crate::http::extract::KeyError;
use crate::http::extract::holder_of_key;
use crate::state::AppState;

/// How a door words what is refused before, or after, its own code had a say.
pub(super) trait Dialect {
    /// Which it is.
    const DOOR: Door;

    /// A whole request refused. `headers` are the request's.
    fn refuse(refusal: &Refusal, headers: &HeaderMap) -> Response;
}

/// Takes a request through the gate and to `handle`.
pub(super) async fn receive<D, F, Fut>(state: AppState, request: Request, handle: F) -> Response
where
    D: Dialect,
    F: FnOnce(Inbound) -> Fut,
    Fut: Future<Output = Result<Response, Refusal>>,
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
    F: FnOnce(Inbound) -> Fut,
    Fut: Future<Output = Result<Response, Refusal>>,
{
    let started = Instant::now();
    let request_headers = request.headers().clone();
    let handover = request.extensions().get::<Handover>().cloned();
    let ledger = Arc::new(Ledger::default());
    let mut rates = None;
    let mut sender = None;
    let result = async {
        let holder = holder?;
        let from = Sender {
            project_id: holder.project_id,
            key_id: holder.key_id,
            door: D::DOOR,
            sdk: headers::sdk(&request_headers),
        };
        sender = Some(from.clone());
        let policy = state.ingest.policies().of(from.project_id).await;
        let policy = policy.map_err(|error| Refusal::unavailable(&error))?;
        let limits = &policy.settings.limits;
        rates = state
            .ingest
            .rates()
            .admit_request(from.project_id, from.key_id, limits)?;
        let route = request.uri().path().to_owned();
        let body = body::read(request.into_body(), &request_headers, &state).await?;
        ledger.bytes(body.bytes.len());
        let inbound = |seed| {
            Inbound::new(
                state.clone(),
                from,
                request_headers.clone(),
                &body,
                seed,
                Arc::clone(&ledger),
            )
        };
        match idempotency::key(&request_headers, holder.project_id, &route)? {
            None => handle(inbound(None)).await,
            Some(key) => {
                let bytes = body.bytes.clone();
                idempotency::once(&state, holder.project_id, key, &bytes, |seed| {
                    handle(inbound(Some(seed)))
                })
                .await
            }
        }
    }
    .await;
    let mut response = match result {
        Ok(response) => response,
        Err(refusal) => {
            refusal.log(D::DOOR);
            let mut response = D::refuse(&refusal, &request_headers);
            headers::add_retry_after(&mut response, &refusal);
            response
        }
    };
    headers::add_rates(&mut response, rates.as_ref(), &state);
    count(&state, D::DOOR, sender.as_ref(), &ledger, response.status(), started);
    delivery::track(response, ledger.take_receipts(), handover)
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

fn count(state: &AppState, door: Door, sender: Option<&Sender>, ledger: &Ledger, status: StatusCode, started: Instant) {
    let mut counts: IngestCounts = ledger.counts();
    counts.requests = 1;
    counts.limited = u64::from(status == StatusCode::TOO_MANY_REQUESTS);
    let door = door.as_str();
    for (outcome, events) in [
        ("accepted", counts.accepted),
        ("duplicate", counts.duplicates),
        ("refused", counts.refused),
    ] {
        if events > 0 {
            metrics::counter!("eventglass_ingest_events_total", "door" => door, "outcome" => outcome).increment(events);
        }
    }
    metrics::counter!("eventglass_ingest_requests_total", "door" => door, "status" => status.as_u16().to_string())
        .increment(1);
    if counts.limited > 0 {
        metrics::counter!("eventglass_ingest_limited_total", "door" => door).increment(1);
    }
    metrics::counter!("eventglass_ingest_bytes_total", "door" => door).increment(counts.bytes);
    metrics::histogram!("eventglass_ingest_request_seconds", "door" => door).record(started.elapsed().as_secs_f64());
    if let Some(sender) = sender {
        state.ingest.recorder().count(sender, &counts);
    }
}
