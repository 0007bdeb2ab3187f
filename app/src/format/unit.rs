//! Numbers of which only the unit is known.

use super::{NBSP, compact, duration_ms, exact_ms, exact_usd, grouped, number::decimal, usd};

/// What a number counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Things.
    #[default]
    Count,
    /// Milliseconds.
    Ms,
    /// US dollars.
    Usd,
    /// A part of a whole, 0 to 1.
    Share,
}

impl Unit {
    /// At most three digits: `1.2 k`, `340 ms`, `$0.0042`, `2.4 %`.
    #[must_use]
    pub(crate) fn short(self, value: f64) -> String {
        match self {
            Self::Count => number(value),
            Self::Ms => duration_ms(value),
            Self::Usd => usd(value),
            Self::Share => percent(value),
        }
    }

    /// All digits there are.
    #[must_use]
    pub(crate) fn exact(self, value: f64) -> String {
        match self {
            Self::Count if value.fract() == 0.0 => grouped(whole(value)),
            Self::Count => signed(value, decimal(whole(value.abs() * 1_000.0).unsigned_abs(), 3)),
            Self::Ms => exact_ms(value),
            Self::Usd => exact_usd(value),
            Self::Share => signed(
                value,
                format!("{} %", decimal(whole(value.abs() * 100_000.0).unsigned_abs(), 3)),
            ),
        }
    }

    /// On an axis: as short as can be.
    #[must_use]
    pub(crate) fn tick(self, value: f64) -> String {
        if value == 0.0 {
            return "0".to_owned();
        }
        let text = self.short(value);
        // `2 s` and not `2.00 s`: lines are drawn at round numbers.
        match text.split_once('.') {
            Some((whole, rest)) if self == Self::Ms => {
                let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                let decimals = rest.strip_suffix(digits).unwrap_or(rest).trim_end_matches('0');
                let point = if decimals.is_empty() { "" } else { "." };
                format!("{whole}{point}{decimals}{digits}")
            }
            _ => text,
        }
    }
}

/// A count, or a mean of counts.
fn number(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 100.0 {
        return compact(whole(value));
    }
    let hundredths = whole(value.abs() * 100.0).unsigned_abs();
    let digits = if hundredths >= 1_000 {
        decimal((hundredths + 5) / 10, 1)
    } else {
        decimal(hundredths, 2)
    };
    signed(value, digits)
}

/// `0.04 %`, `2.4 %`, `12 %`.
fn percent(share: f64) -> String {
    let myriad = whole(share.abs() * 10_000.0).unsigned_abs();
    let digits = match myriad {
        0 if share != 0.0 => return format!("<{NBSP}0.01{NBSP}%"),
        0..100 => decimal(myriad, 2),
        100..1_000 => decimal((myriad + 5) / 10, 1),
        _ => ((myriad + 50) / 100).to_string(),
    };
    signed(share, format!("{digits}{NBSP}%"))
}

fn signed(value: f64, digits: String) -> String {
    if value < 0.0 { format!("-{digits}") } else { digits }
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// How a number changed, as a share of what it was; none where it was nothing.
#[must_use]
pub(crate) fn change(now: f64, before: f64) -> Option<f64> {
    (before != 0.0 && before.is_finite() && now.is_finite()).then(|| (now - before) / before.abs())
}

/// A share of a plot in percent, for positions: `42.5%`. None of it below 0 or above 100.
#[must_use]
pub(crate) fn position(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return "0%".to_owned();
    }
    let share = (i128::from(part.clamp(0, whole)) * 10_000 / i128::from(whole)).unsigned_abs();
    format!("{}%", decimal(u64::try_from(share).unwrap_or(0), 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens() {
        for (unit, value, text) in [
            (Unit::Count, 12.0, "12"),
            (Unit::Count, 1_234.0, "1.2 k"),
            (Unit::Count, 0.254, "0.25"),
            (Unit::Count, 12.54, "12.5"),
            (Unit::Count, -0.5, "-0.5"),
            (Unit::Ms, 340.2, "340 ms"),
            (Unit::Usd, 0.0042, "$0.0042"),
            (Unit::Share, 0.0, "0 %"),
            (Unit::Share, 0.00001, "< 0.01 %"),
            (Unit::Share, 0.0004, "0.04 %"),
            (Unit::Share, 0.0243, "2.4 %"),
            (Unit::Share, 0.1234, "12 %"),
            (Unit::Share, 1.0, "100 %"),
        ] {
            assert_eq!(unit.short(value).replace(NBSP, " "), text);
        }
        for (value, text) in [
            (0.0, "0"),
            (2_000.0, "2 s"),
            (2_500.0, "2.5 s"),
            (5.0, "5 ms"),
            (200.0, "200 ms"),
        ] {
            assert_eq!(Unit::Ms.tick(value).replace(NBSP, " "), text);
        }
        assert_eq!(Unit::Usd.tick(0.5), "$0.50");
    }

    #[test]
    fn says_all() {
        assert_eq!(Unit::Count.exact(1_234_567.0), "1,234,567");
        assert_eq!(Unit::Count.exact(1.2346), "1.235");
        assert_eq!(Unit::Share.exact(0.024_31), "2.431 %");
    }

    #[test]
    fn changes_and_positions() {
        assert_eq!(change(3.0, 2.0), Some(0.5));
        assert_eq!(change(3.0, 0.0), None);
        assert_eq!(position(1, 3), "33.33%");
        assert_eq!(position(9, 3), "100%");
        assert_eq!(position(1, 0), "0%");
    }
}
