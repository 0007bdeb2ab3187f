//! Events that are wrong: checks 8 and 11.

use http::Method;
use serde_json::{Value, json};

use super::check::Finding;
use super::event::event;
use super::probe::Probe;

/// Of ten events the one that is wrong is refused alone.
pub(super) async fn partial_batch(probe: &Probe) -> Finding {
    let mut events: Vec<Value> = Vec::new();
    for n in 0..10 {
        let mut event = event(&probe.id(&format!("batch-valid-{n}")), "batch-service", "/api/batch");
        if n == 5
            && let Some(fields) = event.as_object_mut()
        {
            fields.remove("event_type");
            fields.remove("source");
        }
        events.push(event);
    }
    let body = json!({ "events": events }).to_string();
    let heard = probe
        .ask(Method::POST, "/api/v1/ingestion/events/batch", body, &[])
        .await;
    let counts = [&heard.body["successful_count"], &heard.body["failed_count"]];
    let good = [heard.is_ok(), *counts[0] == 9, *counts[1] == 1];
    let passed = good.iter().all(|good| *good);
    Finding::share(
        passed,
        good.iter().filter(|good| **good).count(),
        good.len(),
        format!("{heard}, successful_count {}, failed_count {}", counts[0], counts[1]),
    )
}

/// What is no event is answered 422.
pub(super) async fn malformed(probe: &Probe) -> Finding {
    let new = |name: &str| event(&probe.id(name), "error-service", "/api/error");
    let mut untyped = new("error-untyped");
    if let Some(fields) = untyped.as_object_mut() {
        fields.remove("event_type");
    }
    let mut unknown = new("error-unknown");
    unknown["event_type"] = "INVALID_TYPE".into();
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
