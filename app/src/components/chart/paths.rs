//! The shapes of series, in whole numbers: writing fractions is 15 KB of code
//! for the browser. A plot is [`PITCH`] units wide for each span of time and
//! [`HEIGHT`] high, whatever room it has.

use std::fmt::Write as _;

use super::ChartData;

/// Units from one span to the next.
pub(super) const PITCH: usize = 10;
/// Units of a bar's width.
const WIDTH: usize = 8;
/// Units of the height.
pub(super) const HEIGHT: i64 = 1_000;
/// Units of which no bar is lower, so that one refused event among a million
/// can be seen.
const LEAST: i64 = 12;

/// How high a value is.
#[expect(clippy::cast_possible_truncation, reason = "at most HEIGHT by then")]
fn height(value: f64, top: f64) -> i64 {
    if top > 0.0 {
        (value / top * 1_000.0).clamp(0.0, 1_000.0).round() as i64
    } else {
        0
    }
}

/// A line through the middle of each span, with gaps where nothing is known.
pub(super) fn line(points: &[Option<f64>], top: f64) -> String {
    let mut path = String::new();
    let mut is_drawing = false;
    for (at, value) in points.iter().enumerate() {
        let Some(value) = value else {
            is_drawing = false;
            continue;
        };
        let (x, y) = (middle(at), HEIGHT - height(*value, top));
        // Writing to a string cannot fail. A lone point is a line of no length,
        // which its round ends make a dot.
        let _ = if is_drawing {
            write!(path, "L{x} {y}")
        } else {
            write!(path, "M{x} {y}h0")
        };
        is_drawing = true;
    }
    path
}

const fn middle(at: usize) -> usize {
    at * PITCH + PITCH / 2
}

/// For each series the paths of its box and of its upper edge, standing on the
/// series before that are shown.
pub(super) fn stack(data: &ChartData, top: f64, is_shown: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut base = vec![0.0; data.axis.count];
    let stacked = data.series.iter().map(|series| {
        if !is_shown(&series.name) {
            return Default::default();
        }
        let mut upper = String::new();
        let mut lower = String::new();
        for (at, (value, below)) in series.points.iter().zip(&mut base).enumerate() {
            let floor = HEIGHT - height(*below, top);
            *below += value.unwrap_or(0.0).max(0.0);
            let y = HEIGHT - height(*below, top);
            let letter = if upper.is_empty() { 'M' } else { 'L' };
            let _ = write!(upper, "{letter}{} {y}", middle(at));
            lower.insert_str(0, &format!("L{} {floor}", middle(at)));
        }
        (format!("{upper}{lower}z"), upper)
    });
    stacked.collect()
}

/// The path of each series as bars, standing on the series before that are shown.
pub(super) fn bars(data: &ChartData, top: f64, is_shown: impl Fn(&str) -> bool) -> Vec<String> {
    let mut base = vec![0_i64; data.axis.count];
    let layers = data.series.iter().map(|series| {
        let mut path = String::new();
        if !is_shown(&series.name) {
            return path;
        }
        for (at, (value, below)) in series.points.iter().zip(&mut base).enumerate() {
            let value = value.unwrap_or(0.0);
            if value <= 0.0 {
                continue;
            }
            let tall = height(value, top).max(LEAST);
            let (x, y) = (at * PITCH + 1, HEIGHT - *below);
            let _ = write!(path, "M{x} {y}v-{tall}h{WIDTH}v{tall}z");
            *below += tall;
        }
        path
    });
    layers.collect()
}

/// Lines across a plot of so many spans, one for each tick above zero.
pub(super) fn grid(intervals: usize, spans: usize) -> String {
    let mut path = String::new();
    let width = spans * PITCH;
    let intervals = i64::try_from(intervals).unwrap_or(1).max(1);
    for n in 1..=intervals {
        let _ = write!(path, "M0 {}h{width}", HEIGHT - HEIGHT * n / intervals);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::chart::{Hue, Series, TimeAxis};

    fn data() -> ChartData {
        let series = |name: &str, points: [f64; 2]| Series {
            name: name.to_owned(),
            hue: Hue::Rest,
            points: points.map(Some).into(),
            total: None,
        };
        ChartData {
            axis: TimeAxis {
                first: 0,
                step: 60,
                count: 2,
            },
            series: vec![series("a", [5.0, 0.0]), series("b", [5.0, 10.0])],
        }
    }

    #[test]
    fn bars_stand_on_each_other() {
        assert_eq!(
            bars(&data(), 10.0, |_| true),
            ["M1 1000v-500h8v500z", "M1 500v-500h8v500zM11 1000v-1000h8v1000z"]
        );
        assert_eq!(bars(&data(), 10.0, |name| name == "b")[0], "");
        assert!(
            bars(&data(), 1e9, |_| true)[0].contains("v-12"),
            "what is there can be seen"
        );
    }

    #[test]
    fn areas_stand_on_each_other() {
        let layers = stack(&data(), 10.0, |_| true);
        assert_eq!(
            layers[0],
            ("M5 500L15 1000L15 1000L5 1000z".to_owned(), "M5 500L15 1000".to_owned())
        );
        assert_eq!(layers[1].0, "M5 0L15 0L15 1000L5 500z");
        assert_eq!(
            stack(&data(), 10.0, |name| name == "b")[1].0,
            "M5 500L15 0L15 1000L5 1000z"
        );
    }

    #[test]
    fn lines_have_gaps_and_lone_points() {
        assert_eq!(
            line(&[Some(1.0), Some(2.0), None, Some(0.0)], 2.0),
            "M5 500h0L15 0M35 1000h0"
        );
        assert_eq!(line(&[Some(f64::NAN)], 0.0), "M5 1000h0");
    }

    #[test]
    fn the_most_is_of_what_is_shown() {
        assert_eq!(data().most(true, |_| true), 10.0);
        assert_eq!(data().most(false, |_| true), 10.0);
        assert_eq!(data().most(true, |name| name == "a"), 5.0);
        assert!(!data().is_empty());
        assert_eq!(grid(2, 3), "M0 500h30M0 0h30");
    }
}
