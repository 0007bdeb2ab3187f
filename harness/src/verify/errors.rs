//! Events that are wrong: checks 8 and 11.

use http::Method;
use serde_json::{Value, json};

use super::check::Finding;
use super::event::{event, set};
use super::probe::Probe;

/// Of ten events the one that is wrong is refused alone.
pub(super) async fn partial_batch(probe: &Probe) -> Finding {
    let mut events: Vec<Value> = Vec::new();
    for n in 0..10 {
        let mut event = event(&probe.id(&format!("batch-valid-{n}")), "batch-service", "/api/batch");
        if n == 5 {
            set(&mut event, "event_type", None);
            set(&mut event, "source", None);
        }
        events.push(event);
    }
    let body = json!({ "events": events }).to_string();
    let heard = probe
        .ask(Method::POST, "/api/v1/ingestion/events/batch", body, &[])
        .await;
    let successful = heard.number("successful_count");
    let failed = heard.number("failed_count");
    let good = [heard.is_ok(), successful == Some(9), failed == Some(1)];
    let in_words = |count: Option<u64>| count.map_or_else(|| "missing".to_owned(), |count| count.to_string());
    let passed = good.iter().all(|good| *good);
    Finding::share(
        passed,
        good.iter().filter(|good| **good).count(),
        good.len(),
        format!(
            "{heard}, successful_count {}, failed_count {}",
            in_words(successful),
            in_words(failed)
        ),
    )
}

/// What is no event is answered 422.
pub(super) async fn malformed(probe: &Probe) -> Finding {
    let new = |name: &str| event(&probe.id(name), "error-service", "/api/error");
    let mut untyped = new("error-untyped");
    set(&mut untyped, "event_type", None);
    let mut unknown = new("error-unknown");
    set(&mut unknown, "event_type", Some("INVALID_TYPE".into()));
    let mut seen = Vec::new();
    let mut good = 0;
    for (name, body) in [("no event_type", untyped), ("INVALID_TYPE", unknown), ("{}", json!({}))] {
        let heard = probe.post(&body).await;
        good += usize::from(heard.status == Some(422));
        let status = heard
            .status
            .map_or_else(|| heard.to_string(), |status| status.to_string());
        seen.push(format!("{name}: {status}"));
    }
    Finding::share(good == 3, good, 3, seen.join(", "))
}
