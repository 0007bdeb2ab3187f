//! The table at the end, under the headings that people know.

use std::io::{self, Write};
use std::time::Duration;

use super::count::Tally;
use super::results::Milliseconds;

/// Errors that are shown: the last.
const ERRORS: usize = 5;

/// Writes the table.
pub(super) fn write(tally: &Tally, took: Duration, out: &mut impl Write) -> io::Result<()> {
    let seconds = took.as_secs_f64();
    let mut line = |name: &str, value: &str| writeln!(out, "  {name:<18} {value}");
    line("Total Events", &tally.events.to_string())?;
    line("Successful", &tally.successful.to_string())?;
    line("Failed", &tally.failed.to_string())?;
    if tally.unfinished() > 0 {
        line("Unfinished", &tally.unfinished().to_string())?;
    }
    line("Success Rate", &format!("{:.2}%", tally.success_rate()))?;
    line("Duration", &format!("{seconds:.2}s"))?;
    let rate = tally.successful as f64 / seconds.max(1e-9);
    line("Avg Events/Second", &format!("{rate:.2}"))?;
    line("Total Batches", &tally.batches.to_string())?;
    line("Failed Batches", &tally.failed_batches.to_string())?;
    let partly = tally
        .batches
        .saturating_sub(tally.successful_batches + tally.failed_batches);
    if partly > 0 && tally.unfinished() == 0 {
        line("Partly Failed", &partly.to_string())?;
    }
    if tally.rate_limited + tally.unavailable > 0 {
        let text = format!(
            "{} answers 429, {} answers 503, {} sent again",
            tally.rate_limited, tally.unavailable, tally.sent_again
        );
        line("Turned Away", &text)?;
    }
    line("Latency", &shape(&Milliseconds::of(&tally.latency), "from when due"))?;
    line(
        "Service Time",
        &shape(&Milliseconds::of(&tally.service), "from when sent"),
    )?;
    let late = match tally.late_batches {
        0 => "none".to_owned(),
        n => format!("{n}, by up to {:.0} ms", tally.longest_late.as_secs_f64() * 1_000.0),
    };
    line("Sent Late", &late)?;
    let hidden = tally.errors.len().saturating_sub(ERRORS);
    if !tally.errors.is_empty() {
        writeln!(out, "\nLast errors:")?;
    }
    for fault in tally.errors.iter().skip(hidden) {
        writeln!(out, "  {}  {}", fault.time, fault.error)?;
    }
    Ok(())
}

fn shape(of: &Milliseconds, from: &str) -> String {
    format!(
        "p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, max {:.2} ms ({from})",
        of.p50, of.p95, of.p99, of.max
    )
}

#[cfg(test)]
mod tests {
    use eventglass_model::Timestamp;

    use super::super::door::Outcome;
    use super::super::plan::Size;
    use super::super::results::Results;
    use super::*;

    fn tally() -> Tally {
        let mut tally = Tally::new().unwrap();
        let noon = Timestamp::parse("2026-11-21T12:00:00Z").unwrap();
        for n in 0..14u32 {
            tally.send(50);
            let stored = match n {
                0 => 49,
                1..=12 => 0,
                _ => 50,
            };
            let outcome = Outcome {
                count: 50,
                stored,
                error: (stored < 50).then(|| format!("error {n}")),
                status: Some(429),
                rate_limited: u32::from(stored == 0),
                sent_again: u32::from(n == 13),
                late: std::time::Duration::from_millis(u64::from(n)),
                latency: std::time::Duration::from_millis(30),
                service: std::time::Duration::from_millis(20),
                ..Outcome::default()
            };
            tally.settle(&outcome, noon.plus_micros(i64::from(n)));
        }
        tally
    }

    #[test]
    fn the_table_has_the_headings_of_the_contract() {
        let mut out = Vec::new();
        write(&tally(), Duration::from_secs(7), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn the_results_have_the_shape_of_the_contract() {
        let size = Size {
            users: 10,
            events_per_second: 100,
            duration_minutes: 10.0,
            batch_size: 50,
        };
        let tally = tally();
        let now = Timestamp::parse("2026-11-21T12:00:07Z").unwrap();
        let results = Results::new(size, &tally, Duration::from_secs(7), now);
        insta::assert_json_snapshot!(results);
        let half = Size {
            duration_minutes: 0.5,
            ..size
        };
        let text = serde_json::to_string(&Results::new(half, &tally, Duration::from_secs(7), now)).unwrap();
        assert!(text.contains(r#""duration_minutes":0.5,"#), "{text}");
    }
}
