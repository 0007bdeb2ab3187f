//! The chart as a table.

use leptos::{ev, prelude::*};

use super::TimeChart;
use crate::{
    components::TableScroll,
    hydration::use_hydrated,
    view::{IntoPart, Part, el, show_some, tag},
};

/// The spans of time as rows. Made when it unfolds and left as it is then: rows
/// must not move under their reader's eyes.
pub(super) fn as_table(chart: TimeChart) -> Part {
    let here = use_hydrated();
    let unfolded = RwSignal::new(false);
    let toggle = move |event: ev::Event| {
        unfolded.set(event_target::<web_sys::HtmlElement>(&event).has_attribute("open"));
    };
    let table = show_some(move || unfolded.get().then(|| table(chart, here.get_untracked())));
    tag("details")
        .class("chart-table")
        .on("toggle", toggle)
        .child(el("summary", "", vec!["The same as a table".part()]))
        .child(table.part())
        .part()
}

fn table(chart: TimeChart, here: bool) -> Part {
    let data = chart.data.get_untracked();
    let head = |name: &str| tag("th").attr("scope", "col").child(name.to_owned().part()).part();
    let mut heads = vec![head("From")];
    for series in &data.series {
        heads.push(head(if series.name.is_empty() { "Value" } else { &series.name }));
    }
    let mut rows = Vec::new();
    for index in 0..data.axis.count {
        let values: Vec<Option<f64>> = data
            .series
            .iter()
            .map(|series| series.points.get(index).copied().flatten())
            .collect();
        if values.iter().all(|value| value.is_none_or(|value| value == 0.0)) {
            continue;
        }
        let mut cells = vec![el("td", "nowrap", vec![data.axis.span_text(index, here).part()])];
        cells.extend(values.into_iter().map(|value| {
            let said = value.map_or_else(|| "–".to_owned(), |value| chart.unit.short(value));
            el("td", "", vec![said.part()])
        }));
        rows.push(el("tr", "", cells));
    }
    let table = tag("table")
        .class("table")
        .attr("aria-label", chart.label.get_value())
        .child(el("thead", "", vec![el("tr", "", heads)]))
        .child(el("tbody", "", rows))
        .part();
    view! { <TableScroll label="The chart as a table" table/> }.part()
}
