//! OTLP's JSON, read with forbearance: ids are hex, 64-bit integers may be
//! strings or numbers, enums numbers or names, `null` is the same as nothing.
//!
//! Source: "JSON Protobuf Encoding" of the OTLP specification, and protobuf's
//! own JSON mapping where that says nothing else.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use prost::bytes::Bytes;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'));
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: &u8| char::from(*digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(nibble(high)? << 4 | nibble(low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

/// Bytes as base64.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Any of base64's four usual forms.
pub(super) fn unbase64(text: &str) -> Option<Vec<u8>> {
    [STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD]
        .iter()
        .find_map(|engine| engine.decode(text).ok())
}

/// `null` is the default.
pub(super) fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A list of items that are not read yet.
pub(super) fn items<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Bytes>, D::Error> {
    let items: Option<Vec<&'de RawValue>> = Option::deserialize(deserializer)?;
    let bytes = |item: &RawValue| Bytes::copy_from_slice(item.get().as_bytes());
    Ok(items.unwrap_or_default().into_iter().map(bytes).collect())
}

/// Ids of traces and spans.
pub(super) mod id {
    use super::{Deserialize, Deserializer, Serializer, hex, unbase64, unhex};

    /// Hex; or base64, which protobuf's own JSON mapping would give, where the
    /// length leaves no doubt. What is neither is kept as it is, and is no valid id.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text: Option<std::borrow::Cow<'de, str>> = Option::deserialize(deserializer)?;
        let text = text.unwrap_or_default();
        if let Some(bytes) = unhex(&text) {
            return Ok(bytes);
        }
        if matches!(text.len(), 12 | 24)
            && let Some(bytes) = unbase64(&text).filter(|bytes| matches!(bytes.len(), 8 | 16))
        {
            return Ok(bytes);
        }
        let mut bytes = text.into_owned().into_bytes();
        if matches!(bytes.len(), 8 | 16) {
            bytes.push(0);
        }
        Ok(bytes)
    }

    #[expect(clippy::ptr_arg, reason = "serde gives the field as it is")]
    pub fn serialize<S: Serializer>(id: &Vec<u8>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(id))
    }
}

/// 64-bit integers, which are written as strings.
pub(super) mod wide {
    use super::{Deserializer, Integer, Serialize, Serializer, fmt};

    pub fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
    where
        D: Deserializer<'de>,
        T: TryFrom<i128> + Default,
    {
        deserializer.deserialize_any(Integer::new(|_| None))
    }

    pub fn serialize<S: Serializer, T: fmt::Display>(number: &T, serializer: S) -> Result<S::Ok, S::Error> {
        number.to_string().serialize(serializer)
    }
}

/// Integers of up to 32 bits.
pub(super) fn integer<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i128> + Default,
{
    deserializer.deserialize_any(Integer::new(|_| None))
}

/// An enum, whose names all begin alike and count from 0.
pub(super) fn named<'de, D: Deserializer<'de>>(
    deserializer: D,
    number_of: fn(&str) -> Option<i128>,
) -> Result<i32, D::Error> {
    deserializer.deserialize_any(Integer::new(number_of))
}

/// A boolean, or the word for it.
pub(super) struct Truth(pub(super) bool);

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;
        impl Visitor<'_> for Word {
            type Value = Truth;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a boolean")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Truth, E> {
                Ok(Truth(value))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Truth, E> {
                text.parse()
                    .map(Truth)
                    .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Word)
    }
}

/// A float, or the word for one that JSON has no number for.
pub(super) struct Double(pub(super) f64);

impl<'de> Deserialize<'de> for Double {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By way of its text: serde_json's own reading may be off by the last
        // bit, and then a log record that is read again would have another id.
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let number = match raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) {
            Some(word) => word.parse().ok(),
            None => raw.parse().ok().filter(|number: &f64| number.is_finite()),
        };
        let wrong = || de::Error::custom(format_args!("invalid number: {raw:.40}"));
        number.map(Double).ok_or_else(wrong)
    }
}

/// A 64-bit integer.
pub(super) struct Int(pub(super) i64);

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        wide::deserialize(deserializer).map(Self)
    }
}

/// Reads a whole number as it may come.
struct Integer<T> {
    number_of: fn(&str) -> Option<i128>,
    of: PhantomData<T>,
}

impl<T> Integer<T> {
    const fn new(number_of: fn(&str) -> Option<i128>) -> Self {
        Self {
            number_of,
            of: PhantomData,
        }
    }
}

impl<T: TryFrom<i128>> Integer<T> {
    fn fit<E: de::Error>(&self, number: i128, what: de::Unexpected<'_>) -> Result<T, E>
    where
        T: Default,
    {
        T::try_from(number).map_err(|_| E::invalid_value(what, self))
    }
}

impl<T: TryFrom<i128> + Default> Visitor<'_> for Integer<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number of {} bits", 8 * size_of::<T>())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.fit(number.into(), de::Unexpected::Unsigned(number))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        self.fit(number.into(), de::Unexpected::Signed(number))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        // 2^53: beyond, a float does not say which whole number was meant, but
        // JavaScript writes its times so, and then the nearest will do.
        if number.fract() != 0.0 || number.abs() > 1e20 {
            return Err(E::invalid_value(de::Unexpected::Float(number), &self));
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^127")]
        self.fit(number as i128, de::Unexpected::Float(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        let number = text.parse().ok().or_else(|| (self.number_of)(text));
        let number = number.ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))?;
        self.fit(number, de::Unexpected::Str(text))
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Ok(T::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_both_ways() {
        assert_eq!(hex(&[0, 15, 0xab]), "000fab");
        assert_eq!(unhex("000FaB"), Some(vec![0, 15, 0xab]));
        assert_eq!(unhex(""), Some(vec![]));
        for bad in ["0", "0g", "é0", "+1"] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }

    #[test]
    fn whole_numbers_come_in_many_forms() {
        let read = |json: &str| serde_json::from_str::<Int>(json).map(|n| n.0).ok();
        for json in ["12", "\"12\"", "12.0", "1.2e1"] {
            assert_eq!(read(json), Some(12), "{json}");
        }
        assert_eq!(read("\"-9223372036854775808\""), Some(i64::MIN));
        assert_eq!(read("null"), Some(0));
        for json in [
            "1.5",
            "\"x\"",
            "9223372036854775808",
            "\"9223372036854775808\"",
            "1e300",
            "[]",
            "true",
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }
}
