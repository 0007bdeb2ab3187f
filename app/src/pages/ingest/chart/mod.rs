//! What came over time, as a chart.

mod legend;

use leptos::prelude::*;

use super::{
    state::Page,
    traffic::{LABELS, OUTCOMES, Traffic},
};
use crate::{
    components::chart::{ChartData, Hue, Series, Shape, TimeAxis, TimeChart, Toggles},
    format::Unit,
    view::{Part, el, memo},
};

/// The colours of the outcomes, in the order of the stack.
const HUES: [Hue; 4] = [Hue::Good, Hue::Rest, Hue::Bad, Hue::Edge];

/// The numbers, which are the legend too, the chart, and the same as a table.
pub(super) fn chart() -> Part {
    let page = Page::from_context();
    let data = memo(move |_| data(&page.traffic.read()));
    let hidden = memo(move |_| {
        let labels = OUTCOMES.into_iter().zip(LABELS);
        let hidden = labels.filter(|(name, _)| page.hides(name));
        hidden.map(|(_, label)| label.to_owned()).collect::<Vec<_>>()
    });
    // The numbers above say which are left out; nothing in the chart does.
    let toggles = Toggles::new(hidden, Callback::new(|_| ()));
    let chart = TimeChart::new("traffic", "What came over time", Shape::Bar, Unit::Count, data).toggled_by(toggles);
    el("section", "panel", vec![legend::legend(HUES), chart.bare()])
}

fn data(traffic: &Traffic) -> ChartData {
    let layer = |which: usize| {
        let counts = traffic.bars.iter().map(|bar| bar.get(which).copied().unwrap_or(0));
        #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 events a minute")]
        let points: Vec<Option<f64>> = counts.map(|n| Some(n as f64)).collect();
        Series {
            name: LABELS.get(which).copied().unwrap_or_default().to_owned(),
            hue: HUES.get(which).copied().unwrap_or_default(),
            total: Some(points.iter().flatten().sum()),
            points,
        }
    };
    ChartData {
        axis: TimeAxis {
            first: traffic.first * 60,
            step: traffic.step * 60,
            count: traffic.bars.len(),
        },
        series: (0..OUTCOMES.len()).map(layer).collect(),
    }
}
