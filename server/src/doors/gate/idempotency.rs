//! `Idempotency-Key`: the same key gives the first answer again.
//!
//! The answer is kept after the events are; a server that dies between the two
//! makes them again on the next try. So ids that the server gives are made
//! from the key: then they are the same ids, and the events duplicates.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use eventglass_engine::store::StoredAnswer;
use eventglass_model::{FieldError, loc};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};

use super::refusal::Refusal;
use crate::state::AppState;

/// The longest key, in bytes.
const KEY_BYTES: usize = 255;
/// The largest answer that is kept, in bytes.
const ANSWER_BYTES: usize = 4 << 20;

/// A project, and the hash of one of its keys.
type Name = (i64, [u8; 32]);

/// Requests under way, by project and key: of two at once, the second waits for the first.
#[derive(Default)]
pub struct InFlight(Mutex<HashMap<Name, Arc<tokio::sync::Mutex<()>>>>);

impl InFlight {
    fn lock_of(&self, name: Name) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(locks.entry(name).or_default())
    }

    /// Forgets a lock that nobody else holds.
    fn forget(&self, name: Name) {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if locks.get(&name).is_some_and(|lock| Arc::strong_count(lock) <= 2) {
            locks.remove(&name);
        }
    }
}

/// The hash of a request's key, which counts for one route of one project.
pub(super) fn key(headers: &HeaderMap, project_id: i64, route: &str) -> Result<Option<[u8; 32]>, Refusal> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    if key.is_empty() || key.len() > KEY_BYTES {
        let msg = format!("must have 1 to {KEY_BYTES} characters");
        return Err(Refusal::Invalid(vec![FieldError::new(
            loc!["header", "Idempotency-Key"],
            msg,
        )]));
    }
    let mut hasher = Sha256::new();
    hasher.update(project_id.to_le_bytes());
    hasher.update(route.as_bytes());
    hasher.update([0]);
    hasher.update(key.as_bytes());
    Ok(Some(hasher.finalize().into()))
}

/// Gives the first answer again, or makes it.
pub(super) async fn once<F>(
    state: &AppState,
    project_id: i64,
    key: [u8; 32],
    body: &[u8],
    make: F,
) -> Result<Response, Refusal>
where
    F: AsyncFnOnce() -> Response,
{
    let name = (project_id, key);
    let lock = state.idempotent.lock_of(name);
    let held = lock.lock().await;
    let result = answer_once(state, project_id, key, body, make).await;
    drop(held);
    state.idempotent.forget(name);
    result
}

async fn answer_once<F>(
    state: &AppState,
    project_id: i64,
    key: [u8; 32],
    body: &[u8],
    make: F,
) -> Result<Response, Refusal>
where
    F: AsyncFnOnce() -> Response,
{
    let body_hash: [u8; 32] = Sha256::digest(body).into();
    let now = state.clock.now();
    let since = now.plus_micros(-i64::from(state.settings.idempotency_hours) * 3_600_000_000);
    let first = state.store.answer(project_id, key, since).await;
    if let Some(first) = first.map_err(|error| Refusal::unavailable(&error))? {
        return if first.body_hash == body_hash {
            Ok(replay(first))
        } else {
            Err(Refusal::OtherBody)
        };
    }
    let response = make().await;
    let (parts, stream) = response.into_parts();
    let bytes = stream
        .collect()
        .await
        .map_err(|error| Refusal::Internal(error.to_string()))?
        .to_bytes();
    // What may turn out otherwise next time is not worth repeating.
    let lasting = !parts.status.is_server_error() && parts.status != StatusCode::TOO_MANY_REQUESTS;
    if lasting && bytes.len() <= ANSWER_BYTES {
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let answer = StoredAnswer {
            body_hash,
            status: parts.status.as_u16(),
            content_type: content_type
                .and_then(|value| value.to_str().ok())
                .unwrap_or("application/json")
                .to_owned(),
            body: bytes.to_vec(),
        };
        // The events are stored; that their answer is not is no reason to fail.
        if let Err(error) = state.store.keep_answer(project_id, key, &answer, now, since).await {
            tracing::warn!(%error, "an answer could not be kept for its Idempotency-Key");
        }
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn replay(first: StoredAnswer) -> Response {
    let mut response = Response::new(Body::from(first.body));
    *response.status_mut() = StatusCode::from_u16(first.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&first.content_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}
