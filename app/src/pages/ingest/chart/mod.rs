//! What came over time, as a chart.

mod bars;
mod figure;
mod legend;
mod table;
mod words;

use leptos::prelude::*;

use crate::view::{IntoPart, Part};

/// The numbers, which are the legend too, the chart, and the same as a table.
pub(super) fn chart() -> Part {
    view! {
        <section class="panel" aria-labelledby="chart-title">
            {legend::legend()}
            {figure::figure()}
            {table::as_table()}
        </section>
    }
    .part()
}
