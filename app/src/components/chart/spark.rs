//! A line as small as a word.

use super::{
    Hue,
    paths::{HEIGHT, PITCH, line},
};
use crate::view::{Part, svg};

/// Points as a line without scale or words; whatever it says must stand beside
/// it. `marks` are drawn over it as a second line on the same scale.
pub(crate) fn spark(points: &[Option<f64>], marks: &[Option<f64>]) -> Part {
    let known = points.iter().chain(marks).flatten();
    let top = known
        .fold(0.0_f64, |most, value| most.max(*value))
        .max(f64::MIN_POSITIVE);
    let path = |hue: Hue, points: &[Option<f64>]| {
        let path = svg("path").class("chart-edge").attr("d", line(points, top));
        svg("g").class(hue.class()).child(path.part()).part()
    };
    let mut lines = vec![path(Hue::Nth(0), points)];
    if marks.iter().flatten().any(|value| *value > 0.0) {
        lines.push(path(Hue::Bad, marks));
    }
    svg("svg")
        .class("spark")
        .attr("viewBox", format!("0 0 {} {HEIGHT}", (points.len() * PITCH).max(1)))
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .children(lines)
        .part()
}
