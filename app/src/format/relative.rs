//! How long ago.

use super::NBSP;

/// `3 min ago`; what is under five seconds old, or ahead of this clock, is `just now`.
#[must_use]
pub(crate) fn ago(millis: i64) -> String {
    let seconds = millis / 1_000;
    let (count, unit) = match seconds {
        ..5 => return format!("just{NBSP}now"),
        5..60 => (seconds, "s"),
        60..3_600 => (seconds / 60, "min"),
        3_600..86_400 => (seconds / 3_600, "h"),
        86_400..5_184_000 => (seconds / 86_400, "d"),
        5_184_000..63_072_000 => (seconds / 2_592_000, "months"),
        _ => (seconds / 31_536_000, "years"),
    };
    format!("{count}{NBSP}{unit}{NBSP}ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_the_unit() {
        for (seconds, text) in [
            (-9, "just now"),
            (4, "just now"),
            (59, "59 s ago"),
            (61, "1 min ago"),
            (7_300, "2 h ago"),
            (172_801, "2 d ago"),
            (6_000_000, "2 months ago"),
            (100_000_000, "3 years ago"),
        ] {
            assert_eq!(ago(seconds * 1_000).replace(NBSP, " "), text);
        }
    }
}
