//! What a widget shows.

use eventglass_model::{Interval, Measure, MetricSeries, Metrics, MetricsQuery, Widget, WidgetKind};
use leptos::prelude::*;

use super::{board::Board, words};
use crate::{
    api,
    components::{
        TableScroll,
        chart::{
            BarItem, Better, ChartData, Hue, Series, Shape, Slice, Stat, TimeChart, bar_list, donut, heat_map, stat,
        },
    },
    format::Unit,
    pages::scope::{Asked, ask_here, by_group},
    view::{IntoPart, Part, el, memo, show, show_some, tag, titled},
};

/// Asks what the widget asks, and shows it as it wants.
pub(super) fn widget_body(board: Board, id: &str, widget: Memo<Option<Widget>>) -> Part {
    let query = memo(move |_| widget.with(|widget| widget.as_ref().map(asked_for).unwrap_or_default()));
    let kind = memo(move |_| widget.with(|widget| widget.as_ref().map(|widget| widget.kind)));
    let asked = ask_here::<Metrics>(board.scope.refresh, move || {
        let (from, to) = board.range();
        let mut query = query.get();
        (query.from, query.to) = (from, to);
        let environment = board.scope.environment.get();
        if query.environment.is_empty() && !environment.is_empty() {
            query.environment.push(environment);
        }
        api::metrics_path(&board.scope.slug.read(), &query)
    });
    let id = id.to_owned();
    asked.show(move || {
        let id = id.clone();
        show_some(move || {
            let kind = kind.get()?;
            // What it is of changes what its numbers are: drawn anew.
            let unit = query.with(unit_of);
            Some(drawn(&id, kind, unit, asked))
        })
        .part()
    })
}

/// The query, with what its kind needs.
fn asked_for(widget: &Widget) -> MetricsQuery {
    let mut query = widget.query.clone();
    if query.measure.is_empty() {
        query.measure.push(Measure::Count);
    }
    match widget.kind {
        WidgetKind::Number => query.compare = true,
        WidgetKind::Table | WidgetKind::Pie => query.interval = Interval::None,
        _ => {}
    }
    query
}

fn unit_of(query: &MetricsQuery) -> Unit {
    let measure = query.measure.first().copied().unwrap_or(Measure::Count);
    words::unit(measure, &query.field)
}

fn drawn(id: &str, kind: WidgetKind, unit: Unit, asked: Asked<Metrics>) -> Part {
    let data = memo(move |_| {
        asked
            .latest
            .with(|metrics| metrics.as_ref().map(series).unwrap_or_default())
    });
    let chart = |shape| TimeChart::new(format!("widget-{id}"), "Widget", shape, unit, data).part();
    let of = move |draw: fn(&Metrics, Unit) -> Part| {
        show(move || {
            asked
                .latest
                .with(|metrics| metrics.as_ref().map(|metrics| draw(metrics, unit)).part())
        })
        .part()
    };
    match kind {
        WidgetKind::Line => chart(Shape::Line),
        WidgetKind::Area => chart(Shape::Area),
        WidgetKind::Bar => {
            let has_points = memo(move |_| data.with(|data| data.axis.count > 0));
            let id = id.to_owned();
            show(move || {
                if has_points.get() {
                    TimeChart::new(format!("widget-{id}"), "Widget", Shape::Bar, unit, data).part()
                } else {
                    of(bars)
                }
            })
            .part()
        }
        WidgetKind::HeatMap => heat_map("Heat map", unit, data),
        WidgetKind::Number => of(number),
        WidgetKind::Table => of(table),
        WidgetKind::Pie => of(shares),
    }
}

/// All series, each named by its measure, its group or both.
fn series(metrics: &Metrics) -> ChartData {
    let mut measures: Vec<Measure> = metrics.series.iter().map(|series| series.measure).collect();
    measures.dedup();
    let first = measures.first().copied().unwrap_or(Measure::Count);
    let mut data = by_group(metrics, first);
    if measures.len() == 1 && !metrics.group.is_empty() {
        return data;
    }
    data.series = metrics
        .series
        .iter()
        .enumerate()
        .map(|(n, series)| Series {
            name: if metrics.group.is_empty() {
                words::measure(series.measure).to_owned()
            } else {
                format!("{} · {}", words::measure(series.measure), group_of(series))
            },
            hue: if series.measure == Measure::Errors {
                Hue::Bad
            } else {
                Hue::Nth(n)
            },
            points: series.points.iter().map(|point| point.value).collect(),
            total: series.total,
        })
        .collect();
    data
}

fn group_of(series: &MetricSeries) -> String {
    match (series.other, series.group.is_empty()) {
        (true, _) => "all others".to_owned(),
        (_, true) => "all".to_owned(),
        _ => series.group.clone(),
    }
}

fn number(metrics: &Metrics, unit: Unit) -> Part {
    let numbers = metrics.series.first().map(|series| {
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
            label: words::measure(series.measure),
            unit,
            value: series.total,
            previous: series.previous,
            better,
            points: series.points.iter().map(|point| point.value).collect(),
        })
    });
    numbers.part()
}

fn bars(metrics: &Metrics, unit: Unit) -> Part {
    let first = metrics.series.first().map(|series| series.measure);
    let items = metrics.series.iter().filter(|series| Some(series.measure) == first);
    let items = items.enumerate().map(|(n, series)| {
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
    bar_list("Groups", items.collect())
}

fn shares(metrics: &Metrics, unit: Unit) -> Part {
    let first = metrics
        .series
        .first()
        .map(|series| series.measure)
        .unwrap_or(Measure::Count);
    let slices = by_group(metrics, first).series.into_iter().filter_map(|series| {
        Some(Slice {
            value: series.total?,
            name: series.name,
            hue: series.hue,
        })
    });
    donut("Shares", unit, slices.collect())
}

/// A row for each group, a column for each measure.
fn table(metrics: &Metrics, _: Unit) -> Part {
    let mut measures: Vec<Measure> = metrics.series.iter().map(|series| series.measure).collect();
    measures.dedup();
    let Some(first) = measures.first().copied() else {
        return el("p", "panel-none", vec!["None in this time.".part()]);
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
    let group: Vec<String> = metrics
        .group
        .iter()
        .map(|dimension| words::dimension(*dimension))
        .collect();
    let mut heads = vec![head(if group.is_empty() {
        "group".to_owned()
    } else {
        group.join(" / ")
    })];
    heads.extend(measures.iter().map(|measure| head(words::measure(*measure).to_owned())));
    let table = tag("table")
        .class("table")
        .attr("aria-label", "Groups")
        .child(el("thead", "", vec![el("tr", "", heads)]))
        .child(el("tbody", "", rows))
        .part();
    view! { <TableScroll label="Groups, scrollable" table/> }.part()
}
