//! How the writing of events fares, on this server.

use leptos::prelude::*;

use super::state::Page;
use crate::{
    components::{Glyph, Icon, Record, TimeStyle, TimeText},
    format::{bytes, compact, duration_ms, exact_ms, grouped},
    view::{IntoPart, Part, show_some},
};

/// Says when nothing is taken, and why.
pub(super) fn halted() -> Part {
    let page = Page::from_context();
    let reason = Memo::new(move |_| Record::read(&page.vitals.read())?.text("halted"));
    let line = show_some(move || reason.get().map(halted_line));
    view! { <div role="alert">{line}</div> }.part()
}

fn halted_line(reason: String) -> Part {
    view! {
        <div class="banner banner-error">
            <Icon glyph=Glyph::Alert/>
            <span>
                <strong>"Nothing is taken at the moment: "</strong>
                {reason}
                ". Senders are told to come again; what they send then is taken as soon as the database can be written."
            </span>
        </div>
    }
    .part()
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
        let queue = view! { <span title=queue_exact>{queue}</span> }.part();
        Some(
            view! {
                <dl class="vitals num">
                    {vital("Last event", last)}
                    {vital("Waiting to be written", queue)}
                    {vital("Commit, median", commit(&vitals, "commit_p50_ms"))}
                    {vital("Commit, 99th percentile", commit(&vitals, "commit_p99_ms"))}
                </dl>
            }
            .part(),
        )
    })
    .part()
}

fn vital(name: &'static str, value: Part) -> Part {
    view! {
        <div class="vital">
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
    .part()
}

/// How long a commit takes; a dash before the first.
fn commit(vitals: &Record, key: &str) -> Part {
    match vitals.value::<f64>(key) {
        Some(ms) => view! { <span title=exact_ms(ms)>{duration_ms(ms)}</span> }.part(),
        None => "–".part(),
    }
}
