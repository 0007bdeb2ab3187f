//! What is stored is found: check 12.

use std::time::Duration;

use http::Method;
use serde_json::Value;

use super::check::Finding;
use super::event::event;
use super::probe::{EVENTS, Probe};

const PAUSE: Duration = Duration::from_millis(500);

/// Half a second after it was sent, an event is found under its own id.
pub(super) async fn consistency(probe: &Probe) -> Finding {
    let sent = probe
        .post(&event(
            &probe.id("consistency"),
            "consistency-service",
            "/api/consistency",
        ))
        .await;
    tokio::time::sleep(PAUSE).await;
    let path = format!("{EVENTS}/search?service=consistency-service");
    let found = probe.ask(Method::GET, &path, String::new(), &[]).await;
    let events = found.events();
    let id = sent.event_id();
    let there = id.is_some() && events.iter().any(|event| id_of(event) == id);
    let good = [sent.is_ok(), found.is_ok(), there];
    let ids = match (there, events.first()) {
        (true, _) => "among them the one sent".to_owned(),
        (false, Some(first)) => format!(
            "not {}, the first is {}",
            id.unwrap_or("one"),
            id_of(first).unwrap_or("without one")
        ),
        (false, None) => format!("not {}", id.unwrap_or("one")),
    };
    Finding::share(
        good.iter().all(|good| *good),
        good.iter().filter(|good| **good).count(),
        good.len(),
        format!("{sent}; search {found}: {} events, {ids}", events.len()),
    )
}

fn id_of(event: &Value) -> Option<&str> {
    event.get("id")?.as_str()
}
