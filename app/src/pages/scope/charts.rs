//! From what `/metrics` answers to what charts show.

use eventglass_model::{Measure, MetricSeries, Metrics};

use crate::components::chart::{ChartData, Hue, Series, TimeAxis};

/// The series of a measure that is not grouped, or the first.
pub(crate) fn pick(metrics: &Metrics, measure: Measure) -> Option<&MetricSeries> {
    metrics.series.iter().find(|series| series.measure == measure)
}

/// The total of a measure, and that of the period before.
pub(crate) fn total(metrics: &Metrics, measure: Measure) -> (Option<f64>, Option<f64>) {
    let series = pick(metrics, measure);
    (
        series.and_then(|series| series.total),
        series.and_then(|series| series.previous),
    )
}

/// The values of a measure over time.
pub(crate) fn points(metrics: &Metrics, measure: Measure) -> Vec<Option<f64>> {
    let series = pick(metrics, measure);
    series.map(values).unwrap_or_default()
}

fn values(series: &MetricSeries) -> Vec<Option<f64>> {
    series.points.iter().map(|point| point.value).collect()
}

fn axis(metrics: &Metrics) -> TimeAxis {
    let points = metrics
        .series
        .first()
        .map(|series| series.points.as_slice())
        .unwrap_or_default();
    TimeAxis {
        first: points
            .first()
            .map_or(0, |point| point.time.micros().div_euclid(1_000_000)),
        step: metrics.interval_seconds.unwrap_or(60).max(1),
        count: points.len(),
    }
}

/// Some measures over time, each a series with the name and the colour given.
pub(crate) fn over_time(metrics: &Metrics, measures: &[(Measure, &str, Hue)]) -> ChartData {
    let series = measures.iter().filter_map(|(measure, name, hue)| {
        let series = pick(metrics, *measure)?;
        Some(Series {
            name: (*name).to_owned(),
            hue: *hue,
            points: values(series),
            total: series.total,
        })
    });
    ChartData {
        axis: axis(metrics),
        series: series.collect(),
    }
}

/// One measure of all groups over time.
pub(crate) fn by_group(metrics: &Metrics, measure: Measure) -> ChartData {
    let groups = metrics.series.iter().filter(|series| series.measure == measure);
    let series = groups.enumerate().map(|(n, series)| Series {
        name: name(series),
        hue: if series.other { Hue::Rest } else { Hue::Nth(n) },
        points: values(series),
        total: series.total,
    });
    ChartData {
        axis: axis(metrics),
        series: series.collect(),
    }
}

fn name(series: &MetricSeries) -> String {
    if series.other {
        "all others".to_owned()
    } else {
        series.group.clone()
    }
}
