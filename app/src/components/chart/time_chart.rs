//! Series over time.

use leptos::prelude::*;

use super::{ChartData, ChartGroup, Toggles, days::days, legend::legend, plot::plot, table::as_table};
use crate::{
    format::Unit,
    view::{Part, el},
};

/// How series are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A line for each.
    Line,
    /// Filled, on top of each other.
    Area,
    /// Bars, on top of each other.
    Bar,
}

/// A chart of series over time.
#[derive(Clone, Copy)]
pub(crate) struct TimeChart {
    /// Begins the ids of its elements: one of its own on the page.
    pub(crate) id: StoredValue<String>,
    /// What it shows, for people.
    pub(crate) label: StoredValue<String>,
    /// How series are drawn.
    pub(crate) shape: Shape,
    /// What the numbers are.
    pub(crate) unit: Unit,
    /// The numbers.
    pub(crate) data: Memo<ChartData>,
    /// Which of the series are left out.
    pub(crate) toggles: Toggles,
    /// Shared with the other charts of the page.
    pub(super) group: ChartGroup,
}

impl TimeChart {
    /// A chart that keeps for itself which series it leaves out.
    pub(crate) fn new(
        id: impl Into<String>,
        label: impl Into<String>,
        shape: Shape,
        unit: Unit,
        data: Memo<ChartData>,
    ) -> Self {
        Self {
            id: StoredValue::new(id.into()),
            label: StoredValue::new(label.into()),
            shape,
            unit,
            data,
            toggles: Toggles::local(),
            group: ChartGroup::from_context(),
        }
    }

    /// The same, with somebody else keeping which series are left out.
    pub(crate) fn toggled_by(self, toggles: Toggles) -> Self {
        Self { toggles, ..self }
    }

    /// The chart with its legend, and the same as a table.
    pub(crate) fn part(self) -> Part {
        el(
            "div",
            "chart-whole",
            vec![legend(self), plot(self), days(self), as_table(self)],
        )
    }

    /// The chart alone, where its legend stands elsewhere.
    pub(crate) fn bare(self) -> Part {
        el("div", "chart-whole", vec![plot(self), days(self), as_table(self)])
    }

    pub(super) fn is_stacked(self) -> bool {
        self.shape != Shape::Line
    }
}
