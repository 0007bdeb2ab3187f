//! Progress on standard error.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// A bar of so many steps, which are bytes or rows. It shows on a terminal alone.
pub(super) fn bar(message: String, steps: u64, bytes: bool) -> ProgressBar {
    let unit = if bytes {
        "{bytes:>10} of {total_bytes:<10} {bytes_per_sec:>12}"
    } else {
        "{human_pos:>12} of {human_len:<12} {rate:>12}"
    };
    let template = format!("{{msg:<28}} {{bar:30}} {unit} {{eta:>4}}");
    let bar = ProgressBar::new(steps).with_message(message);
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
        let _ = write!(out, "{:.0}/s", state.per_sec());
    }));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
