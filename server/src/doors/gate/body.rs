//! Reads a body within its bounds: its own size, what all requests together
//! may hold, and a pace.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::refusal::Refusal;
use crate::http::extract::is_encoded;
use crate::state::AppState;

/// Permits are of this many bytes, because a semaphore counts to 2^29 on small machines.
pub const PERMIT_BYTES: usize = 1_024;

/// A body, and the room it takes until it is dropped.
pub(super) struct Held {
    pub(super) bytes: Bytes,
    pub(super) room: Room,
}

/// What a body takes of the room for all, until the last who works on it is done.
pub(super) type Room = Option<Arc<OwnedSemaphorePermit>>;

/// Room for what is in flight.
#[must_use]
pub fn room(bytes: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(bytes.div_ceil(PERMIT_BYTES)))
}

/// Reads a body. The limit counts decompressed bytes as they come, so that a
/// bomb is stopped at the limit.
pub(super) async fn read(mut body: Body, headers: &HeaderMap, state: &AppState) -> Result<Held, Refusal> {
    if is_encoded(headers) {
        return Err(Refusal::Encoding);
    }
    let limit = state.settings.body_limit_bytes;
    let declared = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(Refusal::TooLarge(limit));
    }
    let pace = Duration::from_secs(state.settings.body_idle_secs);
    let mut room: Option<OwnedSemaphorePermit> = None;
    let mut first = Bytes::new();
    let mut whole: Vec<u8> = Vec::new();
    let mut length = 0;
    loop {
        // A bomb is all there at once: whoever decompresses it has to make way now and then.
        tokio::task::coop::consume_budget().await;
        let frame = tokio::time::timeout(pace, body.frame())
            .await
            .map_err(|_| Refusal::TooSlow)?;
        let Some(frame) = frame else { break };
        let Ok(data) = frame.map_err(|error| unreadable(&error))?.into_data() else {
            continue;
        };
        length += data.len();
        if length > limit {
            return Err(Refusal::TooLarge(limit));
        }
        hold(&mut room, data.len(), state)?;
        // Most bodies come in one piece, which is then not copied.
        if whole.is_empty() && first.is_empty() {
            first = data;
            continue;
        }
        if whole.is_empty() {
            whole.reserve(declared.unwrap_or(0).clamp(length, limit));
            whole.extend_from_slice(&first);
        }
        whole.extend_from_slice(&data);
    }
    let bytes = if whole.is_empty() { first } else { Bytes::from(whole) };
    Ok(Held {
        bytes,
        room: room.map(Arc::new),
    })
}

fn hold(room: &mut Option<OwnedSemaphorePermit>, bytes: usize, state: &AppState) -> Result<(), Refusal> {
    let permits = u32::try_from(bytes.div_ceil(PERMIT_BYTES)).unwrap_or(u32::MAX);
    let more = Arc::clone(&state.in_flight)
        .try_acquire_many_owned(permits)
        .map_err(|_| Refusal::Busy)?;
    match room {
        Some(room) => room.merge(more),
        None => *room = Some(more),
    }
    Ok(())
}

fn unreadable(error: &axum::Error) -> Refusal {
    // What decompression has to say is the cause of the cause.
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    Refusal::Unreadable(deepest.to_string())
}
