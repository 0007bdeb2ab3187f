//! Why what was refused.

use leptos::prelude::*;

use super::{doors::number_cell, state::Page};
use crate::{
    components::{Panel, Record, Table, TimeStyle, TimeText},
    view::{IntoPart, Part, show, word},
};

const HEADS: &[&str] = &["Reason", "Refused", "Last seen"];
/// So many reasons the API gives.
const MOST: usize = 20;

/// The reasons, the most frequent first; each leads to what was refused for it.
pub(super) fn reasons() -> Part {
    let page = Page::from_context();
    let body = show(move || {
        let reasons = Record::read_list(&page.reasons.read());
        if reasons.is_empty() {
            return view! {
                <p class="panel-body note">
                    "Nothing. What is refused is kept here for a while, with the reason, to be looked at and replayed."
                </p>
            }
            .part();
        }
        let more = (reasons.len() == MOST)
            .then(|| view! { <p class="panel-body note">"These are the 20 most frequent reasons."</p> });
        let rows = reasons.iter().enumerate().map(|(at, reason)| row(page, at, reason)).collect();
        view! {
            <div class="reasons">
                <Table label="Reasons of refusal" heads=HEADS rows/>
            </div>
            {more}
        }
        .part()
    })
    .part();
    view! { <Panel title="What was refused, and why" body/> }.part()
}

fn row(page: Page, at: usize, record: &Record) -> Part {
    let reason = record.text("reason").unwrap_or_default();
    let last = record
        .moment("last_seen")
        .map(|time| view! { <TimeText time style=TimeStyle::Ago/> });
    // By its place, so that the focus stays where it was when the counts change.
    let id = format!("reason-{at}");
    let href = untrack(|| page.reason_path(&reason));
    let shown = reason.clone();
    let is_open = word(move || (*page.reason.read() == reason).then_some("true"));
    view! {
        <tr>
            <td>
                <a class="row-link" id=id href=href data-noscroll="" aria-current=is_open>
                    {shown}
                </a>
            </td>
            {number_cell(record.number("count"))}
            <td class="nowrap">{last}</td>
        </tr>
    }
    .part()
}
