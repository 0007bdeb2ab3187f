//! What came over time, as a chart.

mod bars;
mod figure;
mod legend;
mod table;
mod words;

use crate::view::{Part, el};

/// The numbers, which are the legend too, the chart, and the same as a table.
pub(super) fn chart() -> Part {
    let parts = vec![legend::legend(), figure::figure(), table::as_table()];
    el("section", "panel", parts)
}
