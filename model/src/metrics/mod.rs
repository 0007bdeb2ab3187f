//! Series of measures over time: what `/metrics` is asked, and what it answers.

mod answer;
mod field;
mod group;
mod interval;
mod query;
mod words;

pub use answer::{MetricPoint, MetricSeries, Metrics, MetricsSource, Period};
pub use field::MetricField;
pub use group::MetricGroup;
pub use interval::Interval;
pub use query::{DEFAULT_GROUPS, MAX_GROUPS, MAX_MEASURES, MAX_POINTS, MetricsQuery};
pub use words::{Dimension, Measure};
