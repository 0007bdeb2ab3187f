//! Each group with all its numbers.

use eventglass_model::{Dimension, Measure, Metrics, search::term};
use leptos::prelude::*;

use super::page::{GROUP_MEASURES, calls_of_models};
use crate::{
    components::TableScroll,
    format::Unit,
    pages::scope::Scope,
    view::{IntoPart, Part, el, tag, titled},
};

const COLUMNS: [(&str, Unit); GROUP_MEASURES.len()] = [
    ("Cost", Unit::Usd),
    ("Calls", Unit::Count),
    ("Errors", Unit::Share),
    ("Tokens in", Unit::Count),
    ("Tokens out", Unit::Count),
    ("p50", Unit::Ms),
    ("p95", Unit::Ms),
    ("Unpriced", Unit::Count),
];

/// What of the calls a table shows.
pub(super) struct Told {
    /// What groups are made by.
    pub(super) by: Dimension,
    /// By what it is sorted.
    pub(super) sort: Measure,
    /// The only model, or nothing for all.
    pub(super) model: String,
    /// How many rows there would be if one asked for more.
    pub(super) more: Option<usize>,
}

/// A row for each group, the greatest first.
pub(super) fn table(scope: Scope, told: &Told, metrics: &Metrics) -> Part {
    // The answer may still be that to the question before.
    let first = metrics.series.first().map_or(told.sort, |series| series.measure);
    let groups = metrics.series.iter().filter(|series| series.measure == first);
    let rows: Vec<Part> = groups
        .map(|group| {
            let name = match group.values.first().cloned().flatten() {
                Some(value) => link(events_of(scope, told, &value), value),
                None if group.other => "all others".part(),
                None => el("span", "faint", vec!["(none)".part()]),
            };
            let calls = metrics
                .series
                .iter()
                .find(|s| s.measure == Measure::Unpriced && s.values == group.values && s.other == group.other);
            let unpriced = calls.and_then(|calls| calls.total).unwrap_or(0.0);
            let mut cells = vec![el("td", "", vec![name])];
            for (measure, (_, unit)) in GROUP_MEASURES.into_iter().zip(COLUMNS) {
                let is_it = |s: &&eventglass_model::MetricSeries| {
                    s.measure == measure && s.values == group.values && s.other == group.other
                };
                let value = metrics.series.iter().find(is_it).and_then(|series| series.total);
                let said = match value {
                    Some(value) if measure == Measure::Cost && value == 0.0 && unpriced > 0.0 => {
                        el("span", "unpriced", vec!["unpriced".part()])
                    }
                    Some(value) => titled("span", "", unit.exact(value), vec![unit.short(value).part()]),
                    None => "–".part(),
                };
                cells.push(el("td", "", vec![said]));
            }
            el("tr", "", cells)
        })
        .collect();
    if rows.is_empty() {
        return el(
            "p",
            "panel panel-none",
            vec!["No model was called in this time.".part()],
        );
    }
    let mut heads = vec![tag("th").attr("scope", "col").child("Group".part()).part()];
    for (measure, (label, _)) in GROUP_MEASURES.into_iter().zip(COLUMNS) {
        heads.push(head(scope, told.sort, measure, label));
    }
    let table = tag("table")
        .class("table")
        .attr("aria-label", "Model calls by group")
        .child(el("thead", "", vec![el("tr", "", heads)]))
        .child(el("tbody", "", rows))
        .part();
    let table = view! { <TableScroll label="Model calls by group, scrollable" table/> }.part();
    let shown = metrics.series.iter().filter(|s| s.measure == first && !s.other).count();
    let more = told.more.filter(|_| metrics.groups > shown).map(|rows| {
        let said = format!("{shown} of {} groups. ", metrics.groups);
        let link = tag("a")
            .class("link")
            .attr("href", scope.with(&[("rows", &rows.to_string())]))
            .attr("data-noscroll", "")
            .child("Show more".part());
        el("p", "panel-none", vec![said.part(), link.part()])
    });
    let mut parts = vec![table];
    parts.extend(more);
    el("section", "panel", parts)
}

/// The events that a row counts.
fn events_of(scope: Scope, told: &Told, value: &str) -> String {
    let mut pieces = vec![term(told.by.as_str(), value, false)];
    if !told.model.is_empty() && told.by != Dimension::Model {
        pieces.push(term("model", &told.model, false));
    }
    pieces.push(calls_of_models());
    scope.events(&pieces)
}

/// The head of a column; a link, so that it works before the page is alive.
fn head(scope: Scope, sort: Measure, measure: Measure, label: &'static str) -> Part {
    let word = if measure == Measure::Cost { "" } else { measure.as_str() };
    let link = tag("a")
        .class("sort")
        .attr("href", scope.with(&[("sort", word)]))
        .attr("data-noscroll", "")
        .attr("title", "Sort by this")
        .child(label.part());
    let head = tag("th").attr("scope", "col").child(link.part());
    if sort == measure {
        head.attr("aria-sort", "descending").part()
    } else {
        head.part()
    }
}

fn link(href: String, name: String) -> Part {
    tag("a").class("name-link").attr("href", href).child(name.part()).part()
}
