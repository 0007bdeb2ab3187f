//! The numbers along the side of a chart.

use crate::format::Unit;

/// The most intervals between lines.
const MOST: f64 = 5.0;
/// What is nice to count by.
const NICE: [f64; 5] = [1.0, 2.0, 2.5, 5.0, 10.0];
/// The same for durations from a minute on, in milliseconds: a minute to 30 days.
const MINUTES: [f64; 14] = [
    6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5, 216e5, 432e5, 864e5, 6_048e5, 25_920e5,
];

/// From 0 upwards, equally apart; the last is at or above `most`.
pub(super) fn ticks(most: f64, unit: Unit) -> Vec<f64> {
    let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
    let step = step(most, unit);
    let count = (most / step - 1e-9).ceil().clamp(1.0, 2.0 * MOST);
    let mut ticks = vec![0.0];
    let mut n = 1.0;
    while n <= count {
        ticks.push(step * n);
        n += 1.0;
    }
    ticks
}

fn step(most: f64, unit: Unit) -> f64 {
    let enough = |step: &f64| most <= step * MOST * 1.000_001;
    if unit == Unit::Ms
        && most > 6e4
        && let Some(step) = MINUTES.into_iter().find(enough)
    {
        return step;
    }
    let mut size = 1.0;
    while size * MOST * 10.0 < most {
        size *= 10.0;
    }
    // What is counted comes in ones.
    while size * MOST > most && !(unit == Unit::Count && size <= 1.0) && size > 1e-12 {
        size /= 10.0;
    }
    let whole_only = unit == Unit::Count && size <= 1.0;
    NICE.into_iter()
        .filter(|nice| !whole_only || nice.fract() == 0.0)
        .map(|nice| nice * size)
        .find(enough)
        .unwrap_or(size * 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(most: f64, unit: Unit) -> (f64, usize) {
        let ticks = ticks(most, unit);
        (ticks.last().copied().unwrap(), ticks.len() - 1)
    }

    #[test]
    fn are_nice() {
        for (most, unit, expected) in [
            (0.0, Unit::Count, (1.0, 1)),
            (1.0, Unit::Count, (1.0, 1)),
            (3.0, Unit::Count, (3.0, 3)),
            (7.0, Unit::Count, (8.0, 4)),
            (99.0, Unit::Count, (100.0, 5)),
            (101.0, Unit::Count, (125.0, 5)),
            (12_345.0, Unit::Count, (12_500.0, 5)),
            (340.0, Unit::Ms, (400.0, 4)),
            (90_000.0, Unit::Ms, (120_000.0, 2)),
            (4e6, Unit::Ms, (45e5, 5)),
        ] {
            assert_eq!(top(most, unit), expected, "{most} {unit:?}");
        }
        let (share, _) = top(0.95, Unit::Share);
        assert!((share - 1.0).abs() < 1e-9);
        let (usd, _) = top(0.0042, Unit::Usd);
        assert!((usd - 0.005).abs() < 1e-12, "{usd}");
    }

    #[test]
    fn hold_whatever_comes() {
        let mut most = 1e-9;
        while most < 1e18 {
            for unit in [Unit::Count, Unit::Ms, Unit::Usd, Unit::Share] {
                let (top, count) = top(most, unit);
                assert!(
                    top >= most * 0.999_99 && count <= 10,
                    "{most} {unit:?}: {top} in {count}"
                );
            }
            most *= 1.7;
        }
        assert_eq!(top(f64::NAN, Unit::Count).0, 1.0);
        assert!(top(1e300, Unit::Count).0 >= 1e300);
    }
}
