//! Each group with all its numbers.

use eventglass_model::{Dimension, Measure, Metrics};
use leptos::prelude::*;

use super::page::GROUP_MEASURES;
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

/// A row for each group.
pub(super) fn table(scope: Scope, by: Dimension, metrics: &Metrics) -> Part {
    let first = metrics.series.iter().filter(|series| series.measure == Measure::Cost);
    let rows: Vec<Part> = first
        .map(|group| {
            let name = match group.values.first().cloned().flatten() {
                Some(value) => match by {
                    Dimension::Service => link(scope.link("events", &[("service", &value)]), value),
                    _ => {
                        let quoted = format!("\"{value}\"");
                        link(scope.link("events", &[("q", &quoted)]), value)
                    }
                },
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
    let head = |label: &'static str| tag("th").attr("scope", "col").child(label.part()).part();
    let mut heads = vec![head("Group")];
    heads.extend(COLUMNS.map(|(label, _)| head(label)));
    let table = tag("table")
        .class("table")
        .attr("aria-label", "Model calls by group")
        .child(el("thead", "", vec![el("tr", "", heads)]))
        .child(el("tbody", "", rows))
        .part();
    let table = view! { <TableScroll label="Model calls by group, scrollable" table/> }.part();
    el("section", "panel", vec![table])
}

fn link(href: String, name: String) -> Part {
    tag("a").class("name-link").attr("href", href).child(name.part()).part()
}
