//! Counts, sizes and money. All of it by whole numbers: writing fractions is
//! 15 KB of code for the browser.

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

/// How many: [`grouped`] for what is counted here.
#[must_use]
pub(crate) fn count(n: usize) -> String {
    grouped(i64::try_from(n).unwrap_or(i64::MAX))
}

/// `1234` as `1.2 k`: at most three digits and a unit.
#[must_use]
pub(crate) fn compact(n: i64) -> String {
    let sign = if n < 0 { "-" } else { "" };
    format!("{sign}{}", scaled(n.unsigned_abs(), ["", "k", "M", "B", "T"]))
}

/// A size: `16.4 kB`.
#[must_use]
pub(crate) fn bytes(n: usize) -> String {
    scaled(u64::try_from(n).unwrap_or(u64::MAX), ["B", "kB", "MB", "GB", "TB"])
}

fn scaled(n: u64, units: [&str; 5]) -> String {
    let n = u128::from(n);
    let mut size = 1;
    let mut units = units.into_iter();
    let mut unit = units.next().unwrap_or_default();
    // 999.5 would be written "1000".
    while 2 * n >= 1_999 * size {
        let Some(next) = units.next() else { break };
        size *= 1_000;
        unit = next;
    }
    let tenths = (20 * n + size) / (2 * size);
    let number = if size > 1 && tenths < 1_000 && tenths % 10 != 0 {
        format!("{}.{}", tenths / 10, tenths % 10)
    } else {
        ((2 * n + size) / (2 * size)).to_string()
    };
    if unit.is_empty() {
        number
    } else {
        format!("{number}{NBSP}{unit}")
    }
}

/// US dollars: cents from one dollar on, two significant digits below, and of
/// less than a hundred-thousandth only that it is less.
#[must_use]
pub(crate) fn usd(amount: f64) -> String {
    let nanos = nanos(amount);
    let sign = if amount < 0.0 { "-" } else { "" };
    if nanos == 0 {
        return "$0".to_owned();
    }
    if nanos < 10_000 {
        return format!("<{NBSP}{sign}$0.00001");
    }
    if nanos >= 995_000_000 {
        let cents = i64::try_from((nanos + 5_000_000) / 10_000_000).unwrap_or(i64::MAX);
        return format!("{sign}${}.{:02}", grouped(cents / 100), cents % 100);
    }
    let mut decimals = 2;
    let mut scale = 10_000_000;
    while nanos < 10 * scale && decimals < 9 {
        scale /= 10;
        decimals += 1;
    }
    format!("{sign}$0.{:0decimals$}", (2 * nanos + scale) / (2 * scale))
}

/// US dollars to the nano-dollar: `0.0042 USD`.
#[must_use]
pub(crate) fn exact_usd(amount: f64) -> String {
    let sign = if amount < 0.0 { "-" } else { "" };
    format!("{sign}{} USD", decimal(nanos(amount), 9))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and saturates: no bill is that high"
)]
fn nanos(amount: f64) -> u64 {
    (amount.abs() * 1e9).round() as u64
}

/// A number of which the last digits are decimals, as few of them as it takes.
pub(super) fn decimal(n: u64, decimals: u32) -> String {
    let one = 10_u64.pow(decimals);
    let width = usize::try_from(decimals).unwrap_or(0);
    let text = format!("{}.{:0width$}", n / one, n % one);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
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
            (7, "7"),
            (999, "999"),
            (1_000, "1 k"),
            (1_234, "1.2 k"),
            (99_949, "99.9 k"),
            (99_950, "100 k"),
            (123_456, "123 k"),
            (999_499, "999 k"),
            (999_500, "1 M"),
            (-1_240_000, "-1.2 M"),
            (2_000_000_000, "2 B"),
            (i64::MAX, "9223372 T"),
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
            (0.000_012_34, "$0.000012"),
            (0.000_009, "< $0.00001"),
            (0.000_000_001, "< $0.00001"),
            (-0.5, "-$0.50"),
            (0.999, "$1.00"),
        ] {
            assert_eq!(usd(amount).replace(NBSP, " "), text);
        }
        assert_eq!(exact_usd(0.0042), "0.0042 USD");
        assert_eq!(exact_usd(-12.0), "-12 USD");
    }
}
