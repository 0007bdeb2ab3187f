//! Widgets that show totals: numbers, bars, shares, tables.

use eventglass_model::{Measure, MetricSeries, Metrics};
use leptos::prelude::*;

use super::words;
use crate::{
    components::{
        TableScroll,
        chart::{BarItem, Better, Hue, Slice, Stat, bar_list, donut, stat},
    },
    pages::scope::by_group,
    view::{IntoPart, Part, el, tag, titled},
};

/// Draws an answer, under the title of its widget.
pub(super) type Figure = fn(&str, &Metrics) -> Part;

/// What is measured, in the order of the answer.
fn measures(metrics: &Metrics) -> Vec<Measure> {
    let mut measures: Vec<Measure> = metrics.series.iter().map(|series| series.measure).collect();
    measures.dedup();
    measures
}

/// What the group of a series is called.
pub(super) fn group_of(series: &MetricSeries) -> String {
    match (series.other, series.group.is_empty()) {
        (true, _) => "all others".to_owned(),
        (_, true) => "all".to_owned(),
        _ => series.group.clone(),
    }
}

fn nothing() -> Part {
    el("p", "panel-none", vec!["Nothing in this time.".part()])
}

/// A number, large; where there are several measures or groups, one for each
/// with its name.
pub(super) fn number(_: &str, metrics: &Metrics) -> Part {
    let several = measures(metrics).len() > 1;
    let numbers = metrics.series.iter().map(|series| {
        let measure = words::measure(series.measure);
        let better = match series.measure {
            Measure::Errors
            | Measure::ErrorRate
            | Measure::P50
            | Measure::P90
            | Measure::P95
            | Measure::P99
            | Measure::Cost => Better::Less,
            _ => Better::Neither,
        };
        stat(Stat {
            label: match (metrics.group.is_empty(), several) {
                (true, _) => measure.into(),
                (false, false) => group_of(series).into(),
                (false, true) => format!("{measure} · {}", group_of(series)).into(),
            },
            unit: words::unit(series.measure, &metrics.field),
            value: series.total,
            previous: series.previous,
            better,
            points: series.points.iter().map(|point| point.value).collect(),
        })
    });
    let numbers: Vec<Part> = numbers.collect();
    match numbers.len() {
        0 => nothing(),
        // The widget's title names it.
        1 => numbers.part(),
        _ => el("div", "widget-stats", numbers),
    }
}

/// One part for each measure, with its name where there are several.
fn for_each_measure(title: &str, metrics: &Metrics, draw: impl Fn(Measure, String) -> Part) -> Part {
    let measures = measures(metrics);
    let is_one = measures.len() == 1;
    let mut parts = Vec::new();
    for measure in measures {
        let name = words::measure(measure);
        if is_one {
            parts.push(draw(measure, title.to_owned()));
        } else {
            parts.push(el("h4", "widget-part", vec![name.part()]));
            parts.push(draw(measure, format!("{title}: {name}")));
        }
    }
    if parts.is_empty() { nothing() } else { parts.part() }
}

/// A bar for each group.
pub(super) fn bars(title: &str, metrics: &Metrics) -> Part {
    for_each_measure(title, metrics, |measure, label| {
        let unit = words::unit(measure, &metrics.field);
        let groups = metrics.series.iter().filter(|series| series.measure == measure);
        let items = groups.enumerate().map(|(n, series)| {
            let value = series.total.unwrap_or(0.0);
            BarItem {
                name: group_of(series),
                href: None,
                value,
                text: (unit.short(value), unit.exact(value)),
                note: None,
                hue: if series.other { Hue::Rest } else { Hue::Nth(n) },
            }
        });
        bar_list(label, items.collect())
    })
}

/// Each group's share of what adds up.
pub(super) fn shares(title: &str, metrics: &Metrics) -> Part {
    for_each_measure(title, metrics, |measure, label| {
        if !words::adds_up(measure) {
            let said = format!(
                "{} does not add up, so groups have no shares of it. Show it as a table or as bars.",
                words::measure(measure)
            );
            return el("p", "panel-none", vec![said.part()]);
        }
        let unit = words::unit(measure, &metrics.field);
        let slices = by_group(metrics, measure).series.into_iter().filter_map(|series| {
            Some(Slice {
                value: series.total?,
                name: if series.name.is_empty() {
                    "all".to_owned()
                } else {
                    series.name
                },
                hue: series.hue,
            })
        });
        donut(&label, unit, slices.collect())
    })
}

/// A row for each group, a column for each measure.
pub(super) fn table(title: &str, metrics: &Metrics) -> Part {
    let measures = measures(metrics);
    let Some(first) = measures.first().copied() else {
        return nothing();
    };
    let groups = metrics.series.iter().filter(|series| series.measure == first);
    let rows = groups.map(|group| {
        let mut cells = vec![el("td", "", vec![group_of(group).part()])];
        for measure in &measures {
            let is_it = |s: &&MetricSeries| s.measure == *measure && s.values == group.values && s.other == group.other;
            let value = metrics.series.iter().find(is_it).and_then(|series| series.total);
            let unit = words::unit(*measure, &metrics.field);
            let said = match value {
                Some(value) => titled("span", "", unit.exact(value), vec![unit.short(value).part()]),
                None => "–".part(),
            };
            cells.push(el("td", "", vec![said]));
        }
        el("tr", "", cells)
    });
    let rows = rows.collect();
    let head = |label: String| tag("th").attr("scope", "col").child(label.part()).part();
    let group: Vec<String> = metrics.group.iter().map(words::group).collect();
    let mut heads = vec![head(if group.is_empty() {
        "group".to_owned()
    } else {
        group.join(" / ")
    })];
    heads.extend(measures.iter().map(|measure| head(words::measure(*measure).to_owned())));
    let table = tag("table")
        .class("table")
        .attr("aria-label", title.to_owned())
        .child(el("thead", "", vec![el("tr", "", heads)]))
        .child(el("tbody", "", rows))
        .part();
    let label = format!("{title}, scrollable");
    view! { <TableScroll label table/> }.part()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use eventglass_model::{Dimension, MetricsSource, Timestamp};
    use leptos::prelude::RenderHtml;

    use super::*;

    /// Each measure of two services, one of which has nothing.
    fn metrics(measures: &[Measure], total: f64) -> Metrics {
        let time = Timestamp::from_micros(0);
        let one = |measure: Measure, group: &str, total: f64| MetricSeries {
            measure,
            group: group.to_owned(),
            values: vec![Some(group.to_owned())],
            other: false,
            total: Some(total),
            previous: None,
            points: Vec::new(),
        };
        let series = measures
            .iter()
            .flat_map(|measure| [one(*measure, "pay", total), one(*measure, "auth", 0.0)]);
        Metrics {
            series: series.collect(),
            from: time,
            to: time,
            interval_seconds: None,
            group: vec![Dimension::Service.into()],
            field: Default::default(),
            groups: 2,
            partial: false,
            searched_to: None,
            source: MetricsSource::Rollups,
            previous: None,
        }
    }

    #[test]
    fn each_number_has_its_name() {
        let html = number("Title", &metrics(&[Measure::Count, Measure::P95], 7.0)).to_html();
        for name in ["Events · pay", "Events · auth", "p95 · pay", "p95 · auth"] {
            assert!(html.contains(name), "{name}: {html}");
        }
        let html = number("Title", &metrics(&[Measure::Count], 7.0)).to_html();
        assert!(html.contains(">pay<") && !html.contains("Events"), "{html}");
    }

    #[test]
    fn shares_are_of_what_adds_up_and_of_something() {
        let html = shares("Title", &metrics(&[Measure::Count, Measure::P95], 7.0)).to_html();
        assert!(
            html.contains("in all") && html.contains("p95 does not add up"),
            "{html}"
        );
        assert!(html.contains("aria-label=\"Title: Events\""), "{html}");
        let html = shares("Title", &metrics(&[Measure::Count], 0.0)).to_html();
        assert!(
            html.contains("Nothing in this time.") && !html.contains("in all"),
            "{html}"
        );
    }
}
