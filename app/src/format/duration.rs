//! Durations.

use super::{NBSP, number::decimal};

/// Milliseconds in the unit that fits: `340 µs`, `4.2 ms`, `340 ms`, `1.24 s`, `2 m 05 s`, `1 h 02 m`.
#[must_use]
pub(crate) fn duration_ms(ms: f64) -> String {
    let Some(micros) = micros(ms) else {
        return "–".to_owned();
    };
    // By whole numbers: writing fractions is 15 KB of code for the browser.
    match micros {
        0 => format!("0{NBSP}ms"),
        1..1_000 => format!("{micros}{NBSP}µs"),
        1_000..9_950 => {
            let tenths = (micros + 50) / 100;
            format!("{}.{}{NBSP}ms", tenths / 10, tenths % 10)
        }
        9_950..999_500 => format!("{}{NBSP}ms", (micros + 500) / 1_000),
        999_500..59_995_000 => {
            let hundredths = (micros + 5_000) / 10_000;
            format!("{}.{:02}{NBSP}s", hundredths / 100, hundredths % 100)
        }
        _ => long((micros + 500_000) / 1_000_000),
    }
}

fn long(seconds: u64) -> String {
    let (big, big_unit, small, small_unit) = match seconds {
        0..3_600 => (seconds / 60, 'm', seconds % 60, 's'),
        3_600..86_400 => (seconds / 3_600, 'h', seconds / 60 % 60, 'm'),
        _ => (seconds / 86_400, 'd', seconds / 3_600 % 24, 'h'),
    };
    format!("{big}{NBSP}{big_unit}{NBSP}{small:02}{NBSP}{small_unit}")
}

/// Milliseconds to the microsecond: `74.75 ms`.
#[must_use]
pub(crate) fn exact_ms(ms: f64) -> String {
    format!("{} ms", decimal(micros(ms).unwrap_or(0), 3))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive by then, and saturates"
)]
fn micros(ms: f64) -> Option<u64> {
    (ms.is_finite() && ms >= 0.0).then(|| (ms * 1_000.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_the_unit() {
        for (ms, text) in [
            (0.0, "0 ms"),
            (0.34, "340 µs"),
            (0.9996, "1.0 ms"),
            (4.23, "4.2 ms"),
            (9.96, "10 ms"),
            (340.4, "340 ms"),
            (999.7, "1.00 s"),
            (1_240.0, "1.24 s"),
            (125_000.0, "2 m 05 s"),
            (3_725_000.0, "1 h 02 m"),
            (90_000_000.0, "1 d 01 h"),
            (-1.0, "–"),
            (f64::NAN, "–"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(duration_ms(ms).replace(NBSP, " "), text, "{ms}");
        }
    }

    #[test]
    fn exactly() {
        assert_eq!(exact_ms(74.75), "74.75 ms");
        assert_eq!(exact_ms(2_000.0), "2000 ms");
        assert_eq!(exact_ms(0.001), "0.001 ms");
    }
}
