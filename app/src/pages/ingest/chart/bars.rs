//! The shapes of the bars: whole numbers, because writing fractions is 15 KB
//! of code for the browser.

use std::fmt::Write;

/// Units from one bar to the next.
pub(super) const PITCH: usize = 10;
/// Units of a bar's width.
const WIDTH: usize = 8;
/// Units of the height.
pub(super) const HEIGHT: i64 = 1_000;
/// Units above the end of the scale: room for four layers that are drawn
/// higher than they are.
pub(super) const HEADROOM: i64 = 4 * LEAST;
/// Units of which no bar is lower, so that one refused event among a million
/// can be seen.
const LEAST: i64 = 12;

/// The end of the scale: the least even number of one digit and zeros that is
/// not below, so that the half of it is whole too.
pub(super) fn scale(most: i64) -> i64 {
    let mut unit = 1_i64;
    while most > unit.saturating_mul(10) {
        unit = unit.saturating_mul(10);
    }
    let steps = most.div_euclid(unit) + i64::from(most % unit != 0);
    (steps + steps % 2).max(2).saturating_mul(unit)
}

/// The highest stack.
pub(super) fn highest(bars: &[[i64; 4]], shown: [bool; 4]) -> i64 {
    bars.iter().map(|bar| stack(bar, shown)).max().unwrap_or(0)
}

fn stack(bar: &[i64; 4], shown: [bool; 4]) -> i64 {
    bar.iter().zip(shown).filter(|(_, shown)| *shown).map(|(n, _)| n).sum()
}

/// The path of one layer of the stacks: a box for each bar that has some.
pub(super) fn layer(bars: &[[i64; 4]], shown: [bool; 4], which: usize, scale: i64) -> String {
    let mut path = String::new();
    for (at, bar) in bars.iter().enumerate() {
        let mut base = 0;
        for (layer, (n, shown)) in bar.iter().zip(shown).enumerate() {
            if !shown || *n == 0 {
                continue;
            }
            let height = i64::try_from(i128::from(*n) * i128::from(HEIGHT - HEADROOM) / i128::from(scale.max(1)));
            let height = height.unwrap_or(HEIGHT).max(LEAST);
            if layer == which {
                let (x, y) = (at * PITCH + 1, HEIGHT - base);
                // Writing to a string cannot fail.
                let _ = write!(path, "M{x} {y}v-{height}h{WIDTH}v{height}z");
            }
            base += height;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [bool; 4] = [true; 4];

    #[test]
    fn scales_are_even() {
        for (most, expected) in [
            (0, 2),
            (1, 2),
            (2, 2),
            (3, 4),
            (9, 10),
            (10, 10),
            (11, 20),
            (20, 20),
            (21, 40),
            (99, 100),
            (101, 200),
            (12_345, 20_000),
        ] {
            assert_eq!(scale(most), expected, "{most}");
        }
        assert!(scale(i64::MAX) > 0);
    }

    #[test]
    fn layers_stand_on_each_other() {
        let bars = [[5, 0, 5, 0], [0, 0, 0, 0], [10, 0, 0, 0]];
        assert_eq!(highest(&bars, ALL), 10);
        assert_eq!(layer(&bars, ALL, 0, 10), "M1 1000v-476h8v476zM21 1000v-952h8v952z");
        assert_eq!(layer(&bars, ALL, 2, 10), "M1 524v-476h8v476z");
        assert_eq!(layer(&bars, ALL, 1, 10), "");
        let shown = [false, true, true, true];
        assert_eq!(highest(&bars, shown), 5);
        assert_eq!(layer(&bars, shown, 2, 10), "M1 1000v-476h8v476z");
    }

    #[test]
    fn little_is_seen_and_nothing_sticks_out() {
        let bars = [[999_997, 1, 1, 1]];
        assert_eq!(layer(&bars, ALL, 0, 1_000_000), "M1 1000v-951h8v951z");
        assert_eq!(layer(&bars, ALL, 3, 1_000_000), "M1 25v-12h8v12z");
    }
}
