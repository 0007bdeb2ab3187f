//! How long a first page takes, by kind of question.

use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;

use super::figures::SearchFigures;
use crate::server::Session;

/// A person does not ask faster than this.
const PAUSE: Duration = Duration::from_millis(10);

/// What is asked: a name for the table, and the query string.
const QUESTIONS: &[(&str, &[(&str, &str)])] = &[
    ("newest, no filter", &[]),
    ("common word", &[("q", "succeeded")]),
    ("rarer word", &[("q", "deadlock")]),
    ("two words", &[("q", "payment declined")]),
    ("no such word", &[("q", "zyzzyva")]),
    ("severity=error", &[("severity", "error")]),
    ("service and word", &[("service", "auth-service"), ("q", "locked")]),
];

/// Asks each question in turn for `duration`, one at a time.
pub(super) async fn measure(session: &Session, project: i64, duration: Duration) -> anyhow::Result<Vec<SearchFigures>> {
    let mut latencies = Vec::new();
    for _ in QUESTIONS {
        latencies.push(Histogram::<u64>::new_with_max(60_000_000, 3)?);
    }
    let started = Instant::now();
    while started.elapsed() < duration {
        for ((name, query), latency) in QUESTIONS.iter().zip(&mut latencies) {
            let asked = Instant::now();
            let answer = session.events_raw(project, query).await;
            answer.with_context(|| format!("search for {name}"))?;
            let micros = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
            latency.saturating_record(micros);
            tokio::time::sleep(PAUSE).await;
        }
    }
    let figures = QUESTIONS.iter().zip(&latencies);
    Ok(figures
        .map(|((name, _), latency)| SearchFigures::new(name, latency))
        .collect())
}
