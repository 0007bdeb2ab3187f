//! Why what was refused.

use leptos::prelude::*;

use super::{doors::number_cell, senders::last_seen, state::Page};
use crate::{
    components::{Panel, Record, Table},
    view::{IntoPart, Part, el, show, tag},
};

const HEADS: &[&str] = &["Reason", "Refused", "Last seen"];
/// So many reasons the API gives.
const MOST: usize = 20;

const NOTHING: &str =
    "Nothing. What is refused is kept here for a while, with the reason, to be looked at and replayed.";

/// The reasons, the most frequent first; each leads to what was refused for it.
pub(super) fn reasons() -> Part {
    let page = Page::from_context();
    let body = show(move || {
        let reasons = Record::read_list(&page.reasons.read());
        if reasons.is_empty() {
            return el("p", "panel-body note", vec![NOTHING.part()]);
        }
        let rows = reasons
            .iter()
            .enumerate()
            .map(|(at, reason)| row(page, at, reason))
            .collect();
        let mut parts = vec![view! { <Table label="Reasons of refusal" heads=HEADS rows/> }.part()];
        if reasons.len() == MOST {
            parts.push(el(
                "p",
                "panel-body note",
                vec!["These are the 20 most frequent reasons.".part()],
            ));
        }
        el("div", "reasons", parts)
    })
    .part();
    view! { <Panel title="What was refused, and why" body/> }.part()
}

fn row(page: Page, at: usize, record: &Record) -> Part {
    let reason = record.text("reason").unwrap_or_default();
    // By its place, so that the focus stays where it was when the counts change.
    let id = format!("reason-{at}");
    let href = page.reason_path(&reason);
    let shown = reason.clone();
    let is_open = move || (*page.reason.read() == reason).then_some("true");
    let link = tag("a")
        .class("row-link")
        .attr("id", id)
        .attr("href", href)
        .attr("data-noscroll", "")
        .word("aria-current", is_open)
        .child(shown.part());
    let cells = vec![
        el("td", "", vec![link.part()]),
        number_cell(record.number("count")),
        last_seen(record),
    ];
    el("tr", "", cells)
}
