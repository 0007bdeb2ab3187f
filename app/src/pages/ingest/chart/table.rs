//! The chart as a table.

use leptos::{ev, prelude::*};

use super::words::civil;
use crate::{
    components::{Table, TableScroll},
    format::grouped,
    hydration::use_hydrated,
    pages::ingest::state::Page,
    view::{IntoPart, Part, el, show_some, tag},
};

/// The bars as rows. Made when it unfolds and left as it is then: rows must
/// not move under their reader's eyes.
pub(super) fn as_table() -> Part {
    let page = Page::from_context();
    let here = use_hydrated();
    let unfolded = RwSignal::new(false);
    let toggle = move |event: ev::Event| {
        unfolded.set(event_target::<web_sys::HtmlElement>(&event).has_attribute("open"));
    };
    let table = show_some(move || unfolded.get().then(|| table(page, here.get_untracked())));
    tag("details")
        .class("chart-table")
        .on("toggle", toggle)
        .child(el("summary", "", vec!["The same as a table".part()]))
        .child(table.part())
        .part()
}

fn table(page: Page, here: bool) -> Part {
    let traffic = page.traffic.get_untracked();
    let rows = traffic
        .bars
        .iter()
        .enumerate()
        .filter(|(_, bar)| bar.iter().any(|n| *n > 0));
    let rows = rows
        .map(|(at, bar)| {
            let minute = traffic.first + i64::try_from(at).unwrap_or(0) * traffic.step;
            let mut cells = vec![el("td", "nowrap", vec![civil(minute, here).minute_text().part()])];
            cells.extend(bar.iter().map(|n| el("td", "", vec![grouped(*n).part()])));
            el("tr", "", cells)
        })
        .collect();
    let table = view! { <Table label="What came over time" heads=HEADS rows/> }.part();
    view! { <TableScroll label="What came over time, as a table" table/> }.part()
}

const HEADS: &[&str] = &["From", "Accepted", "Duplicates", "Refused", "Limited"];
