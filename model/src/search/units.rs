//! Numbers with units.

use super::Kind;

/// A number in the units of the store, or `None`. By hand, because `f64`'s own
/// reading is several kilobytes in the browser; what it reads is the same.
pub(super) fn number(text: &str, kind: Kind) -> Option<f64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = match kind {
        Kind::Money => text.strip_prefix('$').unwrap_or(text),
        _ => text,
    };
    let (mut value, mut rest) = piece(text, kind)?;
    // `1h2m`: pieces of a duration, each with its unit.
    while !rest.is_empty() {
        let (more, after) = piece(rest, kind)?;
        value += more;
        rest = after;
    }
    Some(if negative { -value } else { value })
}

/// A number with its unit, and what stands behind: of a duration another one.
fn piece(text: &str, kind: Kind) -> Option<(f64, &str)> {
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let (digits, rest) = text.split_at(text.find(|c| !is_digit(c)).unwrap_or(text.len()));
    let (power, rest) = exponent(rest).unwrap_or((0, rest));
    let (unit, rest) = if kind == Kind::Duration {
        rest.split_at(rest.find(is_digit).unwrap_or(rest.len()))
    } else {
        (rest, "")
    };
    // `1s5`: five of what?
    if !rest.is_empty() && !rest.ends_with(char::is_alphabetic) {
        return None;
    }
    let scale = (0..power.unsigned_abs()).fold(1.0, |scale, _| scale * 10.0);
    let value = decimal(digits)?;
    let value = if power < 0 { value / scale } else { value * scale };
    Some((value * factor(&unit.to_lowercase(), kind)?, rest))
}

/// `e-3` and what stands behind it.
fn exponent(text: &str) -> Option<(i32, &str)> {
    let text = text.strip_prefix(['e', 'E'])?;
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    // No number of an event needs more.
    let power: i32 = digits.parse().ok().filter(|power| *power <= 30)?;
    Some((sign * power, rest))
}

/// Up to 15 digits, which a float holds exactly, and at most one point.
fn decimal(digits: &str) -> Option<f64> {
    let (mut mantissa, mut scale, mut point, mut count) = (0_u64, 1_u64, false, 0);
    for byte in digits.bytes() {
        if byte == b'.' {
            if std::mem::replace(&mut point, true) {
                return None;
            }
            continue;
        }
        mantissa = mantissa * 10 + u64::from(byte - b'0');
        count += 1;
        if point {
            scale *= 10;
        }
        if count > 15 {
            return None;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "fifteen digits are below 2^53")]
    (count > 0).then(|| mantissa as f64 / scale as f64)
}

fn factor(unit: &str, kind: Kind) -> Option<f64> {
    Some(match (kind, unit) {
        (Kind::Duration, "ns") => 1e-3,
        (Kind::Duration, "us" | "µs" | "μs") => 1.0,
        (Kind::Duration, "" | "ms") => 1e3,
        (Kind::Duration, "s") => 1e6,
        (Kind::Duration, "m" | "min") => 6e7,
        (Kind::Duration, "h") => 3.6e9,
        (Kind::Duration, "d") => 8.64e10,
        (Kind::Money, "" | "$") => 1e9,
        (Kind::Number, "") => 1.0,
        (Kind::Number, "k") => 1e3,
        (Kind::Number, "m") => 1e6,
        (Kind::Number, "b" | "g") => 1e9,
        _ => return None,
    })
}
