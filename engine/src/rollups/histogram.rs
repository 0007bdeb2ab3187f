//! How durations are distributed, within 1.6 %.
//!
//! Each power of two is divided into 32 steps, so that the middle of a step is
//! within 1/64 of every value in it. The step of a value is found with shifts.

/// Steps of a power of two.
const STEPS_LOG2: u32 = 5;
const STEPS: u64 = 1 << STEPS_LOG2;

/// The step of a value.
#[must_use]
pub(super) fn step_of(value: i64) -> u16 {
    let value = u64::try_from(value).unwrap_or(0);
    if value < STEPS {
        return u16::try_from(value).unwrap_or(0);
    }
    let power = 63 - value.leading_zeros();
    let within = (value >> (power - STEPS_LOG2)) & (STEPS - 1);
    u16::try_from(u64::from(power - STEPS_LOG2 + 1) * STEPS + within).unwrap_or(u16::MAX)
}

/// The middle of a step.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "within a step, precision is not kept anyway")]
fn middle_of(step: u16) -> f64 {
    let step = u64::from(step);
    if step < STEPS {
        return step as f64;
    }
    let (power, within) = (step / STEPS - 1, step % STEPS);
    let width = (1_u128 << power) as f64;
    let low = (STEPS + within) as f64 * width;
    // A step of width 1 holds one value.
    low + (width - 1.0) / 2.0
}

/// Values by step, as they are stored: few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Steps {
    entries: Vec<(u16, i64)>,
    /// Entries at the beginning that are in order, each step once.
    tidy: usize,
}

impl Steps {
    /// Adds so many values (or takes away) of a step.
    pub(super) fn add(&mut self, step: u16, count: i64) {
        self.entries.push((step, count));
        if self.entries.len() > 2 * self.tidy + 32 {
            self.tidy_up();
        }
    }

    fn tidy_up(&mut self) {
        if self.tidy < self.entries.len() {
            self.entries.sort_unstable_by_key(|(step, _)| *step);
            self.entries.dedup_by(|later, earlier| {
                let same = later.0 == earlier.0;
                if same {
                    earlier.1 += later.1;
                }
                same
            });
            self.entries.retain(|(_, count)| *count != 0);
            self.tidy = self.entries.len();
        }
    }

    /// Adds others.
    pub(super) fn merge(&mut self, other: &Self) {
        self.entries.extend_from_slice(&other.entries);
        if self.entries.len() > 2 * self.tidy + 32 {
            self.tidy_up();
        }
    }

    /// In order, each step once, none with zero.
    pub(super) fn tidied(&mut self) -> &[(u16, i64)] {
        self.tidy_up();
        &self.entries
    }

    /// In no order, and a step may come twice.
    pub(super) fn entries(&self) -> &[(u16, i64)] {
        &self.entries
    }
}

/// Values by step, to be asked for percentiles: a count for each step between
/// the least and the greatest.
#[derive(Clone, Debug, Default)]
pub(super) struct Histogram {
    first: usize,
    counts: Vec<i64>,
}

impl Histogram {
    /// Adds so many values of a step.
    pub(super) fn add(&mut self, step: u16, count: i64) {
        let step = usize::from(step);
        if self.counts.is_empty() {
            self.first = step;
        }
        if step < self.first {
            let missing = self.first - step;
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = step;
        }
        let place = step - self.first;
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        if let Some(there) = self.counts.get_mut(place) {
            *there += count;
        }
    }

    /// Adds stored values.
    pub(super) fn merge(&mut self, steps: &Steps) {
        for (step, count) in steps.entries() {
            self.add(*step, *count);
        }
    }

    /// Adds the values of another.
    pub(super) fn merge_histogram(&mut self, other: &Self) {
        for (place, count) in other.counts.iter().enumerate().filter(|(_, count)| **count != 0) {
            self.add(u16::try_from(other.first + place).unwrap_or(u16::MAX), *count);
        }
    }

    /// The value that a share (0 to 1) of all values does not exceed, within
    /// 1.6 %; `None` without values.
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let all: i64 = self.counts.iter().sum();
        if all <= 0 {
            return None;
        }
        let wanted = rank(all, share);
        let mut below = 0;
        for (place, count) in self.counts.iter().enumerate() {
            below += count;
            if below >= wanted {
                return Some(middle_of(u16::try_from(self.first + place).unwrap_or(u16::MAX)));
            }
        }
        None
    }
}

/// Which of so many values in order is the one at a share: the nearest rank.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "counts of events are below 2^52"
)]
pub(super) fn rank(all: i64, share: f64) -> i64 {
    ((all as f64 * share).ceil() as i64).clamp(1, all.max(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_step_is_within_two_percent(value in 0..i64::MAX) {
            let middle = middle_of(step_of(value));
            let error = (middle - value as f64).abs() / (value as f64).max(1.0);
            prop_assert!(error <= 0.0157, "{value}: {middle}");
        }

        #[test]
        fn steps_rise_with_values(a in 0..i64::MAX, b in 0..i64::MAX) {
            prop_assert_eq!(step_of(a.min(b)) <= step_of(a.max(b)), true);
        }

        #[test]
        fn percentiles_are_within_two_percent(mut values in prop::collection::vec(0..10_000_000_i64, 1..300), share in 0.0..1.0) {
            let (mut half, mut steps) = (Steps::default(), Steps::default());
            for (n, value) in values.iter().enumerate() {
                if n % 2 == 0 { &mut half } else { &mut steps }.add(step_of(*value), 1);
            }
            steps.merge(&half);
            // What is taken away again leaves nothing behind.
            steps.add(step_of(77), 1);
            steps.add(step_of(77), -1);
            let tidy = steps.tidied().to_vec();
            prop_assert_eq!(tidy.iter().map(|(_, count)| count).sum::<i64>(), values.len() as i64);
            let mut histogram = Histogram::default();
            histogram.merge(&steps);
            values.sort_unstable();
            let exact = values[usize::try_from(rank(values.len() as i64, share) - 1).unwrap()] as f64;
            let found = histogram.quantile(share).unwrap();
            prop_assert!((found - exact).abs() <= exact * 0.02 + 0.5, "{found} for {exact}");
        }
    }

    #[test]
    fn nothing_has_no_percentile() {
        assert_eq!(Histogram::default().quantile(0.5), None);
        assert_eq!(step_of(i64::MAX), step_of(i64::MAX - 1));
        assert_eq!(step_of(-1), 0);
    }
}
