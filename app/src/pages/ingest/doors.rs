//! What came through each door.

use leptos::prelude::*;

use super::{state::Page, traffic::Counts};
use crate::{
    components::{Panel, Table, TableScroll},
    format::{bytes, compact, grouped},
    view::{IntoPart, Part, el, show_some, titled},
};

/// What a door is called, by its name in the API.
pub(super) fn door_name(name: &str) -> &str {
    match name {
        "native" => "Native",
        "pulsestream" => "PulseStream",
        "evalforge" => "EvalForge",
        "cartnudge" => "CartNudge",
        "otlp" => "OTLP",
        "langfuse" => "Langfuse",
        "watchllm" => "WatchLLM",
        other => other,
    }
}

const HEADS: &[&str] = &[
    "Door",
    "Requests",
    "Accepted",
    "Duplicates",
    "Refused",
    "Limited",
    "Bytes",
];

/// A row for each door that was used.
pub(super) fn doors() -> Part {
    let page = Page::from_context();
    show_some(move || {
        let traffic = page.traffic.read();
        if traffic.doors.is_empty() {
            return None;
        }
        let rows = traffic.doors.iter().map(|(door, counts)| row(door, *counts)).collect();
        let table = view! { <Table label="Doors" heads=HEADS rows/> }.part();
        let body = view! { <TableScroll label="What came through each door" table/> }.part();
        Some(view! { <Panel title="By door" body/> }.part())
    })
    .part()
}

fn row(door: &str, counts: Counts) -> Part {
    let Counts {
        outcomes,
        requests,
        bytes: size,
    } = counts;
    let size = usize::try_from(size).unwrap_or(0);
    let mut row = vec![el("td", "", vec![door_name(door).to_owned().part()])];
    row.extend([requests].iter().chain(&outcomes).map(|n| number_cell(*n)));
    row.push(el("td", "nowrap", vec![bytes(size).part()]));
    el("tr", "", row)
}

/// A number, short, with all of it in the tooltip.
pub(super) fn number_cell(n: i64) -> Part {
    titled("td", "nowrap", grouped(n), vec![compact(n).part()])
}
