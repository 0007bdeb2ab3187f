//! Shares of a whole.

use super::{Hue, Shape, swatch};
use crate::{
    format::Unit,
    view::{IntoPart, Part, el, svg, tag, titled},
};

/// A part of the whole.
pub(crate) struct Slice {
    /// Its name.
    pub(crate) name: String,
    /// Its number.
    pub(crate) value: f64,
    /// Its colour.
    pub(crate) hue: Hue,
}

/// A ring, and beside it what each part of it is. A sentence where there is
/// nothing to share out.
pub(crate) fn donut(label: &str, unit: Unit, slices: Vec<Slice>) -> Part {
    let sum: f64 = slices.iter().map(|slice| slice.value.max(0.0)).sum();
    if sum <= 0.0 {
        return el("p", "panel-none", vec!["Nothing in this time.".part()]);
    }
    let share = |value: f64| value.max(0.0) / sum;
    let mut before = 0.0;
    let mut arcs = Vec::new();
    let mut rows = Vec::new();
    for slice in slices {
        let part = share(slice.value);
        // By dashes of a circle whose length is said to be 1000: no sines needed.
        let (from, long) = (thousandths(before), thousandths(before + part) - thousandths(before));
        before += part;
        let said = format!(
            "{}: {}, {}",
            slice.name,
            unit.short(slice.value),
            Unit::Share.short(part)
        );
        let arc = svg("circle")
            .class("donut-arc")
            .attr("cx", "50")
            .attr("cy", "50")
            .attr("r", "38")
            .attr("pathLength", "1000")
            .attr("stroke-dasharray", format!("{} 1000", (long - 3).max(1)))
            .attr("stroke-dashoffset", (-from).to_string())
            .child(svg("title").child(said.part()).part());
        arcs.push(svg("g").class(slice.hue.class()).child(arc.part()).part());
        let row = vec![
            swatch(slice.hue, Shape::Bar),
            el("span", "tip-name", vec![slice.name.part()]),
            titled(
                "span",
                "tip-value",
                unit.exact(slice.value),
                vec![unit.short(slice.value).part()],
            ),
            el("span", "donut-share", vec![Unit::Share.short(part).part()]),
        ];
        rows.push(el("li", "tip-row", row));
    }
    let whole = vec![
        el("span", "donut-sum num", vec![unit.short(sum).part()]),
        el("span", "donut-word", vec!["in all".part()]),
    ];
    let ring = svg("svg")
        .class("donut-ring")
        .attr("viewBox", "0 0 100 100")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .children(arcs);
    let ring = el(
        "div",
        "donut-whole",
        vec![ring.part(), el("div", "donut-middle", whole)],
    );
    let list = tag("ul")
        .class("donut-list num")
        .attr("aria-label", label.to_owned())
        .children(rows);
    el("div", "donut", vec![ring, list.part()])
}

#[expect(clippy::cast_possible_truncation, reason = "0 to 1,000")]
fn thousandths(share: f64) -> i64 {
    (share * 1_000.0).round() as i64
}
