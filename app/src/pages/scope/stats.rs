//! Measures as numbers and as lines.

use eventglass_model::{Measure, Metrics};
use leptos::prelude::*;

use super::{
    Asked,
    charts::{over_time, points, total},
};
use crate::{
    components::chart::{Better, ChartData, Hue, Stat, stat},
    format::Unit,
    view::{IntoPart, Part, el, memo, show},
};

/// A measure, what it is called, its unit, and which way is better.
pub(crate) type Number = (Measure, &'static str, Unit, Better);

/// A measure, and the name and the colour of its line.
pub(crate) type Line = (Measure, &'static str, Hue);

/// How long events take.
pub(crate) const LATENCY: &[Line] = &[
    (Measure::P50, "p50", Hue::Nth(0)),
    (Measure::P95, "p95", Hue::Nth(1)),
    (Measure::P99, "p99", Hue::Nth(2)),
];

/// Each number of the whole time, with how it changed since the time before.
pub(crate) fn numbers(asked: Asked<Metrics>, class: &'static str, list: &'static [Number]) -> Part {
    let all = show(move || {
        asked.latest.with(|metrics| {
            let stats = metrics.iter().flat_map(|metrics| {
                list.iter().map(|&(measure, label, unit, better)| {
                    let (value, previous) = total(metrics, measure);
                    stat(Stat {
                        label: label.into(),
                        unit,
                        value,
                        previous,
                        better,
                        points: points(metrics, measure),
                    })
                })
            });
            stats.collect::<Vec<Part>>().part()
        })
    });
    el("div", class, vec![all.part()])
}

/// What was measured last, over time; empty until there is an answer.
pub(crate) fn lines(asked: Asked<Metrics>, list: &'static [Line]) -> Memo<ChartData> {
    memo(move |_| {
        asked
            .latest
            .with(|metrics| metrics.as_ref().map(|m| over_time(m, list)).unwrap_or_default())
    })
}
