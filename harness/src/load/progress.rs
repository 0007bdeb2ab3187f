//! How it goes: a bar on a terminal, a line now and then elsewhere, and in the log.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;

use super::log::{Level, Log};

/// Shared by who counts and who tells.
pub(super) struct Progress {
    bar: ProgressBar,
    total: u64,
    events: AtomicU64,
    errors: AtomicU64,
    started: Instant,
}

impl Progress {
    /// Shows nothing yet; the bar only if `terminal`.
    pub(super) fn new(total: u64, terminal: bool) -> Self {
        let target = if terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style = ProgressStyle::with_template("  {bar:24} {percent:>3}%  {msg}  {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self {
            bar,
            total,
            events: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            started: Instant::now(),
        }
    }

    /// Counts events whose fate is known, and those of them that failed.
    pub(super) fn advance(&self, events: u32, errors: u32) {
        let events = self.events.fetch_add(u64::from(events), Ordering::Relaxed) + u64::from(events);
        self.errors.fetch_add(u64::from(errors), Ordering::Relaxed);
        if !self.bar.is_hidden() {
            self.bar.set_message(self.line());
            self.bar.set_position(events.min(self.total));
        }
    }

    /// `Events: n | Rate: r/s | Errors: e`.
    fn line(&self) -> String {
        let events = self.events.load(Ordering::Relaxed);
        let rate = events as f64 / self.started.elapsed().as_secs_f64().max(1e-9);
        let errors = self.errors.load(Ordering::Relaxed);
        format!("Events: {events} | Rate: {rate:.1}/s | Errors: {errors}")
    }

    /// Says every so often how it goes; never returns.
    pub(super) async fn tell(&self, every: Duration, log: &Log) {
        let mut ticks = tokio::time::interval(every);
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let line = self.line();
            log.write(Level::Info, &line);
            if self.bar.is_hidden() {
                let _ = writeln!(io::stderr(), "{line}");
            }
        }
    }

    /// Since the first batch was due.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// When the first batch is due.
    pub(super) const fn started(&self) -> Instant {
        self.started
    }

    /// Clears the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
