//! Spans of time, as people and programs write them.

use std::fmt;

use crate::Timestamp;

/// One end of a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeBound {
    /// A moment.
    At(Timestamp),
    /// So many seconds before the server's now.
    Ago(u32),
}

const BOUND: &str = "expected an RFC 3339 timestamp, `now`, or a time ago such as -15m, -24h or -7d";
const RANGE: &str = "expected a span of time such as `last 3h`, `-7d..-1d`, `2026-11-21` or `2026-11-21..now`";

impl TimeBound {
    /// Reads a timestamp, `now`, or a time ago: `-15m`, `24h`, `now-7d`, `3 hours ago`, `last 2w`.
    ///
    /// # Errors
    /// A sentence for people.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if let Some(ago) = ago(text) {
            return Ok(ago);
        }
        Timestamp::parse(text).map(Self::At).map_err(|_| BOUND)
    }

    /// The moment it means.
    #[must_use]
    pub fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            Self::Ago(seconds) => now.plus_micros(-(i64::from(seconds) * 1_000_000)),
        }
    }
}

/// A time ago, or now.
fn ago(text: &str) -> Option<TimeBound> {
    let lower = text.to_ascii_lowercase();
    let mut text = lower.as_str();
    if text == "now" {
        return Some(TimeBound::Ago(0));
    }
    for prefix in ["now", "last ", "past "] {
        text = text.strip_prefix(prefix).unwrap_or(text).trim_start();
    }
    text = text.strip_suffix(" ago").unwrap_or(text);
    text = text.strip_prefix('-').unwrap_or(text);
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at_checked(digits)?;
    let seconds = match unit.trim() {
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 604_800,
        _ => return None,
    };
    // `last hour`, `last day`: a whole word.
    let count: u32 = if count.is_empty() && unit.len() >= 3 {
        1
    } else {
        count.parse().ok()?
    };
    count.checked_mul(seconds).map(TimeBound::Ago)
}

impl fmt::Display for TimeBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(time) => time.fmt(f),
            Self::Ago(0) => f.write_str("now"),
            Self::Ago(s) if s % 86_400 == 0 => write!(f, "-{}d", s / 86_400),
            Self::Ago(s) if s % 3_600 == 0 => write!(f, "-{}h", s / 3_600),
            Self::Ago(s) if s % 60 == 0 => write!(f, "-{}m", s / 60),
            Self::Ago(s) => write!(f, "-{s}s"),
        }
    }
}

/// A span of time: from a moment on, before another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// From this moment on.
    pub from: Option<TimeBound>,
    /// Before this moment.
    pub to: Option<TimeBound>,
}

impl TimeRange {
    /// Reads `last 3h`, `-3h`, `a..b` with any [`TimeBound`]s and either end
    /// open, or a moment: a day, a minute, or a second.
    ///
    /// # Errors
    /// A sentence for people.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if let Some((from, to)) = text.split_once("..") {
            let bound = |text: &str| match text.trim() {
                "" => Ok(None),
                text => TimeBound::parse(text).map(Some),
            };
            return match (bound(from)?, bound(to)?) {
                (None, None) => Err(RANGE),
                (from, to) => Ok(Self { from, to }),
            };
        }
        match ago(text) {
            Some(from) => Ok(Self {
                from: Some(from),
                to: None,
            }),
            None => Self::parse_moment(text).map_err(|_| RANGE),
        }
    }

    /// Reads one moment as the span that its precision gives it: a day, a
    /// minute, a second; of a time ago, no longer than a moment.
    ///
    /// # Errors
    /// A sentence for people.
    pub fn parse_moment(text: &str) -> Result<Self, &'static str> {
        let bound = TimeBound::parse(text)?;
        let TimeBound::At(time) = bound else {
            return Ok(Self {
                from: Some(bound),
                to: Some(bound),
            });
        };
        let length = match text.trim().len() {
            ..=10 => 86_400_000_000,
            11..=17 => 60_000_000,
            _ => 1_000_000,
        };
        Ok(Self {
            from: Some(bound),
            to: Some(TimeBound::At(time.plus_micros(length))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_ago() {
        assert_eq!(TimeBound::parse("-15m"), Ok(TimeBound::Ago(900)));
        assert_eq!(TimeBound::parse("-2w").unwrap().to_string(), "-14d");
        for same in [
            "-3h",
            "3h",
            "now-3h",
            "last 3h",
            "past 3 hours",
            "3 hours ago",
            "Last 3H",
        ] {
            assert_eq!(TimeBound::parse(same), Ok(TimeBound::Ago(10_800)), "{same}");
        }
        assert_eq!(TimeBound::parse("last hour"), Ok(TimeBound::Ago(3_600)));
        assert_eq!(TimeBound::parse("last day"), Ok(TimeBound::Ago(86_400)));
        for bad in [
            "-",
            "-m",
            "15",
            "-1y",
            "-+1h",
            "-99999999999w",
            "-é",
            "last",
            "3h later",
            "",
        ] {
            assert!(TimeBound::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn spans() {
        let at = |text| TimeBound::At(Timestamp::parse(text).unwrap());
        let range = |from, to| Ok(TimeRange { from, to });
        assert_eq!(TimeRange::parse("last 3h"), range(Some(TimeBound::Ago(10_800)), None));
        assert_eq!(
            TimeRange::parse("2026-11-21..now"),
            range(Some(at("2026-11-21")), Some(TimeBound::Ago(0)))
        );
        assert_eq!(TimeRange::parse("..-1d"), range(None, Some(TimeBound::Ago(86_400))));
        assert_eq!(
            TimeRange::parse("2026-11-21"),
            range(Some(at("2026-11-21")), Some(at("2026-11-22")))
        );
        assert_eq!(
            TimeRange::parse("2026-11-21T10:30"),
            range(Some(at("2026-11-21T10:30")), Some(at("2026-11-21T10:31")))
        );
        for bad in ["", "..", "soon", "1h..soon"] {
            assert!(TimeRange::parse(bad).is_err(), "{bad}");
        }
    }
}
