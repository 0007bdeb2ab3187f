//! Many events: checks 4, 5 and 10. A guard against floods that counts per
//! service and endpoint tells them apart: the first and last of them use an
//! endpoint for each event, the other one endpoint for all.

use std::time::Instant;

use tokio::task::JoinSet;

use super::check::Finding;
use super::event::event;
use super::probe::{Heard, Probe};

const CONCURRENT: usize = 50;
const FLOOD: usize = 150;
const THROUGHPUT: usize = 100;
/// Events a second below which check 10 warns.
const SLOW: f64 = 50.0;

/// 50 at once: 5 may fail.
pub(super) async fn concurrent(probe: &Probe) -> Finding {
    let answers = all_at_once(probe, "concurrent", CONCURRENT).await;
    let (good, seen) = count(&answers);
    Finding::share(good + 5 >= CONCURRENT, good, CONCURRENT, seen)
}

/// 150 of one source, one after the other: the guard stops them.
pub(super) async fn rate_limit(probe: &Probe) -> Finding {
    let mut stopped: Option<(usize, Heard)> = None;
    let mut count = 0;
    for n in 0..FLOOD {
        let id = probe.id(&format!("rate-test-{n}"));
        let heard = probe.post(&event(&id, "rate-service", "/api/rate")).await;
        match heard.status {
            Some(200) => {}
            Some(429) => {
                count += 1;
                stopped.get_or_insert((n, heard));
            }
            _ => return Finding::new(false, format!("event {}: {heard}", n + 1)),
        }
    }
    let Some((n, first)) = stopped else {
        return Finding::new(false, format!("none of {FLOOD} was answered 429"));
    };
    let wait = first.headers.get("retry-after").and_then(|value| value.to_str().ok());
    let wait = wait.map_or_else(|| "no Retry-After".to_owned(), |wait| format!("Retry-After: {wait}"));
    Finding::new(true, format!("429 from event {} on, {count} in all, {wait}", n + 1))
}

/// 100 at once: 10 may fail.
pub(super) async fn throughput(probe: &Probe) -> Finding {
    let started = Instant::now();
    let answers = all_at_once(probe, "throughput", THROUGHPUT).await;
    let (good, seen) = count(&answers);
    let rate = good as f64 / started.elapsed().as_secs_f64().max(1e-9);
    let slow = if rate < SLOW { "; WARNING: below 50" } else { "" };
    Finding::share(
        good + 10 >= THROUGHPUT,
        good,
        THROUGHPUT,
        format!("{seen}, {rate:.0} events/s{slow}"),
    )
}

async fn all_at_once(probe: &Probe, name: &str, count: usize) -> Vec<Heard> {
    let mut requests = JoinSet::new();
    for n in 0..count {
        let probe = probe.clone();
        let id = probe.id(&format!("{name}-{n}"));
        let event = event(&id, &format!("{name}-service"), &format!("/api/{name}/{n}"));
        requests.spawn(async move { probe.post(&event).await });
    }
    requests.join_all().await
}

/// How many are good, and of the others the first.
fn count(answers: &[Heard]) -> (usize, String) {
    let good = answers.iter().filter(|heard| heard.is_ok()).count();
    let bad = answers.iter().find(|heard| !heard.is_ok());
    let bad = bad.map(|heard| format!(", else {heard}")).unwrap_or_default();
    (good, format!("{good} of {} answered 200{bad}", answers.len()))
}
