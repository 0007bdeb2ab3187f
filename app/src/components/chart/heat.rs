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
        let mut values: Vec<f64> = values.copied().filter(|value| *value > 0.0).collect();
        values.sort_unstable_by(f64::total_cmp);
        let most = values.last().copied().unwrap_or(0.0);
        let darkest = darkest(&values);
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
                    fields(data.axis, &series.points, darkest),
                    titled("span", "heat-total num", exact, vec![total.part()]),
                ];
                el("li", "heat-row", parts)
            })
            .collect();
        let ends = el(
            "li",
            "heat-ends num",
            vec![
                el("span", "", vec![ends(data.axis, here.get()).part()]),
                el("span", "", vec![legend(unit, darkest, most).part()]),
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

/// From where on fields are darkest, of values in order: so that one that stands out does
/// not make all others look alike, the twentieth part of them share that shade.
fn darkest(values: &[f64]) -> f64 {
    let at = (values.len() * 19 / 20).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or(0.0)
}

fn legend(unit: Unit, darkest: f64, most: f64) -> String {
    if darkest < most {
        format!("darkest from {}, most {}", unit.short(darkest), unit.short(most))
    } else {
        format!("most {}", unit.short(most))
    }
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
fn fields(axis: TimeAxis, points: &[Option<f64>], darkest: f64) -> Part {
    let mut paths: [String; SHADES.len()] = Default::default();
    for (at, value) in points.iter().enumerate() {
        let value = value.unwrap_or(0.0);
        if value <= 0.0 || darkest <= 0.0 {
            continue;
        }
        let shade = ((value / darkest * 6.0).ceil() as usize).clamp(1, SHADES.len()) - 1;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_out_leaves_shades_for_the_others() {
        let mut values: Vec<f64> = (1..100).map(f64::from).collect();
        values.push(50_000.0);
        assert_eq!(darkest(&values), 96.0);
        assert_eq!(legend(Unit::Count, 96.0, 50_000.0), "darkest from 96, most 50\u{a0}k");
        assert_eq!((darkest(&[7.0]), darkest(&[])), (7.0, 0.0));
        assert_eq!(legend(Unit::Count, 7.0, 7.0), "most 7");
    }
}
