//! How far it is: a bar on a terminal, a line every two seconds elsewhere.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const EVERY: Duration = Duration::from_secs(2);

/// What the end is measured in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goal {
    /// So many bytes of input.
    Bytes(u64),
    /// So many events at most.
    Events(u64),
    /// A pipe: nobody knows.
    Unknown,
}

/// Shared by the senders.
pub(super) struct Progress {
    bar: ProgressBar,
    goal: Goal,
    events: AtomicU64,
    bytes: AtomicU64,
    started: Instant,
}

impl Progress {
    /// Shows nothing yet; the bar only if `terminal`.
    pub(super) fn new(goal: Goal, terminal: bool) -> Self {
        let target = if terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let (length, template) = match goal {
            Goal::Bytes(n) | Goal::Events(n) => (Some(n), "  {bar:32} {percent:>3}%  {msg}  {eta} left"),
            Goal::Unknown => (None, "  {spinner} {msg}"),
        };
        let bar = ProgressBar::with_draw_target(length, target);
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self {
            bar,
            goal,
            events: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            started: Instant::now(),
        }
    }

    /// Counts events whose fate is known, and the input that they took.
    pub(super) fn advance(&self, events: u64, bytes: u64) {
        let events = self.events.fetch_add(events, Ordering::Relaxed) + events;
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.bar
            .set_message(format!("{events} events  {:.0} events/sec", self.rate(events)));
        self.bar.set_position(match self.goal {
            Goal::Bytes(_) | Goal::Unknown => bytes,
            Goal::Events(_) => events,
        });
    }

    fn rate(&self, events: u64) -> f64 {
        events as f64 / self.started.elapsed().as_secs_f64().max(1e-9)
    }

    /// Prints a line now and then where there is no bar; never returns.
    pub(super) async fn tell(&self) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.tick().await;
        loop {
            ticks.tick().await;
            if self.bar.is_hidden() {
                let _ = writeln!(io::stderr(), "{}", self.line());
            }
        }
    }

    fn line(&self) -> String {
        let events = self.events.load(Ordering::Relaxed);
        let bytes = self.bytes.load(Ordering::Relaxed);
        let share = match self.goal {
            Goal::Bytes(total) => bytes as f64 / total.max(1) as f64,
            Goal::Events(total) => events as f64 / total.max(1) as f64,
            Goal::Unknown => 0.0,
        };
        let total = match self.goal {
            Goal::Events(total) => format!("/{total}"),
            Goal::Bytes(_) | Goal::Unknown => String::new(),
        };
        let left = if share > 0.0 {
            let seconds = self.started.elapsed().as_secs_f64() * (1.0 / share - 1.0).max(0.0);
            format!(", {:.0}%, {seconds:.0} s left", share * 100.0)
        } else {
            String::new()
        };
        format!(
            "  Progress: {events}{total} events ({:.0} events/sec{left})",
            self.rate(events)
        )
    }

    /// Since the first event was asked for.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Clears the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
