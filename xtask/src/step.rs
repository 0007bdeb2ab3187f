//! Tells the person who waits what is going on and for how long.
#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "this program talks to a person at a terminal"
)]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;

/// Announces a step, does it, and says how long it took if that was noticeable.
pub(crate) fn step<T>(what: &str, how_long: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(&format!("{what} ({how_long})"));
    let start = Instant::now();
    let result = work()?;
    if start.elapsed() > Duration::from_secs(2) {
        say(&format!("  done in {:.0} s", start.elapsed().as_secs_f64()));
    }
    Ok(result)
}

/// One line for the person who waits.
pub(crate) fn say(line: &str) {
    eprintln!("==> {line}");
}

/// The result, alone on standard output: `binary=$(cargo xtask release)`.
pub(crate) fn print_path(path: &Path) {
    println!("{}", path.display());
}

/// A size as people say it.
pub(crate) fn human_size(bytes: usize) -> String {
    if bytes >= 1024 * 1024 {
        format!("{:.1} MB", bytes as f64 / (1024.0 * 1024.0))
    } else {
        format!("{:.1} KB", bytes as f64 / 1024.0)
    }
}
