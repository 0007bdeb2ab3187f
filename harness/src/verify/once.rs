//! One event, once or twice: checks 1, 2, 3, 6, 7 and 9.

use http::Method;
use http::header::{HeaderName, HeaderValue};
use serde_json::json;

use super::check::Finding;
use super::event::{event, set};
use super::impatient::{Left, send_and_leave};
use super::probe::{EVENTS, Probe};

/// 5 MB.
const LARGE: usize = 5 * 1_024 * 1_024;

/// An event is taken.
pub(super) async fn basic(probe: &Probe) -> Finding {
    let heard = probe
        .post(&event(&probe.id("basic"), "basic-service", "/api/basic"))
        .await;
    Finding::new(heard.is_ok(), heard.to_string())
}

/// The same event a second time is a conflict.
pub(super) async fn duplicate(probe: &Probe) -> Finding {
    let event = event(&probe.id("duplicate"), "duplicate-service", "/api/duplicate");
    let first = probe.post(&event).await;
    let second = probe.post(&event).await;
    let note = if first.is_ok() && second.is_ok() {
        "; CRITICAL: the sender is not told that it is a duplicate"
    } else {
        ""
    };
    Finding::new(
        first.is_ok() && second.status == Some(409),
        format!("{first}, then {second}{note}"),
    )
}

/// With the same key, the same answer: at least the same `event_id`.
pub(super) async fn idempotency(probe: &Probe) -> Finding {
    let event = event(&probe.id("idempotency"), "idempotency-service", "/api/idempotency").to_string();
    let Ok(key) = HeaderValue::from_str(&probe.id("key")) else {
        return Finding::new(false, "the key is no header");
    };
    let key = [(HeaderName::from_static("idempotency-key"), key)];
    let first = probe.ask(Method::POST, EVENTS, event.clone(), &key).await;
    let second = probe.ask(Method::POST, EVENTS, event, &key).await;
    let same = first.event_id().is_some() && first.event_id() == second.event_id();
    let ids = if same {
        "the same event_id"
    } else {
        "not the same event_id"
    };
    Finding::new(same, format!("{first}, then {second}, {ids}"))
}

/// An event of 5 MB is taken.
pub(super) async fn large_payload(probe: &Probe) -> Finding {
    let mut event = event(&probe.id("large"), "large-service", "/api/large");
    set(&mut event, "payload", Some(json!({"large_data": "x".repeat(LARGE)})));
    let heard = probe.post(&event).await;
    Finding::new(heard.is_ok(), format!("5 MB: {heard}"))
}

/// Who hangs up before the answer and sends the event again is told that it is stored.
pub(super) async fn network_retry(probe: &Probe) -> Finding {
    // A server that answers within 1 ms leaves nothing to retry: then do not listen at all.
    for (name, patience_ms) in [("retry", 1), ("retry-at-once", 0)] {
        let event = event(&probe.id(name), "retry-service", "/api/retry");
        match send_and_leave(probe, event.to_string(), patience_ms).await {
            Ok(Left::Answered) => {}
            Ok(Left::Unanswered) => {
                let again = probe.post(&event).await;
                let seen = format!("hung up after {patience_ms} ms, the same again: {again}");
                return Finding::new(again.is_ok(), seen);
            }
            Err(error) => return Finding::new(false, format!("{error:#}")),
        }
    }
    Finding::new(false, "could not hang up before the answer")
}

/// An event is taken whole, or not at all.
pub(super) async fn atomicity(probe: &Probe) -> Finding {
    let heard = probe
        .post(&event(&probe.id("atomic"), "atomic-service", "/api/atomic"))
        .await;
    Finding::new(heard.is_ok(), heard.to_string())
}
