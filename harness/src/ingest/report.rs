//! The statistics at the end, under the headings that people's scripts know.

use std::io::{self, Write};
use std::time::Duration;

use super::stats::Stats;

const REASONS: usize = 10;

/// Writes the statistics.
pub(super) fn write(stats: &Stats, took: Duration, out: &mut impl Write) -> io::Result<()> {
    let seconds = took.as_secs_f64();
    let share = |count: u64| 100.0 * count as f64 / stats.read.max(1) as f64;
    let rate = stats.settled() as f64 / seconds.max(1e-9);
    writeln!(out, "\n📊 INGESTION STATISTICS")?;
    writeln!(out, "{}", "=".repeat(60))?;
    writeln!(out, "Performance:")?;
    writeln!(out, "  Total time: {seconds:.2}s")?;
    writeln!(out, "  Throughput: {rate:.2} events/sec")?;
    let answered = stats.latency.len();
    if answered > 0 {
        let mean = stats.latency.mean() / 1_000.0;
        writeln!(out, "  Avg latency: {mean:.2} ms/request ({answered} answers)")?;
        let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|quantile| stats.quantile_ms(quantile));
        let max = stats.latency.max() as f64 / 1_000.0;
        writeln!(
            out,
            "  Latency: p50 {p50:.2} ms, p95 {p95:.2} ms, p99 {p99:.2} ms, max {max:.2} ms"
        )?;
    }
    writeln!(out, "  Requests: {} ({} repeated)", stats.requests, stats.retries)?;
    writeln!(out, "\nResults:")?;
    writeln!(out, "  Total events: {}", stats.read)?;
    writeln!(out, "  ✅ Successful: {} ({:.1}%)", stats.stored, share(stats.stored))?;
    writeln!(out, "  ❌ Failed: {} ({:.1}%)", stats.failed, share(stats.failed))?;
    if stats.duplicates > 0 {
        writeln!(
            out,
            "  🔄 Duplicates: {} ({:.1}%), stored before",
            stats.duplicates,
            share(stats.duplicates)
        )?;
    }
    if stats.rate_limited > 0 {
        writeln!(out, "  ⏸️ Rate limited: {} answers", stats.rate_limited)?;
    }
    let unsettled = stats.read.saturating_sub(stats.settled());
    if unsettled > 0 {
        writeln!(out, "  Unfinished: {unsettled} (sent or about to be, not acknowledged)")?;
    }
    if !stats.by_status.is_empty() {
        writeln!(out, "\n❌ Errors by status code:")?;
        for (status, count) in &stats.by_status {
            let meaning = if *status == 0 { " (no answer)" } else { "" };
            writeln!(out, "  {status}: {count}{meaning}")?;
        }
    }
    write_reasons(stats, out)
}

fn write_reasons(stats: &Stats, out: &mut impl Write) -> io::Result<()> {
    if stats.reasons.is_empty() {
        return Ok(());
    }
    let mut reasons: Vec<_> = stats.reasons.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    writeln!(out, "\nReasons:")?;
    for (reason, count) in reasons.iter().take(REASONS) {
        writeln!(out, "  {count} x {reason}")?;
    }
    if reasons.len() > REASONS {
        writeln!(out, "  and {} other reasons", reasons.len() - REASONS)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::answer::Fate;
    use super::*;

    #[test]
    fn the_headings_are_those_of_the_contract() {
        let mut stats = Stats::new().unwrap();
        stats.read = 4;
        stats.requests = 2;
        stats.retries = 1;
        stats.answered(429, Duration::from_millis(2));
        stats.answered(200, Duration::from_millis(4));
        stats.settle(Fate::Stored);
        stats.settle(Fate::Duplicate);
        stats.settle(Fate::Refused {
            status: 422,
            reason: "title: Field required".into(),
        });
        let mut out = Vec::new();
        write(&stats, Duration::from_secs(2), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }
}
