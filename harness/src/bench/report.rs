//! The tables for people, and whether the targets are met.

use std::io::{self, Write};

use super::bodies::Dialect;
use super::figures::{Figures, Latency, LoadFigures, SearchFigures};
use super::machine::Occasion;
use super::store::StoreKind;

/// One thing that the product promises.
pub(super) struct TargetCheck {
    pub(super) name: String,
    pub(super) wanted: String,
    pub(super) got: String,
    pub(super) met: bool,
}

/// Whether every request went well and everything acknowledged is stored.
pub(super) fn is_sound(figures: &Figures) -> bool {
    figures.proof.holds() && figures.loads.iter().all(|load| load.errors == 0)
}

/// Events a second in batches.
const EVENTS: f64 = 20_000.0;

/// The targets. Latency is that of a load that reaches the rate: where several
/// do, of the one with the fewest senders, which wait the least for each other.
pub(super) fn targets(figures: &Figures) -> Vec<TargetCheck> {
    let best = |dialect: Dialect, batches: bool| {
        let of_kind = |load: &&LoadFigures| load.dialect == dialect && (load.batch > 1) == batches;
        let kind = figures.loads.iter().filter(of_kind);
        kind.max_by(|a, b| a.events_per_sec.total_cmp(&b.events_per_sec))
    };
    let mut list = Vec::new();
    if figures.occasion.store == StoreKind::Postgres {
        if let Some(load) = best(Dialect::Pulse, true) {
            list.push(at_least("events/s in batches", load.events_per_sec, 12_000.0));
        }
        return list;
    }
    if let Some(load) = best(Dialect::Pulse, true) {
        let is_batch = |load: &&LoadFigures| load.dialect == Dialect::Pulse && load.batch > 1;
        let mut closed = figures
            .loads
            .iter()
            .filter(is_batch)
            .filter(|load| load.offered_events_per_sec.is_none());
        let load = closed.find(|load| load.events_per_sec >= EVENTS).unwrap_or(load);
        list.push(at_least("events/s in batches", load.events_per_sec, EVENTS));
        list.push(below("p99 of that, ms", load.latency.p99_ms, 100.0));
    }
    if let Some(load) = best(Dialect::Pulse, false) {
        list.push(at_least("events/s one by one", load.events_per_sec, 3_000.0));
    }
    if let Some(load) = best(Dialect::Otlp, true) {
        list.push(at_least("spans/s by OTLP", load.events_per_sec, 15_000.0));
    }
    list.push(below("resident memory, MB", figures.memory.peak_resident_mb, 150.0));
    list
}

fn at_least(name: &str, got: f64, wanted: f64) -> TargetCheck {
    TargetCheck {
        name: name.to_owned(),
        wanted: format!("at least {wanted:.0}"),
        got: format!("{got:.0}"),
        met: got >= wanted,
    }
}

pub(super) fn below(name: &str, got: f64, wanted: f64) -> TargetCheck {
    TargetCheck {
        name: name.to_owned(),
        wanted: format!("under {wanted:.0}"),
        got: format!("{got:.1}"),
        met: got < wanted,
    }
}

/// Writes everything as Markdown, which reads well as it is and can be pasted.
pub(super) fn write(figures: &Figures, out: &mut impl Write) -> io::Result<()> {
    heading(&figures.occasion, out)?;
    let disk = &figures.disk.latency;
    writeln!(
        out,
        "fdatasync of 8 kB: p50 {:.3} ms, p99 {:.3} ms, max {:.1} ms",
        disk.p50_ms, disk.p99_ms, disk.max_ms
    )?;

    writeln!(
        out,
        "\n| load | events/s | p50 ms | p90 ms | p99 ms | p99.9 ms | max ms | errors | server CPU | database CPU | client CPU |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")?;
    figures.loads.iter().try_for_each(|load| load_row(load, out))?;
    for load in &figures.loads {
        stage_table(load, out)?;
    }
    searches("Searches, idle", &figures.searches_idle, out)?;
    searches(
        "Searches, while half of the ceiling pours in",
        &figures.searches_loaded,
        out,
    )?;
    let title = format!("Searches, at rest {:.0} s after the last event", figures.settle_sec);
    searches(&title, &figures.searches_at_rest, out)?;

    let (memory, proof) = (&figures.memory, &figures.proof);
    writeln!(
        out,
        "\nMemory of the server: {:.0} MB resident at most, of which anonymous {:.0} MB",
        memory.peak_resident_mb, memory.peak_anonymous_mb
    )?;
    let bytes = figures.database_mb * 1e6 / proof.stored.max(1) as f64;
    writeln!(
        out,
        "Database: {:.0} MB, {bytes:.0} bytes an event",
        figures.database_mb
    )?;
    writeln!(
        out,
        "Acknowledged {}, stored {}, after kill -9 and restart {}: {}",
        proof.acknowledged,
        proof.stored,
        proof.stored_after_kill,
        if proof.holds() { "nothing lost" } else { "MISMATCH" }
    )?;
    if proof.uncertain > 0 {
        writeln!(out, "{} events were in requests that failed", proof.uncertain)?;
    }
    for error in figures.loads.iter().filter_map(|load| load.first_error.as_ref()) {
        writeln!(out, "First error: {error}")?;
    }
    write_targets(&targets(figures), out)
}

/// On what, of what, and when.
pub(super) fn heading(occasion: &Occasion, out: &mut impl Write) -> io::Result<()> {
    let Occasion {
        machine,
        version,
        measured_at,
        ..
    } = occasion;
    writeln!(
        out,
        "\n{} cores, {}, Linux {}",
        machine.cores, machine.cpu, machine.kernel
    )?;
    let store = match occasion.store {
        StoreKind::Sqlite => "SQLite",
        StoreKind::Postgres => "Postgres",
    };
    writeln!(out, "eventglass {version} on {store}, {measured_at}")?;
    if !occasion.optimised {
        writeln!(
            out,
            "\n**Not optimised**: build with --release, these figures say nothing."
        )?;
    }
    Ok(())
}

/// What was promised, and whether it is kept.
pub(super) fn write_targets(targets: &[TargetCheck], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n| target | wanted | got | |\n|---|--:|--:|---|")?;
    for check in targets {
        let verdict = if check.met { "met" } else { "missed" };
        writeln!(out, "| {} | {} | {} | {verdict} |", check.name, check.wanted, check.got)?;
    }
    Ok(())
}

fn load_row(load: &LoadFigures, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "| {} | {:.0} | {} | {} | {:.2} | {:.2} | {:.2} |",
        load.name,
        load.events_per_sec,
        columns(&load.latency),
        load.errors,
        load.server_cpu_sec / load.seconds.max(1e-9),
        load.database_cpu_sec / load.seconds.max(1e-9),
        load.client_cpu_sec / load.seconds.max(1e-9),
    )
}

pub(super) fn columns(latency: &Latency) -> String {
    let list = [
        latency.p50_ms,
        latency.p90_ms,
        latency.p99_ms,
        latency.p999_ms,
        latency.max_ms,
    ];
    list.map(|ms| format!("{ms:.1}")).join(" | ")
}

fn stage_table(load: &LoadFigures, out: &mut impl Write) -> io::Result<()> {
    if load.stages.is_empty() {
        return Ok(());
    }
    let commits = load
        .events_per_commit
        .map(|mean| format!(" ({mean:.0} events a commit)"))
        .unwrap_or_default();
    writeln!(out, "\nStages of \"{}\"{commits}:", load.name)?;
    writeln!(out, "\n| stage | times | mean ms | µs an event |\n|---|--:|--:|--:|")?;
    for stage in &load.stages {
        writeln!(
            out,
            "| {} | {} | {:.3} | {:.2} |",
            stage.name, stage.times, stage.mean_ms, stage.per_event_us
        )?;
    }
    Ok(())
}

fn searches(title: &str, list: &[SearchFigures], out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\n{title}:\n\n| question | asked | p50 ms | p90 ms | p99 ms | p99.9 ms | max ms |"
    )?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|--:|")?;
    for search in list {
        writeln!(
            out,
            "| {} | {} | {} |",
            search.question,
            search.asked,
            columns(&search.latency)
        )?;
    }
    Ok(())
}
