//! A moment, and how it is written.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// A moment in microseconds since the Unix epoch, UTC.
///
/// On the wire: RFC 3339 with six decimals and `Z`
/// (`2026-11-21T02:56:49.000000Z`). Reading is more forgiving, because SDKs
/// are not uniform: any offset, a space for the `T`, no seconds, up to nine
/// decimals (cut to microseconds), and, where a client leaves the zone out,
/// UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
pub struct Timestamp(i64);

/// Why a text is not a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampError;

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an RFC 3339 timestamp such as 2026-11-21T02:56:49Z")
    }
}

impl std::error::Error for TimestampError {}

impl Timestamp {
    /// From microseconds since the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since the epoch, rounded down: what JavaScript's `Date` takes.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// This moment moved by a signed number of microseconds, stopping at the ends of time.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Reads the forms described at [`Timestamp`].
    ///
    /// # Errors
    /// [`TimestampError`] when the text is none of them or names a date that does not exist.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        Reader {
            rest: text.trim().as_bytes(),
        }
        .timestamp()
        .ok_or(TimestampError)
    }

    /// Reads a number: seconds, milliseconds, microseconds or nanoseconds
    /// since the epoch, told apart by magnitude (1e11, 1e14, 1e17: each unit
    /// thus covers the years 1973 to 5138).
    #[must_use]
    pub fn from_epoch_number(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let size = number.abs();
        let micros = if size < 1e11 {
            number * 1e6
        } else if size < 1e14 {
            number * 1e3
        } else if size < 1e17 {
            number
        } else {
            number / 1e3
        };
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the size is below 1e17 by now, or saturates"
        )]
        Some(Self(micros.round() as i64))
    }
}

/// A cursor over the bytes of a timestamp; every method takes what it names or gives `None`.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn timestamp(mut self) -> Option<Timestamp> {
        let year = self.digits(4)?;
        self.byte(b"-")?;
        let month = self.digits(2)?;
        self.byte(b"-")?;
        let day = self.digits(2)?;
        if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
            return None;
        }
        let midnight = days_from_civil(year, month, day) * MICROS_PER_DAY;
        if self.rest.is_empty() {
            return Some(Timestamp(midnight));
        }
        self.byte(b"Tt ")?;
        let hour = self.digits(2)?;
        self.byte(b":")?;
        let minute = self.digits(2)?;
        let mut second = 0;
        let mut micros = 0;
        if self.byte(b":").is_some() {
            second = self.digits(2)?;
            if self.byte(b".,").is_some() {
                micros = self.fraction()?;
            }
        }
        // 60 is a leap second: RFC 3339 allows it, the epoch does not count it.
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let offset_minutes = self.offset()?;
        if !self.rest.is_empty() {
            return None;
        }
        let of_day = (hour * 3_600 + minute * 60 + second - offset_minutes * 60) * MICROS_PER_SECOND;
        Some(Timestamp(midnight + of_day + micros))
    }

    fn byte(&mut self, any_of: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        if any_of.contains(first) {
            self.rest = rest;
            return Some(*first);
        }
        None
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.rest.split_at_checked(count)?;
        let mut value = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
        }
        self.rest = rest;
        Some(value)
    }

    /// One to nine decimals of a second, as microseconds.
    fn fraction(&mut self) -> Option<i64> {
        let mut micros = 0;
        let mut unit = 100_000;
        let mut seen = 0;
        while let Some(digit) = self.byte(b"0123456789") {
            micros += i64::from(digit - b'0') * unit;
            unit /= 10;
            seen += 1;
        }
        (1..=9).contains(&seen).then_some(micros)
    }

    /// Minutes east of UTC; nothing, `Z` and `z` are 0.
    fn offset(&mut self) -> Option<i64> {
        if self.rest.is_empty() || self.byte(b"Zz").is_some() {
            return Some(0);
        }
        let sign = if self.byte(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.digits(2)?;
        let minutes = if self.rest.is_empty() {
            0
        } else {
            let _ = self.byte(b":");
            self.digits(2)?
        };
        (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
    }
}

const fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`]: year, month, day.
const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(MICROS_PER_DAY));
        let of_day = self.0.rem_euclid(MICROS_PER_DAY);
        let seconds = of_day / MICROS_PER_SECOND;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60,
            of_day % MICROS_PER_SECOND
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    use super::*;

    fn micros(text: &str) -> Option<i64> {
        Timestamp::parse(text).ok().map(Timestamp::micros)
    }

    #[test]
    fn reads_what_sdks_send() {
        let noon = Some(1_763_726_400_000_000);
        assert_eq!(micros("2025-11-21T12:00:00Z"), noon);
        assert_eq!(micros("2025-11-21T13:30:00+01:30"), noon);
        assert_eq!(micros("2025-11-21T04:00:00-0800"), noon);
        assert_eq!(micros("2025-11-21 12:00:00"), noon);
        assert_eq!(micros("2025-11-21T12:00"), noon);
        assert_eq!(micros("2025-11-21T12:00:00.123456789Z"), noon.map(|t| t + 123_456));
        assert_eq!(micros("2025-11-21"), noon.map(|t| t - 12 * 3_600_000_000));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "yesterday",
            "2025-13-01",
            "2025-02-29T00:00:00Z",
            "2025-11-21T24:00:00Z",
            "2025-11-21T12:00:00ZZ",
            "2025-11-21T12:00:00.Z",
            "2025-11-21T12:00:00+1",
        ] {
            assert_eq!(micros(text), None, "{text}");
        }
    }

    #[test]
    fn tells_epoch_units_apart() {
        for number in [
            1_763_726_400.0,
            1_763_726_400_000.0,
            1_763_726_400_000_000.0,
            1_763_726_400_000_000_000.0,
        ] {
            assert_eq!(
                Timestamp::from_epoch_number(number).map(Timestamp::micros),
                Some(1_763_726_400_000_000)
            );
        }
        assert_eq!(Timestamp::from_epoch_number(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn writes_and_reads_as_chrono_does(micros in -62_135_596_800_000_000i64..253_402_300_799_999_999) {
            let ours = Timestamp(micros).to_string();
            let theirs = DateTime::<Utc>::from_timestamp_micros(micros).unwrap();
            prop_assert_eq!(&ours, &theirs.to_rfc3339_opts(chrono::SecondsFormat::Micros, true));
            prop_assert_eq!(Timestamp::parse(&ours), Ok(Timestamp(micros)));
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
