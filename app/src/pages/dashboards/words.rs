//! Measures and dimensions, in the words of the page.

use eventglass_model::{Dimension, Measure, MetricField, MetricGroup, WidgetKind};

use crate::format::Unit;

/// What a measure is called.
pub(super) const fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Count => "Events",
        Measure::Errors => "Errors",
        Measure::ErrorRate => "Error rate",
        Measure::P50 => "p50",
        Measure::P90 => "p90",
        Measure::P95 => "p95",
        Measure::P99 => "p99",
        Measure::Avg => "Mean",
        Measure::Sum => "Sum",
        Measure::Tokens => "Tokens",
        Measure::TokensIn => "Tokens in",
        Measure::TokensOut => "Tokens out",
        Measure::Cost => "Cost",
        Measure::Unpriced => "Unpriced calls",
        Measure::Users => "Users",
    }
}

/// What its numbers are.
pub(super) const fn unit(measure: Measure, field: &MetricField) -> Unit {
    match measure {
        Measure::ErrorRate => Unit::Share,
        Measure::Cost => Unit::Usd,
        Measure::P50 | Measure::P90 | Measure::P95 | Measure::P99 | Measure::Avg | Measure::Sum => match field {
            MetricField::Duration => Unit::Ms,
            MetricField::Cost => Unit::Usd,
            _ => Unit::Count,
        },
        _ => Unit::Count,
    }
}

/// Whether what groups have adds up to what all have: 52 % of a p95 is no share
/// of anything, and who used two services is one user.
pub(super) const fn adds_up(measure: Measure) -> bool {
    match measure {
        Measure::Count
        | Measure::Errors
        | Measure::Sum
        | Measure::Tokens
        | Measure::TokensIn
        | Measure::TokensOut
        | Measure::Cost
        | Measure::Unpriced => true,
        Measure::ErrorRate
        | Measure::P50
        | Measure::P90
        | Measure::P95
        | Measure::P99
        | Measure::Avg
        | Measure::Users => false,
    }
}

/// What a dimension is called.
pub(super) fn dimension(dimension: Dimension) -> String {
    dimension.as_str().replace('_', " ")
}

/// What series are grouped by.
pub(super) fn group(group: &MetricGroup) -> String {
    match group {
        MetricGroup::Field(field) => dimension(*field),
        MetricGroup::Attribute(path) => path.clone(),
    }
}

/// What a kind of widget is called.
pub(super) const fn kind(kind: WidgetKind) -> &'static str {
    match kind {
        WidgetKind::Line => "Lines",
        WidgetKind::Area => "Stacked areas",
        WidgetKind::Bar => "Stacked bars",
        WidgetKind::Number => "Number",
        WidgetKind::Table => "Table",
        WidgetKind::HeatMap => "Heat map",
        WidgetKind::Pie => "Shares",
    }
}
