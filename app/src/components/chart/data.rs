//! What a chart shows.

use super::TimeAxis;

/// The colour (and for lines the dashes) of a series. The names of the classes
/// are written whole, for the style sheet's sake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Hue {
    /// One of sixteen: eight colours, and the same eight again nearer to the ink
    /// and with other dashes. Those after them are as the rest, since two of one
    /// colour would be taken for each other.
    Nth(usize),
    /// What is well.
    Good,
    /// What went wrong.
    Bad,
    /// What is on the edge.
    Edge,
    /// The rest.
    #[default]
    Rest,
}

impl Hue {
    /// Its class.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Nth(n) => match n {
                0 => "hue-1",
                1 => "hue-2",
                2 => "hue-3",
                3 => "hue-4",
                4 => "hue-5",
                5 => "hue-6",
                6 => "hue-7",
                7 => "hue-8",
                8 => "hue-9",
                9 => "hue-10",
                10 => "hue-11",
                11 => "hue-12",
                12 => "hue-13",
                13 => "hue-14",
                14 => "hue-15",
                15 => "hue-16",
                _ => "hue-rest",
            },
            Self::Good => "hue-good",
            Self::Bad => "hue-bad",
            Self::Edge => "hue-edge",
            Self::Rest => "hue-rest",
        }
    }
}

/// One of the things that a chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Series {
    /// For people.
    pub(crate) name: String,
    /// Its colour.
    pub(crate) hue: Hue,
    /// A number for each span of time; none where there is nothing to tell.
    pub(crate) points: Vec<Option<f64>>,
    /// Over the whole time, if that means anything.
    pub(crate) total: Option<f64>,
}

/// Series over the same time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ChartData {
    /// The time.
    pub(crate) axis: TimeAxis,
    /// The series; of stacks, the lowest first.
    pub(crate) series: Vec<Series>,
}

impl ChartData {
    /// The highest value, or stack of values, of the series that are shown.
    pub(super) fn most(&self, stacked: bool, is_shown: impl Fn(&str) -> bool) -> f64 {
        let mut most = 0.0_f64;
        let mut sums = vec![0.0; self.axis.count];
        for series in self.series.iter().filter(|series| is_shown(&series.name)) {
            for (value, sum) in series.points.iter().zip(&mut sums) {
                let value = value.unwrap_or(0.0).max(0.0);
                *sum += value;
                most = most.max(if stacked { *sum } else { value });
            }
        }
        most
    }

    /// Whether there is nothing but zeros.
    pub(super) fn is_empty(&self) -> bool {
        let mut points = self.series.iter().flat_map(|series| &series.points);
        !points.any(|value| value.is_some_and(|value| value != 0.0))
    }
}
