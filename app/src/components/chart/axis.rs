//! Time along the bottom of a chart.

use eventglass_model::Timestamp;

use crate::{
    browser,
    format::{Civil, position},
};

const DAY: i64 = 86_400;
/// What moments may be apart, in seconds.
const STEPS: [i64; 22] = [
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    1_800,
    3_600,
    7_200,
    10_800,
    21_600,
    43_200,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
];
/// The most moments below a chart.
const MOST: i64 = 7;

/// Equal spans of time, one after the other. In seconds since the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TimeAxis {
    /// When the first begins.
    pub(crate) first: i64,
    /// How long each is.
    pub(crate) step: i64,
    /// How many there are.
    pub(crate) count: usize,
}

/// A moment below the chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tick {
    /// How far from the left: `42.5%`.
    pub(super) at: String,
    /// What is written there.
    pub(super) label: String,
}

impl TimeAxis {
    /// When it ends.
    pub(crate) fn end(self) -> i64 {
        self.start_of(self.count)
    }

    /// When a span begins.
    pub(super) fn start_of(self, index: usize) -> i64 {
        self.first + i64::try_from(index).unwrap_or(0) * self.step
    }

    /// Which span a moment is in.
    pub(crate) fn index_of(self, time: i64) -> Option<usize> {
        let index = usize::try_from((time - self.first).checked_div(self.step)?).ok()?;
        (time >= self.first && index < self.count).then_some(index)
    }

    /// Round moments within it, in the viewer's zone if `here`, else in UTC.
    pub(super) fn ticks(self, here: bool) -> Vec<Tick> {
        let span = self.end() - self.first;
        let Some(step) = STEPS.into_iter().find(|step| span / step <= MOST) else {
            return Vec::new();
        };
        let step = step.max(self.step);
        let mut ticks = Vec::new();
        let mut time = next_round(self.first, step, zone(self.first, here));
        while time < self.end() && ticks.len() < 16 {
            // Where summer time begins or ends, the next round hour is not a step away.
            let shifted = next_round(time, step, zone(time, here));
            let round = if shifted - time < step / 2 { shifted } else { time };
            ticks.push(Tick {
                at: position(round - self.first, span),
                label: label(round, step, here),
            });
            time += step;
        }
        ticks
    }

    /// `2026-11-21 14:05 – 14:10`; of days, `2026-11-21`.
    pub(super) fn span_text(self, index: usize, here: bool) -> String {
        let (from, to) = (self.start_of(index), self.start_of(index + 1));
        let (start, end) = (civil(from, here), civil(to, here));
        let same_day = (start.year, start.month, start.day) == (end.year, end.month, end.day);
        let midnights = [start, end].iter().all(|civil| (civil.hour, civil.minute) == (0, 0));
        if midnights && self.step == DAY {
            return start.minute_text().get(..10).unwrap_or_default().to_owned();
        }
        let seconds = |civil: Civil| {
            if self.step % 60 == 0 {
                String::new()
            } else {
                format!(":{:02}", civil.second)
            }
        };
        let end_text = if same_day { clock(end) } else { end.minute_text() };
        format!("{}{} – {end_text}{}", start.minute_text(), seconds(start), seconds(end))
    }

    /// `5 minutes`: how long each span is.
    pub(super) fn step_text(self) -> String {
        let (count, unit) = match self.step {
            step if step % (7 * DAY) == 0 => (step / (7 * DAY), "week"),
            step if step % DAY == 0 => (step / DAY, "day"),
            step if step % 3_600 == 0 => (step / 3_600, "hour"),
            step if step % 60 == 0 => (step / 60, "minute"),
            step => (step, "second"),
        };
        if count == 1 {
            format!("1 {unit}")
        } else {
            format!("{count} {unit}s")
        }
    }
}

/// A moment as a calendar and a clock show it, in the viewer's zone if `here`.
pub(super) fn civil(seconds: i64, here: bool) -> Civil {
    let time = Timestamp::from_micros(seconds.saturating_mul(1_000_000));
    if here { browser::local(time) } else { Civil::utc(time) }
}

fn zone(seconds: i64, here: bool) -> i64 {
    if !here {
        return 0;
    }
    let time = Timestamp::from_micros(seconds.saturating_mul(1_000_000));
    i64::from(browser::zone_offset(time)) * 60
}

/// The first moment at or after one that is round on the clocks of a zone.
fn next_round(time: i64, step: i64, zone: i64) -> i64 {
    time + (-(time + zone)).rem_euclid(step)
}

/// `14:05`, or the day where one begins.
fn label(time: i64, step: i64, here: bool) -> String {
    let civil = civil(time, here);
    if step >= DAY || (civil.hour, civil.minute) == (0, 0) {
        civil.day_text()
    } else if step < 60 {
        format!("{}:{:02}", clock(civil), civil.second)
    } else {
        clock(civil)
    }
}

fn clock(civil: Civil) -> String {
    format!("{:02}:{:02}", civil.hour, civil.minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-01 00:00 UTC.
    const NEW_YEAR: i64 = 1_767_225_600;

    #[test]
    fn moments_are_round() {
        let axis = TimeAxis {
            first: NEW_YEAR - 3_600,
            step: 60,
            count: 120,
        };
        let ticks: Vec<_> = axis.ticks(false).into_iter().map(|t| (t.at, t.label)).collect();
        let expected = [("0%", "23:00"), ("25%", "23:30"), ("50%", "Jan 01"), ("75%", "00:30")];
        assert_eq!(ticks, expected.map(|(at, label)| (at.to_owned(), label.to_owned())));
    }

    #[test]
    fn any_span_has_some_and_not_too_many() {
        for (step, count) in [
            (60, 15),
            (60, 60),
            (900, 97),
            (3_600, 168),
            (DAY, 30),
            (DAY, 400),
            (7 * DAY, 100),
        ] {
            let axis = TimeAxis {
                first: NEW_YEAR + 777 * 60,
                step,
                count,
            };
            let ticks = axis.ticks(false).len();
            assert!((2..=8).contains(&ticks), "{step} x {count}: {ticks}");
        }
        assert!(TimeAxis::default().ticks(false).is_empty());
    }

    #[test]
    fn finds_and_names_spans() {
        let axis = TimeAxis {
            first: NEW_YEAR,
            step: 300,
            count: 3,
        };
        assert_eq!(axis.index_of(NEW_YEAR + 299), Some(0));
        assert_eq!(axis.index_of(NEW_YEAR + 899), Some(2));
        assert_eq!(axis.index_of(NEW_YEAR + 900), None);
        assert_eq!(axis.index_of(NEW_YEAR - 1), None);
        assert_eq!(TimeAxis::default().index_of(5), None);
        assert_eq!(axis.span_text(1, false), "2026-01-01 00:05 – 00:10");
        let short = TimeAxis { step: 10, ..axis };
        assert_eq!(short.span_text(1, false), "2026-01-01 00:00:10 – 00:00:20");
        assert_eq!(short.step_text(), "10 seconds");
        let days = TimeAxis { step: DAY, ..axis };
        assert_eq!(days.span_text(0, false), "2026-01-01");
        assert_eq!(
            (axis.step_text(), days.step_text()),
            ("5 minutes".to_owned(), "1 day".to_owned())
        );
    }
}
