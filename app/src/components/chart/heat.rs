//! Groups by time, as fields that are the darker the more there is.

use std::fmt::Write as _;

use leptos::prelude::*;

use super::{ChartData, axis::TimeAxis, paths::PITCH};
use crate::{
    format::Unit,
    hydration::use_hydrated,
    view::{IntoPart, Part, el, show_some, svg, tag, titled},
};

/// How dark a field is, from some to most. Nothing is not drawn.
const SHADES: [&str; 6] = ["heat-1", "heat-2", "heat-3", "heat-4", "heat-5", "heat-6"];

/// A row of fields for each series.
pub(crate) fn heat_map(label: impl Into<String>, unit: Unit, data: Memo<ChartData>) -> Part {
    let here = use_hydrated();
    let label = label.into();
    let rows = show_some(move || {
        let data = data.read();
        let values = data.series.iter().flat_map(|series| series.points.iter().flatten());
        let most = values.fold(0.0_f64, |most, value| most.max(*value));
        let rows: Vec<Part> = data
            .series
            .iter()
            .map(|series| {
                let total = series.total.map(|total| unit.short(total)).unwrap_or_default();
                let exact = series.total.map(|total| unit.exact(total)).unwrap_or_default();
                let parts = vec![
                    titled(
                        "span",
                        "heat-name truncate",
                        series.name.clone(),
                        vec![series.name.clone().part()],
                    ),
                    fields(data.axis, &series.points, most),
                    titled("span", "heat-total num", exact, vec![total.part()]),
                ];
                el("li", "heat-row", parts)
            })
            .collect();
        let ends = el(
            "li",
            "heat-row heat-ends num",
            vec![
                el("span", "", Vec::new()),
                el("span", "", vec![ends(data.axis, here.get()).part()]),
                el("span", "", vec![format!("most {}", unit.short(most)).part()]),
            ],
        );
        let list = tag("ul")
            .class("heat")
            .attr("aria-label", label.clone())
            .children(rows)
            .child(ends);
        Some(list.part())
    });
    rows.part()
}

fn ends(axis: TimeAxis, here: bool) -> String {
    if axis.count == 0 {
        return String::new();
    }
    let text = |seconds| super::axis::civil(seconds, here).minute_text();
    format!("{} – {}", text(axis.first), text(axis.end()))
}

/// One path for each shade.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 5")]
fn fields(axis: TimeAxis, points: &[Option<f64>], most: f64) -> Part {
    let mut paths: [String; SHADES.len()] = Default::default();
    for (at, value) in points.iter().enumerate() {
        let value = value.unwrap_or(0.0);
        if value <= 0.0 || most <= 0.0 {
            continue;
        }
        let shade = ((value / most * 6.0).ceil() as usize).clamp(1, SHADES.len()) - 1;
        if let Some(path) = paths.get_mut(shade) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} 0h9v20h-9z", at * PITCH);
        }
    }
    let drawn = paths.into_iter().zip(SHADES).filter(|(path, _)| !path.is_empty());
    svg("svg")
        .class("heat-fields")
        .attr("viewBox", format!("0 0 {} 20", (axis.count * PITCH).max(1)))
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .children(
            drawn
                .map(|(path, class)| svg("path").class(class).attr("d", path).part())
                .collect(),
        )
        .part()
}
