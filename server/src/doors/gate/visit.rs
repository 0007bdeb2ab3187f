//! One request on its way through the gate, from its key to its answer.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use eventglass_engine::guard::RateState;
use eventglass_engine::ingest::Sender;
use eventglass_engine::store::KeyHolder;
use eventglass_model::{Door, IngestCounts};

use super::body::{self, Held};
use super::delivery::{self, Handover};
use super::inbound::{Inbound, Ledger};
use super::refusal::Refusal;
use super::{Dialect, aside, headers, idempotency, measure};
use crate::state::AppState;

/// The longest beginning of a refused request's body that is kept, in bytes.
const KEPT_BYTES: usize = 64 << 10;

/// What is known of a request so far.
pub(super) struct Visit {
    state: AppState,
    headers: HeaderMap,
    handover: Option<Handover>,
    started: Instant,
    ledger: Arc<Ledger>,
    rates: Option<RateState>,
    sender: Option<Sender>,
}

/// A request of a known sender, within its rates, read whole.
pub(super) struct Entered {
    sender: Sender,
    body: Held,
    /// The hash of its `Idempotency-Key`.
    key: Option<[u8; 32]>,
}

impl Visit {
    pub(super) fn new(state: AppState, request: &Request) -> Self {
        Self {
            state,
            headers: request.headers().clone(),
            handover: request.extensions().get::<Handover>().cloned(),
            started: Instant::now(),
            ledger: Arc::default(),
            rates: None,
            sender: None,
        }
    }

    /// Reads the request, if its sender may send it.
    pub(super) async fn enter(
        &mut self,
        door: Door,
        request: Request,
        holder: Result<KeyHolder, Refusal>,
    ) -> Result<Entered, Refusal> {
        let holder = holder?;
        let sender = Sender {
            project_id: holder.project_id,
            key_id: holder.key_id,
            door,
            sdk: headers::sdk(&self.headers),
        };
        self.sender = Some(sender.clone());
        let ingest = &self.state.ingest;
        let policy = ingest.policies().of(sender.project_id).await;
        let policy = policy.map_err(|error| Refusal::unavailable(&error))?;
        let limits = &policy.settings.limits;
        self.rates = ingest.rates().admit_request(sender.project_id, sender.key_id, limits)?;
        let key = idempotency::key(&self.headers, sender.project_id, request.uri().path())?;
        let body = body::read(request.into_body(), &self.headers, &self.state).await?;
        self.ledger.bytes(body.bytes.len());
        Ok(Entered { sender, body, key })
    }

    /// Has it handled, and answers.
    pub(super) async fn serve<D, F, Fut>(self, entered: Entered, handle: F) -> Response
    where
        D: Dialect,
        F: FnOnce(Inbound) -> Fut,
        Fut: Future<Output = Result<Response, Refusal>> + Send + 'static,
    {
        let Entered { sender, body, key } = entered;
        let (project_id, bytes) = (sender.project_id, body.bytes.clone());
        let (state, headers, ledger) = (self.state.clone(), self.headers.clone(), Arc::clone(&self.ledger));
        let inbound = Inbound::new(state, sender, headers, body, key, ledger);
        let answer = async || {
            let handled = aside::run(bytes.len(), handle(inbound)).await;
            handled.unwrap_or_else(|refusal| self.refuse::<D>(&refusal, Some(&bytes)))
        };
        let response = match key {
            None => answer().await,
            Some(key) => idempotency::once(&self.state, project_id, key, &bytes, answer)
                .await
                .unwrap_or_else(|refusal| self.refuse::<D>(&refusal, None)),
        };
        self.leave::<D>(response)
    }

    /// Where the request is: its body tells, where doors share a route.
    fn door<D: Dialect>(&self) -> Door {
        self.ledger.door().unwrap_or_else(|| {
            let key = self.sender.as_ref().map(|sender| sender.key_id);
            D::door_of(&self.headers, key.and_then(|key| self.state.spoken.last(key)))
        })
    }

    /// Words a refusal. One that is for what was sent is counted, and kept for
    /// people to look at, unless its items were: with the beginning of its
    /// `body`, where that was read.
    pub(super) fn refuse<D: Dialect>(&self, refusal: &Refusal, body: Option<&Bytes>) -> Response {
        let door = self.door::<D>();
        refusal.log(door);
        let counts = self.ledger.counts();
        let is_noted = counts.accepted + counts.duplicates + counts.refused > 0;
        if let (false, Some(sender), Some(errors)) = (is_noted, self.sender_at(door), refusal.of_what_was_sent()) {
            let payload = body.and_then(|body| beginning(body));
            self.state.ingest.recorder().refused(&sender, None, errors, payload);
            self.ledger.refused();
        }
        let mut response = D::refuse_at(door, refusal, &self.headers);
        headers::add_retry_after(&mut response, refusal);
        headers::add_reached(&mut response, refusal, &self.state);
        response
    }

    /// Adds what every answer has, and counts.
    pub(super) fn leave<D: Dialect>(self, mut response: Response) -> Response {
        headers::add_rates(&mut response, self.rates.as_ref(), &self.state);
        self.count(self.door::<D>(), response.status());
        delivery::track(response, self.ledger.take_receipts(), self.handover)
    }

    fn sender_at(&self, door: Door) -> Option<Sender> {
        self.sender.clone().map(|sender| Sender { door, ..sender })
    }

    fn count(&self, at: Door, status: StatusCode) {
        let mut counts: IngestCounts = self.ledger.counts();
        counts.requests = 1;
        counts.limited = u64::from(status == StatusCode::TOO_MANY_REQUESTS);
        measure(at, status, self.started);
        let door = at.as_str();
        for (outcome, events) in [
            ("accepted", counts.accepted),
            ("duplicate", counts.duplicates),
            ("refused", counts.refused),
        ] {
            if events > 0 {
                metrics::counter!("eventglass_ingest_events_total", "door" => door, "outcome" => outcome)
                    .increment(events);
            }
        }
        if counts.limited > 0 {
            metrics::counter!("eventglass_ingest_limited_total", "door" => door).increment(1);
        }
        metrics::counter!("eventglass_ingest_bytes_total", "door" => door).increment(counts.bytes);
        if let Some(sender) = self.sender_at(at) {
            self.state.ingest.recorder().count(&sender, &counts);
        }
    }
}

/// What of a body is kept: as it came if it is text that is short enough, else
/// as much of its beginning. `None` where there is nothing that people could read.
fn beginning(body: &[u8]) -> Option<String> {
    let cut = body.get(..KEPT_BYTES).unwrap_or(body);
    let text = match std::str::from_utf8(cut) {
        Ok(text) => text,
        // The cut may go through a character.
        Err(error) if error.error_len().is_none() => cut
            .get(..error.valid_up_to())
            .and_then(|valid| std::str::from_utf8(valid).ok())?,
        Err(_) => return None,
    };
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_body_its_beginning_is_kept() {
        assert_eq!(beginning(b"{\"events\":7}").as_deref(), Some("{\"events\":7}"));
        assert_eq!(beginning(b""), None);
        assert_eq!(beginning(b"\x0a\x8b\x01\xff"), None, "protobuf is nothing to read");
        let long = "é".repeat(KEPT_BYTES);
        let kept = beginning(&long.as_bytes()[1..]);
        assert_eq!(kept, None, "it begins within a character");
        let kept = beginning(format!("a{long}").as_bytes()).unwrap();
        assert_eq!(kept.len(), KEPT_BYTES - 1, "it does not end within one");
    }
}
