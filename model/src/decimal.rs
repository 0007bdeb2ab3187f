//! Amounts as people write them. Half of what the standard library has for
//! fractions is tables, and 20 KB of code for the browser.

/// Reads an amount such as `1500`, `0.25` or `.5`: digits with at most one
/// point, at most fifteen of them that count. What it gives is the nearest
/// number there is. No sign and no exponent.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "fifteen digits are below 2^53")]
pub fn parse_decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let (mut digits, mut one) = (0_u64, 1_u64);
    for digit in whole.chars().chain(fraction.chars()) {
        digits = digits * 10 + u64::from(digit.to_digit(10)?);
        if digits >= 1_000_000_000_000_000 {
            return None;
        }
    }
    for _ in fraction.chars() {
        one = one.checked_mul(10).filter(|one| *one < 1 << 53)?;
    }
    // Both are exact, so the quotient is the nearest.
    Some(digits as f64 / one as f64)
}

/// Writes an amount as [`parse_decimal`] reads it, to the billionth; from a
/// million on, to the thousandth. What is no amount is empty.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive by then, and saturates"
)]
pub fn decimal_text(amount: f64) -> String {
    if !amount.is_finite() || amount < 0.0 {
        return String::new();
    }
    let (one, width) = if amount < 1e6 {
        (1_000_000_000_u64, 9)
    } else {
        (1_000, 3)
    };
    let parts = (amount * if width == 9 { 1e9 } else { 1e3 }).round() as u64;
    let text = format!("{}.{:0width$}", parts / one, parts % one);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_plain_amounts_only() {
        for (text, amount) in [
            ("0", 0.0),
            ("1500", 1_500.0),
            ("0.25", 0.25),
            (".5", 0.5),
            ("5.", 5.0),
            ("0.000001", 1e-6),
        ] {
            assert_eq!(parse_decimal(text), Some(amount), "{text}");
        }
        for text in [
            "",
            ".",
            "-1",
            "+1",
            "1e3",
            "NaN",
            "inf",
            "1,5",
            "1.2.3",
            " 1",
            "1000000000000000",
        ] {
            assert_eq!(parse_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn writes_amounts() {
        for (amount, text) in [
            (0.0, "0"),
            (1_500.5, "1500.5"),
            (0.000_001, "0.000001"),
            (2e9, "2000000000"),
            (-1.0, ""),
        ] {
            assert_eq!(decimal_text(amount), text);
        }
        assert_eq!(decimal_text(f64::NAN), "");
    }

    proptest! {
        #[test]
        fn reads_as_the_standard_library_does(whole in 0..1_000_000_u64, fraction in "[0-9]{1,9}") {
            let text = format!("{whole}.{fraction}");
            prop_assert_eq!(parse_decimal(&text), text.parse().ok());
        }

        #[test]
        fn comes_back(nanos in 0..999_999_000_000_000_u64) {
            let amount = nanos as f64 / 1e9;
            prop_assert_eq!(parse_decimal(&decimal_text(amount)), Some(amount));
        }
    }
}
