//! The numbers of the span. Those that the chart shows are its legend.

use leptos::prelude::*;

use super::{
    figure::LAYERS,
    words::{LABELS, MEANINGS},
};
use crate::{
    format::{bytes, compact, grouped},
    pages::ingest::{
        doors::door_name,
        state::Page,
        traffic::{Counts, OUTCOMES},
    },
    view::{IntoPart, Part, press, show_some, spelled, text},
};

/// The numbers; pressing one takes it out of the chart or puts it back. Where
/// more than one door was used, the same for the doors.
pub(super) fn legend() -> Part {
    let page = Page::from_context();
    let total = move || page.traffic.read().total();
    let outcomes: Vec<Part> = (0..OUTCOMES.len()).map(|which| outcome(page, which)).collect();
    // Made anew only when there are other doors.
    let names = Memo::new(move |_| {
        let traffic = page.traffic.read();
        let names: Vec<&str> = traffic.doors.iter().map(|(door, _)| door.as_str()).collect();
        names.join(",")
    });
    let doors = show_some(move || {
        let names = names.get();
        names.contains(',').then(|| doors(page, &names))
    });
    view! {
        <div class="stats" role="group" aria-label="Shown in the chart">
            {outcomes}
            {number("Requests", move || total().requests, |n| compact(n), grouped)}
            {number("Bytes", move || total().bytes, |n| bytes(usize::try_from(n).unwrap_or(0)), exact_bytes)}
        </div>
        {doors}
    }
    .part()
}

fn exact_bytes(n: i64) -> String {
    format!("{} bytes", grouped(n))
}

fn outcome(page: Page, which: usize) -> Part {
    let name = OUTCOMES.get(which).copied().unwrap_or_default();
    let count = move || {
        let Counts { outcomes, .. } = page.traffic.read().total();
        outcomes.get(which).copied().unwrap_or(0)
    };
    let meaning = MEANINGS.get(which).copied().unwrap_or_default();
    let title = text(move || format!("{} {meaning}. Press to show or hide them in the chart.", grouped(count())));
    view! {
        <button
            type="button"
            class="stat"
            title=title
            aria-pressed=spelled(move || !page.hides(name))
            on:click=press(move |_| page.toggle(name))
        >
            <span class="stat-name">
                <svg class="swatch" viewBox="0 0 8 8" aria-hidden="true" focusable="false">
                    <path class=LAYERS.get(which).copied() d="M0 0h8v8H0z"></path>
                </svg>
                {LABELS.get(which).copied()}
            </span>
            <span class="stat-value num">{text(move || compact(count()))}</span>
        </button>
    }
    .part()
}

/// A number that the chart does not show.
fn number(
    label: &'static str,
    count: impl Fn() -> i64 + Copy + Send + 'static,
    written: fn(i64) -> String,
    exact: fn(i64) -> String,
) -> Part {
    view! {
        <div class="stat">
            <span class="stat-name">{label}</span>
            <span class="stat-value num" title=text(move || exact(count()))>
                {text(move || written(count()))}
            </span>
        </div>
    }
    .part()
}

fn doors(page: Page, names: &str) -> Part {
    let chips: Vec<Part> = names.split(',').map(|name| door(page, name.to_owned())).collect();
    view! {
        <div class="chart-doors" role="group" aria-label="Doors in the chart">
            {chips}
        </div>
    }
    .part()
}

fn door(page: Page, name: String) -> Part {
    let label = door_name(&name).to_owned();
    let asked = name.clone();
    view! {
        <button
            type="button"
            class="toggle"
            title="Show or hide this door in the chart"
            aria-pressed=spelled(move || !page.hides(&asked))
            on:click=press(move |_| page.toggle(&name))
        >
            {label}
        </button>
    }
    .part()
}
