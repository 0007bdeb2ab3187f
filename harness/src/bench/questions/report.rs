//! The tables for people, and whether the targets are met.

use std::io::{self, Write};

use super::super::report::{TargetCheck, below, columns, heading, write_targets};
use super::super::store::StoreKind;
use super::{QuestionFigures, RATE};

/// The most memory that the server of a large database takes, in megabytes.
const MEMORY: f64 = 300.0;

/// Whether every target is met.
pub(in super::super) fn met(figures: &QuestionFigures) -> bool {
    targets(figures).iter().all(|target| target.met)
}

fn targets(figures: &QuestionFigures) -> Vec<TargetCheck> {
    let mut list = Vec::new();
    for table in &figures.tables {
        let Some(wanted) = table.wanted_p95_ms else { continue };
        // The slowest question stands for all of them.
        if let Some(row) = table.rows.iter().max_by(|a, b| a.p95_ms.total_cmp(&b.p95_ms)) {
            let name = format!("{}, p95 of the slowest ({}), ms", table.title, row.name);
            list.push(below(&name, row.p95_ms, wanted));
        }
    }
    if figures.occasion.store == StoreKind::Sqlite {
        list.push(below("resident memory, MB", figures.memory_mb, MEMORY));
    }
    list
}

/// Writes everything as Markdown, which reads well as it is and can be pasted.
pub(in super::super) fn write(figures: &QuestionFigures, out: &mut impl Write) -> io::Result<()> {
    heading(&figures.occasion, out)?;
    let events = figures.events as f64;
    writeln!(
        out,
        "{} events sent in {:.0} s, {:.0} a second; counted and listed {:.0} s later",
        figures.events,
        figures.fill_sec,
        events / figures.fill_sec.max(1e-9),
        figures.settle_sec,
    )?;
    writeln!(
        out,
        "Database: {:.0} MB, {:.0} bytes an event",
        figures.database_mb,
        figures.database_mb * 1e6 / events.max(1.0),
    )?;
    for table in &figures.tables {
        writeln!(
            out,
            "\n{}:\n\n| question | asked | partial | p50 ms | p95 ms | max ms |",
            table.title
        )?;
        writeln!(out, "|---|--:|--:|--:|--:|--:|")?;
        for row in &table.rows {
            writeln!(
                out,
                "| {} | {} | {} | {:.1} | {:.1} | {:.1} |",
                row.name, row.asked, row.partial, row.latency.p50_ms, row.p95_ms, row.latency.max_ms
            )?;
        }
    }
    writeln!(
        out,
        "\nAcknowledgements at {RATE} events/s:\n\n| beside | p50 ms | p90 ms | p99 ms | p99.9 ms | max ms |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|")?;
    writeln!(out, "| nothing | {} |", columns(&figures.alone))?;
    writeln!(
        out,
        "| heavy searches, three at once | {} |",
        columns(&figures.beside_heavy)
    )?;
    writeln!(
        out,
        "\nMemory of the server: {:.0} MB resident at most, {:.0} once the events were in",
        figures.memory_mb, figures.memory_filled_mb
    )?;
    write_targets(&targets(figures), out)
}
