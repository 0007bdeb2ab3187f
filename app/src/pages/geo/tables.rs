//! The same by name, and city by city.

use eventglass_model::{Measure, MetricSeries, Metrics, search::term};
use leptos::prelude::*;

use super::country_name;
use crate::{
    components::TableScroll,
    format::Unit,
    pages::scope::Scope,
    view::{IntoPart, Part, el, tag, titled},
};

const COLUMNS: [(Measure, &str, Unit); 4] = [
    (Measure::Count, "Events", Unit::Count),
    (Measure::ErrorRate, "Errors", Unit::Share),
    (Measure::P95, "p95", Unit::Ms),
    (Measure::Users, "Users", Unit::Count),
];

/// A row for each country.
pub(super) fn countries(scope: Scope, metrics: &Metrics) -> Part {
    table("Countries", metrics, |series| {
        match series.values.first().cloned().flatten() {
            Some(value) => link(scope, &[("country", &value)], country_name(&value)),
            None => unknown(series),
        }
    })
}

/// A name that leads to the events with these values.
fn link(scope: Scope, values: &[(&str, &str)], name: &str) -> Part {
    let pieces: Vec<String> = values.iter().map(|(field, value)| term(field, value, false)).collect();
    tag("a")
        .class("name-link")
        .attr("href", scope.events(&pieces))
        .child(name.to_owned().part())
        .part()
}

/// A row for each city.
pub(super) fn cities(scope: Scope, metrics: &Metrics) -> Part {
    table("Cities", metrics, |series| {
        let Some(city) = series.values.first().cloned().flatten() else {
            return unknown(series);
        };
        let country = series.values.get(1).cloned().flatten().unwrap_or_default();
        let mut values = vec![("city", city.as_str())];
        if !country.is_empty() {
            values.push(("country", &country));
        }
        let link = link(scope, &values, &city);
        let note = el("span", "cell-note", vec![country_name(&country).to_owned().part()]);
        vec![link, " ".part(), note].part()
    })
}

fn unknown(series: &MetricSeries) -> Part {
    let said = if series.other { "all others" } else { "(none)" };
    el("span", "faint", vec![said.part()])
}

fn table(label: &'static str, metrics: &Metrics, name: impl Fn(&MetricSeries) -> Part) -> Part {
    let Some(first) = metrics.series.first().map(|series| series.measure) else {
        return el("p", "panel-none", vec!["None in this time.".part()]);
    };
    let groups = metrics.series.iter().filter(|series| series.measure == first);
    let rows: Vec<Part> = groups
        .map(|group| {
            let mut cells = vec![el("td", "", vec![name(group)])];
            for (measure, _, unit) in COLUMNS {
                let is_it =
                    |s: &&MetricSeries| s.measure == measure && s.values == group.values && s.other == group.other;
                let value = metrics.series.iter().find(is_it).and_then(|series| series.total);
                let said = match value {
                    Some(value) => titled("span", "", unit.exact(value), vec![unit.short(value).part()]),
                    None => "–".part(),
                };
                cells.push(el("td", "", vec![said]));
            }
            el("tr", "", cells)
        })
        .collect();
    let head = |label: &'static str| tag("th").attr("scope", "col").child(label.part()).part();
    let mut heads = vec![head("Where")];
    heads.extend(COLUMNS.map(|(_, label, _)| head(label)));
    let table = tag("table")
        .class("table")
        .attr("aria-label", label)
        .child(el("thead", "", vec![el("tr", "", heads)]))
        .child(el("tbody", "", rows))
        .part();
    view! { <TableScroll label="Scrollable" table/> }.part()
}
