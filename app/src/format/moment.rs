//! Moments on a clock and calendar.

use std::ops::Range;

use eventglass_model::Timestamp;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A moment as a calendar and a clock show it in some zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    /// Such as 2026.
    pub(crate) year: i32,
    /// 1 to 12.
    pub(crate) month: u32,
    /// 1 to 31.
    pub(crate) day: u32,
    /// 0 to 23.
    pub(crate) hour: u32,
    /// 0 to 59.
    pub(crate) minute: u32,
    /// 0 to 60.
    pub(crate) second: u32,
    /// 0 to 999,999.
    pub(crate) micros: u32,
}

impl Civil {
    /// In UTC, which is how the wire writes moments: `2026-11-21T02:56:49.000000Z`.
    #[must_use]
    pub(crate) fn utc(time: Timestamp) -> Self {
        let text = time.to_string();
        let part = |range: Range<usize>| text.get(range).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        Self {
            year: text.get(0..4).and_then(|digits| digits.parse().ok()).unwrap_or(0),
            month: part(5..7),
            day: part(8..10),
            hour: part(11..13),
            minute: part(14..16),
            second: part(17..19),
            micros: part(20..26),
        }
    }

    /// `Nov 21`.
    #[must_use]
    pub(crate) fn day_text(self) -> String {
        let month = usize::try_from(self.month).unwrap_or(0).wrapping_sub(1);
        format!("{} {:02}", MONTHS.get(month).unwrap_or(&"?"), self.day)
    }

    /// `02:56:49.123`.
    #[must_use]
    pub(crate) fn clock_text(self) -> String {
        format!(
            "{:02}:{:02}:{:02}.{:03}",
            self.hour,
            self.minute,
            self.second,
            self.micros / 1_000
        )
    }

    /// `2026-11-21 02:56`.
    #[must_use]
    pub(crate) fn minute_text(self) -> String {
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}",
            self.year, self.month, self.day, self.hour, self.minute
        )
    }

    /// `2026-11-21 02:56:49.123456`.
    #[must_use]
    pub(crate) fn exact_text(self) -> String {
        format!("{}:{:02}.{:06}", self.minute_text(), self.second, self.micros)
    }

    /// What `<input type="datetime-local">` takes: `2026-11-21T02:56:49`.
    #[must_use]
    pub(crate) fn input_text(self) -> String {
        format!("{}:{:02}", self.minute_text().replace(' ', "T"), self.second)
    }
}

/// A zone's distance from UTC, in minutes to the east: `+05:30`.
#[must_use]
pub(crate) fn offset(minutes: i32) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_moments() {
        let civil = Civil::utc(Timestamp::parse("2026-01-02T03:04:05.006007Z").unwrap());
        assert_eq!(civil.day_text(), "Jan 02");
        assert_eq!(civil.clock_text(), "03:04:05.006");
        assert_eq!(civil.minute_text(), "2026-01-02 03:04");
        assert_eq!(civil.exact_text(), "2026-01-02 03:04:05.006007");
        assert_eq!(civil.input_text(), "2026-01-02T03:04:05");
    }

    #[test]
    fn writes_offsets() {
        assert_eq!(offset(0), "+00:00");
        assert_eq!(offset(330), "+05:30");
        assert_eq!(offset(-210), "-03:30");
    }
}
