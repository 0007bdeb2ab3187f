//! `eventglass generate --traces`: agents at work for the customers of the
//! shop, with model calls, tools, retrieval, errors, retries and sub-agents.
//!
//! The events are in the product's own shape, which `eventglass ingest` sends.

mod agent;
mod odd;
mod talk;
#[cfg(test)]
mod tests;
mod trace;

use std::io::{self, Write};

use eventglass_model::Timestamp;
use fastrand::Rng;
use serde_json::Value;

use self::trace::TraceMaker;

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct TracePlan {
    /// How many traces of agents.
    pub traces: u64,
    /// About how many spans each; nothing: what an answer takes, 5 to 40.
    pub spans: Option<usize>,
    /// Whether to add what goes wrong in the field: orphans, circles and so on.
    pub odd: bool,
    /// Over how many hours before `end`.
    pub hours: u32,
    /// When the last is over.
    pub end: Timestamp,
    /// The same plan with the same seed gives the same events.
    pub seed: Option<u64>,
}

/// What was generated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TraceSummary {
    /// Traces.
    pub traces: u64,
    /// Events of them.
    pub events: u64,
    /// Events that failed.
    pub failed: u64,
}

/// Conversations a user has before another one comes.
const TURNS: u64 = 4;
const HOUR: i64 = 3_600_000_000;

/// Gives every trace, oldest first, to `take`.
///
/// # Errors
/// Those of `take`.
pub fn each(plan: &TracePlan, mut take: impl FnMut(Vec<Value>) -> io::Result<()>) -> io::Result<()> {
    let mut rng = plan.seed.map_or_else(Rng::new, Rng::with_seed);
    let span = i64::from(plan.hours.max(1)) * HOUR;
    let first = plan.end.micros().saturating_sub(span);
    let step = span / i64::try_from(plan.traces.max(1)).unwrap_or(i64::MAX);
    let (mut user, mut session) = (String::new(), String::new());
    for n in 0..plan.traces {
        if n % TURNS == 0 || rng.u8(..) < 64 {
            user = format!("user_{}", rng.u32(1_000..1_400));
            session = format!("sess_{:016x}", rng.u64(..));
        }
        let start = first.saturating_add(i64::try_from(n + 1).unwrap_or(i64::MAX).saturating_mul(step));
        let maker = TraceMaker::new(&mut rng, start, &user, &session);
        take(agent::answer(maker, plan.spans))?;
    }
    if plan.odd {
        for make in odd::ALL {
            let maker = TraceMaker::new(&mut rng, plan.end.micros(), "user_odd", "sess_odd");
            take(make(maker))?;
        }
    }
    Ok(())
}

/// Writes every event of the plan to `to`, one a line, or all as one array.
///
/// # Errors
/// When it cannot be written.
pub fn write(plan: &TracePlan, as_array: bool, to: &mut impl Write) -> io::Result<TraceSummary> {
    let mut summary = TraceSummary::default();
    if as_array {
        to.write_all(b"[\n")?;
    }
    each(plan, |events| {
        summary.traces += 1;
        for event in events {
            if as_array && summary.events > 0 {
                to.write_all(b",\n")?;
            }
            serde_json::to_writer(&mut *to, &event)?;
            if !as_array {
                to.write_all(b"\n")?;
            }
            summary.events += 1;
            summary.failed += u64::from(event.get("status").and_then(Value::as_str) == Some("error"));
        }
        Ok(())
    })?;
    if as_array {
        to.write_all(b"\n]\n")?;
    }
    to.flush()?;
    Ok(summary)
}
