//! The plot: what is drawn, and what is said of it.

use leptos::prelude::*;

use super::{
    ChartData, Shape, TimeChart,
    overlay::{axis_below, overlay},
    paths::{HEIGHT, PITCH, bars, grid, line, stack},
    scale::ticks,
    slider::slider,
};
use crate::{
    hydration::use_hydrated,
    view::{IntoPart, Part, el, memo, show, show_some, svg, tag, text},
};

/// The most series that are read out one by one.
const READ_OUT: usize = 8;

/// What the parts of a plot share.
#[derive(Clone, Copy)]
pub(super) struct Plot {
    pub(super) chart: TimeChart,
    /// The lines across it, from 0 upwards.
    pub(super) ticks: Memo<Vec<f64>>,
    /// Tells this chart from the others of its group.
    number: u32,
    /// From where to where somebody drags.
    pub(super) drag: RwSignal<Option<(usize, usize)>>,
    pub(super) here: ReadSignal<bool>,
}

impl Plot {
    /// The span that is pointed at, here or on another chart.
    pub(super) fn index(self) -> Option<usize> {
        let time = self.chart.group.at.get()?;
        self.chart.data.read().axis.index_of(time)
    }

    /// Whether this is the chart that is pointed at.
    pub(super) fn is_pointed_at(self) -> bool {
        self.chart.group.owner.get() == Some(self.number)
    }

    pub(super) fn point(self, index: Option<usize>) {
        // A chart that goes loses the pointer and the focus, and is told so after.
        let Some(axis) = self.chart.data.try_read_untracked().map(|data| data.axis) else {
            return;
        };
        let group = self.chart.group;
        let owner = group.owner.get_untracked();
        // The pointer has gone on to another chart before this one is told that it left.
        if index.is_none() && owner != Some(self.number) {
            return;
        }
        let time = index.map(|index| axis.start_of(index));
        if group.at.get_untracked() != time {
            group.at.set(time);
        }
        let owned = index.map(|_| self.number);
        if owner != owned {
            group.owner.set(owned);
        }
    }

    /// What is pointed at, in words.
    pub(super) fn read_out(self) -> String {
        let Some(index) = self.index() else {
            return String::new();
        };
        let data = self.chart.data.read();
        let mut said = format!("{}: ", data.axis.span_text(index, self.here.get()));
        let shown = data
            .series
            .iter()
            .filter(|series| self.chart.toggles.shows(&series.name));
        let known = shown.filter_map(|series| Some((series, (*series.points.get(index)?)?)));
        let mut count = 0;
        for (series, value) in known.take(READ_OUT) {
            if count > 0 {
                said.push_str(", ");
            }
            let name = if series.name.is_empty() {
                ""
            } else {
                &format!("{} ", series.name)
            };
            said.push_str(&format!("{name}{}", self.chart.unit.short(value)));
            count += 1;
        }
        if count == 0 {
            said.push_str("nothing");
        }
        said
    }

    /// Zooms into what was dragged over.
    pub(super) fn end_drag(self) {
        let Some(dragged @ Some(_)) = self.drag.try_get_untracked() else {
            return;
        };
        self.drag.set(None);
        if let (Some((a, b)), Some(zoom)) = (dragged, self.chart.group.zoom)
            && a != b
        {
            let axis = self.chart.data.read_untracked().axis;
            self.point(None);
            zoom.run((axis.start_of(a.min(b)), axis.start_of(a.max(b) + 1)));
        }
    }
}

/// The plot with its scale and its moments.
pub(super) fn plot(chart: TimeChart) -> Part {
    let plot = Plot {
        chart,
        ticks: memo(move |_| {
            let most = chart
                .data
                .read()
                .most(chart.is_stacked(), |name| chart.toggles.shows(name));
            ticks(most, chart.unit)
        }),
        number: chart.group.number(),
        drag: RwSignal::new(None),
        here: use_hydrated(),
    };
    let nothing = show_some(move || {
        let is_empty = chart.data.read().is_empty();
        is_empty.then(|| el("p", "chart-none", vec!["Nothing in this time.".part()]))
    });
    let scale = show(move || {
        let labels = plot.ticks.get().into_iter().rev();
        let labels = labels.map(|tick| el("span", "", vec![chart.unit.tick(tick).part()]));
        labels.collect::<Vec<Part>>().part()
    });
    let scale = tag("div")
        .class("chart-scale num")
        .attr("aria-hidden", "true")
        .child(scale.part());
    let parts = vec![
        scale.part(),
        el(
            "div",
            "chart-plot",
            vec![picture(plot), nothing.part(), overlay(plot), slider(plot)],
        ),
        axis_below(plot),
    ];
    el("div", "chart", parts)
}

fn picture(plot: Plot) -> Part {
    let TimeChart { id, label, data, .. } = plot.chart;
    let (title, told) = (
        id.with_value(|id| format!("{id}-title")),
        id.with_value(|id| format!("{id}-told")),
    );
    let names = format!("{title} {told}");
    let summary = text(move || summary(&data.read(), plot.chart));
    let layers = show(move || layers(plot));
    svg("svg")
        .class("chart-picture")
        .text("viewBox", move || {
            format!("0 0 {} {HEIGHT}", (data.read().axis.count * PITCH).max(1))
        })
        .attr("preserveAspectRatio", "none")
        .attr("role", "img")
        .attr("aria-labelledby", names)
        .child(svg("title").attr("id", title).child(label.get_value().part()).part())
        .child(svg("desc").attr("id", told).child(summary.part()).part())
        .child(
            svg("path")
                .class("chart-grid")
                .text("d", move || {
                    grid(plot.ticks.read().len().saturating_sub(1), data.read().axis.count)
                })
                .part(),
        )
        .child(layers.part())
        .part()
}

/// What a chart shows, in a sentence.
fn summary(data: &ChartData, chart: TimeChart) -> String {
    let known = data.series.iter().filter_map(|series| Some((series, series.total?)));
    let totals: Vec<String> = known
        .take(READ_OUT)
        .map(|(series, total)| format!("{} {}", series.name, chart.unit.short(total)).trim().to_owned())
        .collect();
    let each = format!("Each point is {}.", data.axis.step_text());
    if totals.is_empty() {
        each
    } else {
        format!("In all: {}. {each}", totals.join(", "))
    }
}

fn layers(plot: Plot) -> Part {
    let chart = plot.chart;
    let data = chart.data.read();
    let top = plot.ticks.read().last().copied().unwrap_or(1.0);
    let shows = |name: &str| chart.toggles.shows(name);
    let path = |class: &'static str, hue: &'static str, d: String| {
        let path = svg("path").class(class).attr("d", d).part();
        svg("g").class(hue).child(path).part()
    };
    let series = data.series.iter();
    let drawn: Vec<Part> = match chart.shape {
        Shape::Line => series
            .filter(|series| shows(&series.name))
            .map(|series| path("chart-stroke", series.hue.class(), line(&series.points, top)))
            .collect(),
        Shape::Bar => series
            .zip(bars(&data, top, shows))
            .map(|(series, d)| path("chart-fill", series.hue.class(), d))
            .collect(),
        Shape::Area => series
            .zip(stack(&data, top, shows))
            .filter(|(_, (area, _))| !area.is_empty())
            .map(|(series, (area, edge))| {
                let area = svg("path").class("chart-area").attr("d", area).part();
                let edge = svg("path").class("chart-edge").attr("d", edge).part();
                svg("g").class(series.hue.class()).child(area).child(edge).part()
            })
            .collect(),
    };
    svg("g").children(drawn).part()
}
