//! Counts, sizes and money.

use super::NBSP;

/// `12345` as `12,345`.
#[must_use]
pub(crate) fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1234` as `1.2 k`: at most three digits and a unit.
#[must_use]
pub(crate) fn compact(n: i64) -> String {
    scaled(n, &["", "k", "M", "B", "T"])
}

/// A size: `16.4 kB`.
#[must_use]
pub(crate) fn bytes(n: usize) -> String {
    scaled(i64::try_from(n).unwrap_or(i64::MAX), &["B", "kB", "MB", "GB", "TB"])
}

#[expect(
    clippy::cast_precision_loss,
    reason = "three digits are shown; the loss is in the sixteenth"
)]
fn scaled(n: i64, units: &[&str]) -> String {
    let mut value = n as f64;
    let mut units = units.iter().peekable();
    let mut unit = units.next().copied().unwrap_or_default();
    let whole = n.unsigned_abs() < 1_000;
    // 999.5 would be written "1000".
    while value.abs() >= 999.5 {
        let Some(next) = units.next() else { break };
        value /= 1_000.0;
        unit = next;
    }
    let decimals = usize::from(!whole && value.abs() < 99.95);
    let number = format!("{value:.decimals$}");
    let number = number.strip_suffix(".0").unwrap_or(&number);
    if unit.is_empty() {
        number.to_owned()
    } else {
        format!("{number}{NBSP}{unit}")
    }
}

/// US dollars: cents from one dollar on, two significant digits below.
#[must_use]
pub(crate) fn usd(amount: f64) -> String {
    let size = amount.abs();
    let sign = if amount < 0.0 { "-" } else { "" };
    if size == 0.0 {
        return "$0".to_owned();
    }
    if size >= 0.995 {
        #[expect(clippy::cast_possible_truncation, reason = "saturates; no bill is that high")]
        let cents = (size * 100.0).round() as i64;
        return format!("{sign}${}.{:02}", grouped(cents / 100), cents % 100);
    }
    let mut decimals = 2;
    let mut unit = 0.1;
    while size < unit && decimals < 9 {
        unit /= 10.0;
        decimals += 1;
    }
    format!("{sign}${size:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")] {
            assert_eq!(grouped(n), text);
        }
    }

    #[test]
    fn compacts() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1 k"),
            (1_234, "1.2 k"),
            (99_949, "99.9 k"),
            (123_456, "123 k"),
            (999_499, "999 k"),
            (999_500, "1 M"),
            (-1_250_000, "-1.2 M"),
            (2_000_000_000, "2 B"),
        ] {
            assert_eq!(compact(n).replace(NBSP, " "), text);
        }
        assert_eq!(bytes(16_384).replace(NBSP, " "), "16.4 kB");
        assert_eq!(bytes(12).replace(NBSP, " "), "12 B");
    }

    #[test]
    fn money() {
        for (amount, text) in [
            (0.0, "$0"),
            (1_234.5, "$1,234.50"),
            (0.25, "$0.25"),
            (0.0042, "$0.0042"),
            (0.000_001_234, "$0.0000012"),
            (-0.5, "-$0.50"),
            (0.999, "$1.00"),
        ] {
            assert_eq!(usd(amount), text);
        }
    }
}
