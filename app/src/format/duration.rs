//! Durations.

use super::NBSP;

/// Milliseconds in the unit that fits: `340 µs`, `4.2 ms`, `340 ms`, `1.24 s`, `2 m 05 s`, `1 h 02 m`.
#[must_use]
pub(crate) fn duration_ms(ms: f64) -> String {
    if !ms.is_finite() || ms < 0.0 {
        return "–".to_owned();
    }
    if ms == 0.0 {
        return format!("0{NBSP}ms");
    }
    if ms < 0.9995 {
        return format!("{:.0}{NBSP}µs", ms * 1_000.0);
    }
    if ms < 9.95 {
        return format!("{ms:.1}{NBSP}ms");
    }
    if ms < 999.5 {
        return format!("{ms:.0}{NBSP}ms");
    }
    if ms < 59_995.0 {
        return format!("{:.2}{NBSP}s", ms / 1_000.0);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive by now, and saturates"
    )]
    let seconds = (ms / 1_000.0).round() as u64;
    let (big, big_unit, small, small_unit) = match seconds {
        0..3_600 => (seconds / 60, 'm', seconds % 60, 's'),
        3_600..86_400 => (seconds / 3_600, 'h', seconds / 60 % 60, 'm'),
        _ => (seconds / 86_400, 'd', seconds / 3_600 % 24, 'h'),
    };
    format!("{big}{NBSP}{big_unit}{NBSP}{small:02}{NBSP}{small_unit}")
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
        ] {
            assert_eq!(duration_ms(ms).replace(NBSP, " "), text, "{ms}");
        }
    }
}
