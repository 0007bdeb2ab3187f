//! How the writing of events fares, on this server.

use leptos::prelude::*;

use super::state::Page;
use crate::{
    components::{Glyph, Icon, Record, TimeStyle, TimeText},
    format::{bytes, compact, duration_ms, exact_ms, grouped},
    view::{IntoPart, Part, el, memo, show_some, tag, titled},
};

/// Says when nothing is taken, and why.
pub(super) fn halted() -> Part {
    let page = Page::from_context();
    let reason = memo(move |_| Record::read(&page.vitals.read())?.text("halted"));
    let line = show_some(move || reason.get().map(halted_line));
    tag("div").attr("role", "alert").child(line.part()).part()
}

fn halted_line(reason: String) -> Part {
    let said = vec![
        el("strong", "", vec!["Nothing is taken at the moment: ".part()]),
        reason.part(),
        ". Senders are told to come again; what they send is taken as soon as the database can be written.".part(),
    ];
    let icon = view! { <Icon glyph=Glyph::Alert/> }.part();
    el("div", "banner banner-error", vec![icon, el("span", "", said)])
}

/// When the last event was stored, what waits, and how long a commit takes.
pub(super) fn vitals() -> Part {
    let page = Page::from_context();
    show_some(move || {
        let vitals = Record::read(&page.vitals.read())?;
        let last = match vitals.moment("last_event_at") {
            Some(time) => view! { <TimeText time style=TimeStyle::Ago/> }.part(),
            None => "none yet".part(),
        };
        let (events, size) = (vitals.number("queue_events"), vitals.number("queue_bytes"));
        let queue = if events == 0 {
            "empty".to_owned()
        } else {
            let size = bytes(usize::try_from(size).unwrap_or(0));
            format!("{} events, {size}", compact(events))
        };
        let queue_exact = format!("{} events, {} bytes", grouped(events), grouped(size));
        let queue = titled("span", "", queue_exact, vec![queue.part()]);
        let vitals = vec![
            vital("Last event", last),
            vital("Waiting to be written", queue),
            vital("Commit, median", commit(&vitals, "commit_p50_ms")),
            vital("Commit, 99th percentile", commit(&vitals, "commit_p99_ms")),
        ];
        Some(el("dl", "vitals num", vitals))
    })
    .part()
}

fn vital(name: &'static str, value: Part) -> Part {
    let parts = vec![el("dt", "", vec![name.part()]), el("dd", "", vec![value])];
    el("div", "vital", parts)
}

/// How long a commit takes; a dash before the first.
fn commit(vitals: &Record, key: &str) -> Part {
    match vitals.value::<f64>(key) {
        Some(ms) => titled("span", "", exact_ms(ms), vec![duration_ms(ms).part()]),
        None => "–".part(),
    }
}
