//! Values as texts and numbers.

use std::borrow::Cow;

use crate::doors::otlp::wire::{AnyValue, Value};

/// A scalar as text, if it is not empty; of a list with one item, which is
/// how headers come, that item.
pub fn text_of(value: &AnyValue) -> Option<Cow<'_, str>> {
    match value.value.as_ref()? {
        Value::String(text) => (!text.is_empty()).then_some(Cow::Borrowed(text)),
        Value::Bool(truth) => Some(Cow::Borrowed(if *truth { "true" } else { "false" })),
        Value::Int(number) => Some(Cow::Owned(number.to_string())),
        Value::Double(number) => Some(Cow::Owned(number.to_string())),
        Value::Array(array) => match array.values.as_slice() {
            [
                AnyValue {
                    value: Some(Value::String(text)),
                },
            ] => (!text.is_empty()).then_some(Cow::Borrowed(text)),
            _ => None,
        },
        Value::List(_) | Value::Bytes(_) => None,
    }
}

/// A whole number, be it as text or with a fraction of zero.
pub fn int_of(value: &AnyValue) -> Option<i64> {
    match value.value.as_ref()? {
        Value::Int(number) => Some(*number),
        Value::String(text) => text.trim().parse().ok(),
        // 2^53: beyond, a float does not say which whole number was meant.
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        Value::Double(number) => {
            (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(*number as i64)
        }
        Value::Bool(_) | Value::Array(_) | Value::List(_) | Value::Bytes(_) => None,
    }
}

/// A number, be it as text.
#[expect(clippy::cast_precision_loss, reason = "nobody pays 2^53 dollars")]
pub fn float_of(value: &AnyValue) -> Option<f64> {
    let number = match value.value.as_ref()? {
        Value::Int(number) => *number as f64,
        Value::Double(number) => *number,
        Value::String(text) => text.trim().parse().ok()?,
        Value::Bool(_) | Value::Array(_) | Value::List(_) | Value::Bytes(_) => return None,
    };
    number.is_finite().then_some(number)
}

/// The beginning of a text, so many characters of it: a value that is too long
/// for its field is still whole among the attributes. NUL, which no database
/// keeps in text, becomes U+FFFD.
pub fn clip(text: &str, most: usize) -> String {
    let end = if text.len() <= most {
        text.len()
    } else {
        text.char_indices().nth(most).map_or(text.len(), |(end, _)| end)
    };
    let text = text.get(..end).unwrap_or_default();
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_between_characters() {
        assert_eq!(clip("añb", 2), "añ");
        assert_eq!(clip("añb", 3), "añb");
        assert_eq!(clip("a\0b", 9), "a\u{fffd}b");
        assert_eq!(clip("", 0), "");
    }
}
