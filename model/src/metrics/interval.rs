//! How far apart points are.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Timestamp;

const DAY: i64 = 86_400;

/// How far apart the points of a series are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Interval {
    /// As suits the span of time: 60 to 120 points. The default.
    #[default]
    Auto,
    /// No points, only the total of each group.
    None,
    /// So many seconds: a whole number of minutes, at least one.
    Seconds(u32),
}

/// What [`Interval::Auto`] chooses from, in seconds.
const STEPS: [u32; 14] = [
    60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
];

impl Interval {
    /// Seconds between points for a span of so many seconds; `None` without points.
    #[must_use]
    pub fn seconds(self, span: i64) -> Option<i64> {
        match self {
            Self::None => None,
            Self::Seconds(seconds) => Some(i64::from(seconds)),
            Self::Auto => {
                let step = STEPS.into_iter().map(i64::from).find(|step| span / step <= 120);
                Some(step.unwrap_or_else(|| (span / 120 / DAY + 1) * DAY))
            }
        }
    }

    /// The beginning of the point that a moment belongs to, for points so many
    /// seconds apart. Counted from the epoch, and whole weeks from a Monday.
    #[must_use]
    pub const fn start_of(time: Timestamp, seconds: i64) -> Timestamp {
        let step = seconds.saturating_mul(1_000_000);
        let first_monday = if seconds % (7 * DAY) == 0 {
            4 * DAY * 1_000_000
        } else {
            0
        };
        let micros = time.micros();
        Timestamp::from_micros((micros - first_monday).div_euclid(step) * step + first_monday)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::None => f.write_str("none"),
            Self::Seconds(s) if s % 604_800 == 0 => write!(f, "{}w", s / 604_800),
            Self::Seconds(s) if s % 86_400 == 0 => write!(f, "{}d", s / 86_400),
            Self::Seconds(s) if s % 3_600 == 0 => write!(f, "{}h", s / 3_600),
            Self::Seconds(s) => write!(f, "{}m", s / 60),
        }
    }
}

impl FromStr for Interval {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected auto, none, or a time such as 1m, 15m, 1h, 1d or 1w";
        match text {
            "" | "auto" => return Ok(Self::Auto),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let (number, unit) = text.split_at_checked(text.len() - 1).ok_or(EXPECTED)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return Err(EXPECTED),
        };
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(EXPECTED);
        }
        let count: u32 = number.parse().map_err(|_| EXPECTED)?;
        match count.checked_mul(seconds) {
            Some(seconds) if seconds > 0 && seconds % 60 == 0 => Ok(Self::Seconds(seconds)),
            Some(_) => Err("must be a whole number of minutes, at least 1m"),
            None => Err(EXPECTED),
        }
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_read_back() {
        for text in ["auto", "none", "1m", "15m", "90m", "1h", "36h", "1d", "2w"] {
            assert_eq!(text.parse::<Interval>().unwrap().to_string(), text);
        }
        assert_eq!("120s".parse(), Ok(Interval::Seconds(120)));
        for bad in ["0m", "30s", "m", "1y", "-1m", "99999999999d", "é", "1.5h"] {
            assert!(bad.parse::<Interval>().is_err(), "{bad}");
        }
    }

    #[test]
    fn auto_gives_enough_points_and_not_too_many() {
        for span in [60, 900, 3_600, 86_400, 7 * DAY, 30 * DAY, 365 * DAY, 4_000 * DAY] {
            let step = Interval::Auto.seconds(span).unwrap();
            assert!(span / step <= 120, "{span}: {step}");
        }
        assert_eq!(Interval::Auto.seconds(DAY), Some(900));
    }

    #[test]
    fn weeks_begin_on_a_monday() {
        let saturday = Timestamp::parse("2026-11-21T09:00:00Z").unwrap();
        let monday = Timestamp::parse("2026-11-16").unwrap();
        assert_eq!(Interval::start_of(saturday, 604_800), monday);
        assert_eq!(Interval::start_of(saturday, 3_600), saturday);
    }
}
