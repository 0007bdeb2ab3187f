//! The stretch of time that a waterfall shows.

/// The smallest stretch one can zoom to, in microseconds.
const SMALLEST_US: i64 = 20;
/// No bar is narrower, in hundredths of a percent: it would not be seen.
const NARROWEST: i64 = 30;
/// All of the width, in hundredths of a percent.
const WHOLE: i64 = 10_000;

/// A stretch of a trace, in microseconds after its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Window {
    /// Where it begins.
    pub(in super::super) from: i64,
    /// Where it ends; later than `from`.
    pub(in super::super) to: i64,
}

impl Window {
    /// All of a trace.
    pub(in super::super) const fn whole(total: i64) -> Self {
        Self { from: 0, to: total }
    }

    /// Between two moments, in either order, within the trace.
    pub(in super::super) fn between(a: i64, b: i64, total: i64) -> Self {
        let (from, to) = if a < b { (a, b) } else { (b, a) };
        Self { from, to }.within(total)
    }

    const fn len(self) -> i64 {
        self.to - self.from
    }

    /// Whether it is less than the whole.
    pub(in super::super) const fn is_zoomed(self, total: i64) -> bool {
        self.from > 0 || self.to < total
    }

    /// The moment at a place, in hundredths of a percent of the width.
    pub(in super::super) fn at(self, place: i64) -> i64 {
        let offset = i128::from(self.len()) * i128::from(place.clamp(0, WHOLE)) / i128::from(WHOLE);
        self.from + i64::try_from(offset).unwrap_or(0)
    }

    /// Shows more or less, while what is at a place stays there. `scale` is
    /// the new length in percent of the old.
    pub(in super::super) fn zoom(self, place: i64, scale: i64, total: i64) -> Self {
        let len = i128::from(self.len()) * i128::from(scale) / 100;
        let len = i64::try_from(len)
            .unwrap_or(total)
            .clamp(SMALLEST_US.min(total), total.max(1));
        let before = i128::from(len) * i128::from(place.clamp(0, WHOLE)) / i128::from(WHOLE);
        let from = self.at(place) - i64::try_from(before).unwrap_or(0);
        Self { from, to: from + len }.within(total)
    }

    /// Moves by a part of its length, in percent.
    pub(in super::super) fn pan(self, percent: i64, total: i64) -> Self {
        let by = self.len() / 100 * percent + self.len() % 100 * percent / 100;
        Self {
            from: self.from + by,
            to: self.to + by,
        }
        .within(total)
    }

    /// Moved, and if it must be shortened, so that it lies within the trace.
    fn within(self, total: i64) -> Self {
        let total = total.max(1);
        let len = self.len().clamp(SMALLEST_US.min(total), total);
        let from = self.from.clamp(0, total - len);
        Self { from, to: from + len }
    }

    /// Where a bar begins and how wide it is; none when it is out of sight.
    /// What has no end reaches to the end of the trace.
    pub(in super::super) fn bar(self, start: i64, duration: Option<i64>, total: i64) -> Option<(String, String)> {
        let end = duration.map_or(total.max(start), |duration| start.saturating_add(duration.max(0)));
        if end < self.from || start > self.to {
            return None;
        }
        let place = |us: i64| {
            let place = i128::from(us.clamp(self.from, self.to) - self.from) * i128::from(WHOLE)
                / i128::from(self.len().max(1));
            i64::try_from(place).unwrap_or(0)
        };
        let left = place(start).min(WHOLE - NARROWEST);
        let width = (place(end) - left).max(NARROWEST);
        Some((percent(left), percent(width)))
    }

    /// Round moments in it, a few of them: where each stands, and its name.
    pub(in super::super) fn ticks(self) -> Vec<(String, String)> {
        let step = round_step(self.len() / MOST_TICKS);
        let mut at = self.from + (step - self.from.rem_euclid(step)) % step;
        let mut ticks = Vec::new();
        while at <= self.to && ticks.len() < 16 {
            let place = i128::from(at - self.from) * i128::from(WHOLE) / i128::from(self.len().max(1));
            ticks.push((percent(i64::try_from(place).unwrap_or(0)), micros_text(at)));
            at += step;
        }
        ticks
    }
}

/// About so many ticks stand on the axis.
const MOST_TICKS: i64 = 6;
/// A second.
const SECOND: i64 = 1_000_000;
/// Round stretches of more than a second, in seconds, up to a day.
const ROUND_SECS: [i64; 15] = [
    1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400,
];

/// The first round stretch of time that is longer than another.
fn round_step(least: i64) -> i64 {
    if least < SECOND {
        let mut decade = 1;
        loop {
            for step in [decade, 2 * decade, 5 * decade] {
                if step > least {
                    return step;
                }
            }
            decade *= 10;
        }
    }
    let day = 86_400 * SECOND;
    let known = ROUND_SECS.iter().map(|secs| secs * SECOND).find(|step| *step > least);
    // Longer traces than days are nobody's: whole numbers of days will do.
    known.unwrap_or_else(|| least / day * day + day)
}

/// Hundredths of a percent as SVG reads them. Whole numbers only: writing
/// fractions is 15 KB of code for the browser.
pub(in super::super) fn percent(hundredths: i64) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// A moment of a trace with as many digits as it takes: `1.25 s`, `40 ms`.
pub(in super::super) fn micros_text(us: i64) -> String {
    let (unit, size) = match us {
        0 => return "0".to_owned(),
        60_000_000.. => return long_text(us / SECOND),
        1_000_000.. => ("s", 1_000_000),
        1_000.. => ("ms", 1_000),
        _ => ("µs", 1),
    };
    let whole = us / size;
    let digits = format!("{:06}", (us % size) * (1_000_000 / size));
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        format!("{whole}\u{a0}{unit}")
    } else {
        format!("{whole}.{digits}\u{a0}{unit}")
    }
}

/// Seconds, a minute or more: `2 m 05 s`, `1 h`, `1 h 20 m`.
fn long_text(secs: i64) -> String {
    let (hours, minutes, seconds) = (secs / 3_600, secs / 60 % 60, secs % 60);
    match (hours, minutes, seconds) {
        (0, minutes, 0) => format!("{minutes}\u{a0}m"),
        (0, minutes, seconds) => format!("{minutes}\u{a0}m\u{a0}{seconds:02}\u{a0}s"),
        (hours, 0, _) => format!("{hours}\u{a0}h"),
        (hours, minutes, _) => format!("{hours}\u{a0}h\u{a0}{minutes:02}\u{a0}m"),
    }
}
