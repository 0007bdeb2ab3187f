//! What lies over a plot and is not stretched with it: the cross hair, what is
//! dragged over, the numbers of what is pointed at, the moments below. All of
//! it is placed by attributes of SVG in percent: the policy of our pages allows
//! no inline style.

use leptos::prelude::*;

use super::{Shape, legend::swatch, plot::Plot};
use crate::{
    format::position,
    order::in_order,
    view::{IntoPart, Part, el, show_some, svg},
};

/// The most numbers that are shown at once.
const MOST: usize = 12;

pub(super) fn overlay(plot: Plot) -> Part {
    let hair = show_some(move || cross_hair(plot));
    let dragged = show_some(move || selection(plot));
    let tip = show_some(move || {
        let is_asked = plot.is_pointed_at() && plot.drag.get().is_none();
        is_asked.then(|| tip(plot)).flatten()
    });
    svg("svg")
        .class("chart-over")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .child(dragged.part())
        .child(hair.part())
        .child(tip.part())
        .part()
}

fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The middle of a span.
fn middle(index: usize, count: usize) -> String {
    position(2 * signed(index) + 1, 2 * signed(count))
}

fn cross_hair(plot: Plot) -> Option<Part> {
    let index = plot.index()?;
    let data = plot.chart.data.read();
    let x = middle(index, data.axis.count);
    let line = svg("line")
        .class("chart-hair")
        .attr("x1", x.clone())
        .attr("x2", x.clone())
        .attr("y1", "0")
        .attr("y2", "100%");
    let mut parts = vec![line.part()];
    if plot.chart.shape == Shape::Line {
        let top = plot.ticks.read().last().copied().unwrap_or(1.0);
        let shown = data
            .series
            .iter()
            .filter(|series| plot.chart.toggles.shows(&series.name));
        for series in shown {
            let Some(value) = series.points.get(index).copied().flatten() else {
                continue;
            };
            let dot = svg("circle")
                .class("chart-dot")
                .attr("cx", x.clone())
                .attr("cy", from_top(value, top))
                .attr("r", "3");
            parts.push(svg("g").class(series.hue.class()).child(dot.part()).part());
        }
    }
    Some(svg("g").children(parts).part())
}

/// How far below the top a value is.
#[expect(clippy::cast_possible_truncation, reason = "0 to 10,000")]
fn from_top(value: f64, top: f64) -> String {
    let share = if top > 0.0 { (value / top).clamp(0.0, 1.0) } else { 0.0 };
    position(((1.0 - share) * 10_000.0) as i64, 10_000)
}

fn selection(plot: Plot) -> Option<Part> {
    let (a, b) = plot.drag.get()?;
    let count = signed(plot.chart.data.read().axis.count);
    let (from, to) = (signed(a.min(b)), signed(a.max(b)) + 1);
    let rect = svg("rect")
        .class("chart-drag")
        .attr("x", position(from, count))
        .attr("width", position(to - from, count))
        .attr("height", "100%");
    Some(rect.part())
}

/// The numbers of what is pointed at, beside it.
fn tip(plot: Plot) -> Option<Part> {
    let index = plot.index()?;
    let data = plot.chart.data.read();
    let unit = plot.chart.unit;
    let shown = data
        .series
        .iter()
        .filter(|series| plot.chart.toggles.shows(&series.name));
    let mut known: Vec<_> = shown
        .filter_map(|series| Some((series, series.points.get(index).copied().flatten()?)))
        .collect();
    // As they lie: of stacks the highest first, of lines the greatest.
    if plot.chart.is_stacked() {
        known.reverse();
        known.retain(|(_, value)| *value != 0.0);
    } else {
        known = in_order(known, |(_, a), (_, b)| b.total_cmp(a));
    }
    let row = |mark: Part, name: &str, value: f64| {
        let parts = vec![
            mark,
            el("span", "tip-name", vec![name.to_owned().part()]),
            el("span", "tip-value", vec![unit.short(value).part()]),
        ];
        el("span", "tip-row", parts)
    };
    let (sum, count) = (known.iter().map(|(_, value)| value).sum::<f64>(), known.len());
    let mut rows = vec![el(
        "span",
        "tip-time",
        vec![data.axis.span_text(index, plot.here.get()).part()],
    )];
    for (series, value) in known.iter().take(MOST) {
        rows.push(row(swatch(series.hue, plot.chart.shape), &series.name, *value));
    }
    if count > MOST {
        rows.push(el(
            "span",
            "tip-time",
            vec![format!("and {} more", count - MOST).part()],
        ));
    }
    if count == 0 {
        rows.push(el("span", "tip-time", vec!["nothing".part()]));
    }
    if plot.chart.is_stacked() && count > 1 {
        rows.push(row(el("span", "swatch", Vec::new()), "Together", sum));
    }
    let is_right = 2 * index > data.axis.count;
    let class = if is_right { "tip-place tip-left" } else { "tip-place" };
    let place = svg("foreignObject")
        .class(class)
        .attr("x", middle(index, data.axis.count))
        .attr("y", "0")
        .attr("width", "240")
        .attr("height", "10");
    Some(place.child(el("div", "tip num", rows)).part())
}

/// Round moments below the plot.
pub(super) fn axis_below(plot: Plot) -> Part {
    let ticks = show_some(move || {
        let ticks = plot.chart.data.read().axis.ticks(plot.here.get());
        let many = ticks.len() > 4;
        let drawn: Vec<Part> = ticks
            .into_iter()
            .enumerate()
            .map(|(n, tick)| {
                // Where there is no room, every other one.
                let class = if many && n % 2 == 1 {
                    "moment moment-odd"
                } else {
                    "moment"
                };
                svg("text")
                    .class(class)
                    .attr("x", tick.at)
                    .attr("y", "14")
                    .child(tick.label.part())
                    .part()
            })
            .collect();
        Some(svg("g").children(drawn).part())
    });
    svg("svg")
        .class("chart-moments num")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .child(ticks.part())
        .part()
}
