//! Adding up what belongs to a group and a point.

use eventglass_model::{Measure, MetricField};

use super::Map;
use super::cell::{Cell, Count, Numbers, Sum};
use super::histogram::{Histogram, rank};
use super::key::Value;
use super::users::Users;

/// What is known of a group, or of one point of it.
#[derive(Clone, Default)]
pub(super) struct Acc {
    pub(super) numbers: Numbers,
    pub(super) durations: Histogram,
    pub(super) users: Users,
    /// Values of a field that has no histogram.
    pub(super) values: Vec<f64>,
}

impl Acc {
    pub(super) fn add_cell(&mut self, cell: &Cell, want: Want) {
        self.numbers.add(&cell.numbers);
        if want.durations {
            self.durations.merge(&cell.durations);
        }
        if want.users {
            self.users.merge(&cell.users);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.numbers.add(&other.numbers);
        self.durations.merge_histogram(&other.durations);
        self.users.merge(&other.users);
        self.values.extend_from_slice(&other.values);
    }

    /// A measure of it; `None` when there is nothing to take it of.
    #[expect(clippy::cast_precision_loss, reason = "for people and charts; the sums are exact")]
    pub(super) fn measure(&mut self, measure: Measure, field: &MetricField) -> Option<f64> {
        let numbers = self.numbers;
        let count = |of: Count| numbers.count(of) as f64;
        let sum = |of: Sum| numbers.sum(of) as f64;
        let (field_sum, field_count) = match field {
            MetricField::Duration => (sum(Sum::Duration) / 1e3, numbers.count(Count::Timed)),
            MetricField::Cost => (sum(Sum::Cost) / 1e9, numbers.count(Count::Priced)),
            MetricField::Tokens => (sum(Sum::Tokens), numbers.count(Count::Counted)),
            MetricField::Attribute(_) => (
                self.values.iter().sum(),
                i64::try_from(self.values.len()).unwrap_or(i64::MAX),
            ),
        };
        let percentile = |acc: &mut Self, share: f64| match field {
            MetricField::Duration => acc.durations.quantile(share).map(|micros| micros / 1e3),
            _ => acc.exact(share),
        };
        match measure {
            Measure::Count => Some(count(Count::Events)),
            Measure::Errors => Some(count(Count::Errors)),
            Measure::ErrorRate => {
                let events = numbers.count(Count::Events);
                (events > 0).then(|| count(Count::Errors) / events as f64)
            }
            Measure::P50 => percentile(self, 0.50),
            Measure::P90 => percentile(self, 0.90),
            Measure::P95 => percentile(self, 0.95),
            Measure::P99 => percentile(self, 0.99),
            Measure::Avg => (field_count > 0).then(|| field_sum / field_count as f64),
            Measure::Sum => Some(field_sum),
            Measure::Tokens => Some(sum(Sum::Tokens)),
            Measure::TokensIn => Some(sum(Sum::Input)),
            Measure::TokensOut => Some(sum(Sum::Output)),
            Measure::Cost => Some(sum(Sum::Cost) / 1e9),
            Measure::Unpriced => Some(count(Count::Unpriced)),
            Measure::Users => Some(self.users.estimate().round()),
        }
    }

    fn exact(&mut self, share: f64) -> Option<f64> {
        self.values.sort_unstable_by(f64::total_cmp);
        let wanted = rank(i64::try_from(self.values.len()).unwrap_or(i64::MAX), share) - 1;
        self.values.get(usize::try_from(wanted).unwrap_or(0)).copied()
    }
}

/// What has to be added up besides numbers.
#[derive(Clone, Copy)]
pub(super) struct Want {
    pub(super) durations: bool,
    pub(super) users: bool,
}

/// The groups that there are, numbered as they come.
#[derive(Default)]
pub(super) struct Groups {
    numbers: Map<Vec<Value>, usize>,
    names: Vec<Vec<Value>>,
}

impl Groups {
    pub(super) fn number(&mut self, name: Vec<Value>) -> usize {
        if let Some(number) = self.numbers.get(&name) {
            return *number;
        }
        let number = self.names.len();
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        number
    }

    pub(super) fn has(&self, name: &[Value]) -> bool {
        self.numbers.contains_key(name)
    }

    pub(super) const fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn name(&self, number: usize) -> &[Value] {
        self.names.get(number).map_or(&[], Vec::as_slice)
    }
}

/// The accumulator at a place, which is made where it is missing.
pub(super) fn at<T: Default>(list: &mut Vec<T>, place: usize) -> Option<&mut T> {
    if place >= list.len() {
        list.resize_with(place + 1, T::default);
    }
    list.get_mut(place)
}
