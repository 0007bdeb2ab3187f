//! The numbers of the span. Those that the chart shows are its legend.

use leptos::prelude::*;

use crate::{
    components::chart::{Hue, Shape, swatch},
    format::{bytes, compact, grouped},
    pages::ingest::{
        doors::door_name,
        state::Page,
        traffic::{Counts, LABELS, OUTCOMES},
    },
    view::{IntoPart, Part, el, memo, show_some, tag, text},
};

/// What each outcome is, in the order of the stack.
const MEANINGS: [&str; 4] = [
    "events that were stored",
    "events that were stored before",
    "events that were refused for what they are",
    "requests that were refused for being too many",
];

/// The numbers; pressing one takes it out of the chart or puts it back. Where
/// more than one door was used, the same for the doors.
pub(super) fn legend(hues: [Hue; 4]) -> Part {
    let page = Page::from_context();
    let total = move || page.traffic.read().total();
    let mut outcomes: Vec<Part> = hues
        .into_iter()
        .enumerate()
        .map(|(which, hue)| outcome(page, which, hue))
        .collect();
    // Made anew only when there are other doors.
    let names = memo(move |_| {
        let traffic = page.traffic.read();
        let names: Vec<&str> = traffic.doors.iter().map(|(door, _)| door.as_str()).collect();
        names.join(",")
    });
    let doors = show_some(move || {
        let names = names.get();
        names.contains(',').then(|| doors(page, &names))
    });
    outcomes.push(number("Requests", text(move || compact(total().requests)).part()));
    let size = move || bytes(usize::try_from(total().bytes).unwrap_or(0));
    outcomes.push(number("Bytes", text(size).part()));
    let stats = group("stats", "Shown in the chart", outcomes);
    vec![stats, doors.part()].part()
}

fn outcome(page: Page, which: usize, hue: Hue) -> Part {
    let name = OUTCOMES.get(which).copied().unwrap_or_default();
    let count = move || {
        let Counts { outcomes, .. } = page.traffic.read().total();
        outcomes.get(which).copied().unwrap_or(0)
    };
    let meaning = MEANINGS.get(which).copied().unwrap_or_default();
    let label = LABELS.get(which).copied().unwrap_or_default();
    let parts = vec![
        el("span", "stat-name", vec![swatch(hue, Shape::Bar), label.part()]),
        el("span", "stat-value num", vec![text(move || compact(count())).part()]),
    ];
    tag("button")
        .attr("type", "button")
        .class("stat")
        .text("title", move || {
            format!(
                "{} {meaning}. Press to show or hide them in the chart.",
                grouped(count())
            )
        })
        .spelled("aria-pressed", move || !page.hides(name))
        .press(move |_| page.toggle(name))
        .children(parts)
        .part()
}

/// A number that the chart does not show.
fn number(label: &'static str, value: Part) -> Part {
    let parts = vec![
        el("span", "stat-name", vec![label.part()]),
        el("span", "stat-value num", vec![value]),
    ];
    el("div", "stat", parts)
}

fn doors(page: Page, names: &str) -> Part {
    let chips: Vec<Part> = names.split(',').map(|name| door(page, name.to_owned())).collect();
    group("chart-doors", "Doors in the chart", chips)
}

fn group(class: &'static str, label: &'static str, parts: Vec<Part>) -> Part {
    tag("div")
        .class(class)
        .attr("role", "group")
        .attr("aria-label", label)
        .children(parts)
        .part()
}

fn door(page: Page, name: String) -> Part {
    let label = door_name(&name).to_owned();
    let asked = name.clone();
    tag("button")
        .attr("type", "button")
        .class("toggle")
        .attr("title", "Show or hide this door in the chart")
        .spelled("aria-pressed", move || !page.hides(&asked))
        .press(move |_| page.toggle(&name))
        .child(label.part())
        .part()
}
