//! An export under way: how far it is, and a way to stop it.

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;
use web_sys::AbortController;

use crate::{
    api::ApiError,
    browser::{self, Incoming, NoFile},
    components::{Glyph, Icon, LinkButton, Toasts},
    format::{bytes, grouped},
    view::{IntoPart, Part, el, memo, show_some, tag, text},
};

/// Milliseconds between two looks at how far it is.
const OFTEN: i64 = 100;

/// How far an export is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Progress {
    /// How many events there will be, as far as the server knew.
    total: Option<i64>,
    /// How many have come; none where that cannot be seen from the file.
    events: Option<i64>,
    bytes: usize,
}

/// The export that is under way; one at a time.
#[derive(Clone, Copy)]
pub(super) struct Exporting {
    progress: RwSignal<Option<Progress>>,
    stop: StoredValue<Option<SendWrapper<AbortController>>>,
    toasts: Toasts,
}

impl Exporting {
    /// None yet. One that is under way ends with the page.
    pub(super) fn new() -> Self {
        let exporting = Self {
            progress: RwSignal::new(None),
            stop: StoredValue::new(None),
            toasts: Toasts::from_context(),
        };
        on_cleanup(move || exporting.abort());
        exporting
    }

    /// Fetches a file of events in some format, and saves it when it is complete.
    pub(super) fn start(self, path: String, format: &'static str) {
        if self.progress.read_untracked().is_some() {
            self.toasts.error("Another export is under way.");
            return;
        }
        let Ok(stop) = AbortController::new() else { return };
        self.stop.set_value(Some(SendWrapper::new(stop.clone())));
        self.progress.set(Some(Progress::default()));
        spawn_local(async move {
            let ended = self.fetch(&path, format, &stop).await;
            // Stopped by hand, or with the page.
            if stop.signal().aborted() {
                return;
            }
            self.progress.try_set(None);
            match ended {
                Ok(name) => self.toasts.say(format!("{name} is complete.")),
                Err(NoFile::Refused(status, answer)) => self.toasts.error(ApiError::of(status, &answer).message()),
                Err(NoFile::Broken) => self.toasts.error("The export broke off: no file was saved."),
            }
        });
    }

    async fn fetch(self, path: &str, format: &str, stop: &AbortController) -> Result<String, NoFile> {
        let mut file = Incoming::ask(path, stop).await?;
        let total = file.header("x-export-events").and_then(|count| count.parse().ok());
        let mut progress = Progress {
            total,
            // In CSV, the first line has the names of the fields.
            events: counts(format, &[]).map(|_| if format == "csv" { -1 } else { 0 }),
            bytes: 0,
        };
        let mut told = 0;
        while let Some(piece) = file.next().await? {
            progress.bytes += piece.len();
            progress.events = progress.events.zip(counts(format, &piece)).map(|(a, b)| a + b);
            let now = browser::now_millis();
            if now - told >= OFTEN {
                told = now;
                self.progress.try_set(Some(progress));
            }
        }
        let named = file.header("content-disposition");
        let name = named.as_deref().and_then(|said| said.split('"').nth(1));
        let name = name.map_or_else(|| format!("events.{format}"), str::to_owned);
        file.save(&name)?;
        Ok(name)
    }

    fn abort(self) {
        let stop = self.stop.try_update_value(Option::take).flatten();
        if let Some(stop) = stop {
            stop.abort();
        }
    }

    fn cancel(self) {
        self.abort();
        self.progress.set(None);
        self.toasts.say("The export was cancelled.");
    }

    /// A line that says how far it is.
    pub(super) fn banner(self) -> Part {
        let is_running = memo(move |_| self.progress.read().is_some());
        show_some(move || is_running.get().then(|| self.line())).part()
    }

    fn line(self) -> Part {
        let said = text(move || self.progress.get().map(said).unwrap_or_default());
        let meter = tag("progress")
            .class("meter")
            .attr("max", "1000")
            .attr("aria-label", "How much of the export has come")
            .some("value", move || Some(self.progress.get()?.thousandths()?.to_string()));
        let cancel = Callback::new(move |()| self.cancel());
        let parts = vec![
            view! { <Icon glyph=Glyph::Download/> }.part(),
            el("span", "num", vec![said.part()]),
            meter.part(),
            view! { <LinkButton label="Cancel" on_press=cancel/> }.part(),
        ];
        el("div", "banner exporting", parts)
    }
}

/// `Exporting: 1,200 of 60,000 events, 3.4 MB`.
fn said(progress: Progress) -> String {
    let size = bytes(progress.bytes);
    match (progress.events.map(|events| events.max(0)), progress.total) {
        (Some(events), Some(total)) => {
            let events = grouped(events.min(total));
            format!("Exporting: {events} of {} events, {size}", grouped(total))
        }
        (Some(events), None) => format!("Exporting: {} events, {size}", grouped(events)),
        (None, Some(total)) => format!("Exporting {} events: {size}", grouped(total)),
        (None, None) => format!("Exporting: {size}"),
    }
}

impl Progress {
    /// How much of it has come, if that is known.
    fn thousandths(self) -> Option<i64> {
        let (events, total) = (self.events?, self.total.filter(|total| *total > 0)?);
        Some((events.saturating_mul(1_000) / total).clamp(0, 1_000))
    }
}

/// How many events end in a piece of a file: with the end of their line. In
/// CSV, the lines of a text end otherwise than those of the file.
fn counts(format: &str, piece: &[u8]) -> Option<i64> {
    let end = match format {
        "jsonl" => b'\n',
        "csv" => b'\r',
        _ => return None,
    };
    let lines = piece.iter().filter(|byte| **byte == end).count();
    i64::try_from(lines).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_events_of_a_piece() {
        assert_eq!(counts("jsonl", b"{}\n{\"a\":\"x\\ny\"}\n{"), Some(2));
        assert_eq!(counts("csv", b"time,name\r\n1,\"a\nb\"\r\n"), Some(2));
        assert_eq!(counts("parquet", b"PAR1\n"), None);
    }

    #[test]
    fn says_how_far_it_is() {
        let mut progress = Progress {
            total: Some(60_000),
            events: Some(1_200),
            bytes: 3_400_000,
        };
        assert_eq!(progress.thousandths(), Some(20));
        let told = said(progress).replace('\u{a0}', " ");
        assert_eq!(told, "Exporting: 1,200 of 60,000 events, 3.4 MB");
        progress.total = Some(0);
        assert_eq!(progress.thousandths(), None);
        progress.events = None;
        progress.total = None;
        assert_eq!(said(progress).replace('\u{a0}', " "), "Exporting: 3.4 MB");
    }
}
