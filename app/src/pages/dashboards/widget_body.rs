//! What a widget shows: it asks what the widget asks, and draws it as it wants.

use eventglass_model::{Interval, Measure, MetricSeries, Metrics, MetricsQuery, Widget, WidgetKind};
use leptos::prelude::*;

use super::{
    board::Board,
    figures::{Figure, bars, group_of, number, shares, table},
    widget::title_of,
    words,
};
use crate::{
    api,
    components::chart::{ChartData, Hue, Series, Shape, TimeChart, heat_map},
    format::Unit,
    pages::scope::{Asked, ask_here, by_group},
    view::{IntoPart, Part, el, memo, show, show_some},
};

/// Asks what a widget asks.
pub(super) fn ask_widget(board: Board, widget: Memo<Option<Widget>>) -> Asked<Metrics> {
    let query = query_of(widget);
    ask_here::<Metrics>(board.scope.refresh, move || {
        let (from, to) = board.range();
        let mut query = query.get();
        (query.from, query.to) = (from, to);
        let environment = board.scope.environment.get();
        if query.environment.is_empty() && !environment.is_empty() {
            query.environment.push(environment);
        }
        api::metrics_path(&board.scope.slug.read(), &query)
    })
}

/// Shows what was asked as the widget wants. Its head says whether it is partial.
pub(super) fn widget_body(id: &str, widget: Memo<Option<Widget>>, asked: Asked<Metrics>) -> Part {
    let query = query_of(widget);
    // What it is of changes what its numbers are: drawn anew.
    let drawing = memo(move |_| {
        let (kind, title) = widget.with(|widget| widget.as_ref().map(|widget| (widget.kind, title_of(widget))))?;
        Some((kind, title, query.with(units_of)))
    });
    let id = id.to_owned();
    asked.show_unmarked(move || {
        let id = id.clone();
        show_some(move || {
            let (kind, title, units) = drawing.get()?;
            Some(drawn(&id, kind, title, &units, asked))
        })
        .part()
    })
}

fn query_of(widget: Memo<Option<Widget>>) -> Memo<MetricsQuery> {
    memo(move |_| widget.with(|widget| widget.as_ref().map(asked_for).unwrap_or_default()))
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

/// The units of what is measured, each with its measures: what is of different
/// units cannot be on one scale.
fn units_of(query: &MetricsQuery) -> Vec<(Unit, Vec<Measure>)> {
    let mut units: Vec<(Unit, Vec<Measure>)> = Vec::new();
    for measure in &query.measure {
        let unit = words::unit(*measure, &query.field);
        match units.iter_mut().find(|(known, _)| *known == unit) {
            Some((_, measures)) => measures.push(*measure),
            None => units.push((unit, vec![*measure])),
        }
    }
    units
}

fn drawn(id: &str, kind: WidgetKind, title: String, units: &[(Unit, Vec<Measure>)], asked: Asked<Metrics>) -> Part {
    let shape = match kind {
        WidgetKind::Line => Shape::Line,
        WidgetKind::Area => Shape::Area,
        WidgetKind::Bar => Shape::Bar,
        WidgetKind::HeatMap => {
            return per_unit(&title, units, asked, |_, label, unit, data| heat_map(label, unit, data));
        }
        WidgetKind::Number => return figure(title, asked, number),
        WidgetKind::Table => return figure(title, asked, table),
        WidgetKind::Pie => return figure(title, asked, shares),
    };
    let id = id.to_owned();
    let charts = {
        let (title, units) = (title.clone(), units.to_vec());
        move || {
            per_unit(&title, &units, asked, |n, label, unit, data| {
                TimeChart::new(format!("widget-{id}-{n}"), label, shape, unit, data).part()
            })
        }
    };
    if kind != WidgetKind::Bar {
        return charts();
    }
    // Without points, a bar for each group.
    let has_points = memo(move |_| {
        let some = |metrics: &Metrics| metrics.series.iter().any(|series| !series.points.is_empty());
        asked.latest.with(|metrics| metrics.as_ref().is_some_and(some))
    });
    show(move || {
        if has_points.get() {
            charts()
        } else {
            figure(title.clone(), asked, bars)
        }
    })
    .part()
}

/// What is drawn of an answer, and anew of each.
fn figure(title: String, asked: Asked<Metrics>, draw: Figure) -> Part {
    show(move || {
        asked
            .latest
            .with(|metrics| metrics.as_ref().map(|metrics| draw(&title, metrics)).part())
    })
    .part()
}

/// A chart for each unit, the one below the other. Of several, each says what it measures.
fn per_unit(
    title: &str,
    units: &[(Unit, Vec<Measure>)],
    asked: Asked<Metrics>,
    draw: impl Fn(usize, String, Unit, Memo<ChartData>) -> Part,
) -> Part {
    let is_alone = units.len() == 1;
    let mut parts = Vec::new();
    for (n, (unit, measures)) in units.iter().enumerate() {
        let label = if is_alone {
            title.to_owned()
        } else {
            let names: Vec<&str> = measures.iter().map(|measure| words::measure(*measure)).collect();
            let names = names.join(", ");
            let label = format!("{title}: {names}");
            parts.push(el("h4", "widget-part", vec![names.part()]));
            label
        };
        let measures = measures.clone();
        let data = memo(move |_| {
            let latest = asked.latest.read();
            latest
                .as_ref()
                .map(|metrics| series(metrics, &measures))
                .unwrap_or_default()
        });
        parts.push(draw(n, label, *unit, data));
    }
    parts.part()
}

/// The series of some measures. Where there are several they are named by their
/// measure, too: what one chart measures stands above it.
fn series(metrics: &Metrics, measures: &[Measure]) -> ChartData {
    let first = measures.first().copied().unwrap_or(Measure::Count);
    let mut data = by_group(metrics, first);
    if measures.len() == 1 && !metrics.group.is_empty() {
        return data;
    }
    let is_shown = |series: &&MetricSeries| measures.contains(&series.measure);
    data.series = metrics
        .series
        .iter()
        .filter(is_shown)
        .enumerate()
        .map(|(n, series)| Series {
            name: if metrics.group.is_empty() {
                words::measure(series.measure).to_owned()
            } else {
                format!("{} · {}", words::measure(series.measure), group_of(series))
            },
            hue: match (series.measure, metrics.group.is_empty()) {
                (Measure::Errors, true) => Hue::Bad,
                _ => Hue::Nth(n),
            },
            points: series.points.iter().map(|point| point.value).collect(),
            total: series.total,
        })
        .collect();
    data
}

#[cfg(test)]
mod tests {
    use eventglass_model::{MetricPoint, MetricsSource, Timestamp};

    use super::*;

    fn metrics(measures: &[Measure]) -> Metrics {
        let time = Timestamp::from_micros(0);
        let one = |measure: &Measure| MetricSeries {
            measure: *measure,
            group: String::new(),
            values: Vec::new(),
            other: false,
            total: Some(1.0),
            previous: None,
            points: vec![MetricPoint { time, value: Some(1.0) }],
        };
        Metrics {
            series: measures.iter().map(one).collect(),
            from: time,
            to: time,
            interval_seconds: Some(60),
            group: Vec::new(),
            field: Default::default(),
            groups: 1,
            partial: false,
            searched_to: None,
            source: MetricsSource::Rollups,
            previous: None,
        }
    }

    #[test]
    fn what_is_of_one_unit_is_on_one_scale() {
        let measure = vec![
            Measure::Count,
            Measure::P95,
            Measure::ErrorRate,
            Measure::Errors,
            Measure::P50,
        ];
        let query = MetricsQuery {
            measure: measure.clone(),
            ..MetricsQuery::default()
        };
        let units = units_of(&query);
        let expected = [
            (Unit::Count, vec![Measure::Count, Measure::Errors]),
            (Unit::Ms, vec![Measure::P95, Measure::P50]),
            (Unit::Share, vec![Measure::ErrorRate]),
        ];
        assert_eq!(units, expected);
        let names: Vec<Vec<String>> = units
            .iter()
            .map(|(_, measures)| {
                let data = series(&metrics(&measure), measures);
                data.series.into_iter().map(|series| series.name).collect()
            })
            .collect();
        assert_eq!(
            names,
            [vec!["Events", "Errors"], vec!["p95", "p50"], vec!["Error rate"]]
        );
    }
}
