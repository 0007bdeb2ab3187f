//! Attributes and their values.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::json::{Double, Int, Truth, base64, nullable, unbase64};

/// A name and a value.
#[derive(Clone, PartialEq, prost::Message, serde::Deserialize, serde::Serialize)]
#[serde(default)]
pub struct KeyValue {
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub key: String,
    #[prost(message, optional, tag = "2")]
    pub value: Option<AnyValue>,
}

/// A value of any type, or none.
///
/// How deep values nest is bounded by both decoders: 100 messages in prost,
/// 128 brackets in `serde_json`; what is deeper is an error.
#[derive(Clone, PartialEq, prost::Message)]
pub struct AnyValue {
    #[prost(oneof = "Value", tags = "1, 2, 3, 4, 5, 6, 7")]
    pub value: Option<Value>,
}

/// What an [`AnyValue`] may be.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Value {
    #[prost(string, tag = "1")]
    String(String),
    #[prost(bool, tag = "2")]
    Bool(bool),
    #[prost(int64, tag = "3")]
    Int(i64),
    #[prost(double, tag = "4")]
    Double(f64),
    #[prost(message, tag = "5")]
    Array(ArrayValue),
    #[prost(message, tag = "6")]
    List(KeyValueList),
    #[prost(bytes, tag = "7")]
    Bytes(Vec<u8>),
}

/// Values in a row.
#[derive(Clone, PartialEq, prost::Message, serde::Deserialize, serde::Serialize)]
#[serde(default)]
pub struct ArrayValue {
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub values: Vec<AnyValue>,
}

/// Values by name.
#[derive(Clone, PartialEq, prost::Message, serde::Deserialize, serde::Serialize)]
#[serde(default)]
pub struct KeyValueList {
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "nullable")]
    pub values: Vec<KeyValue>,
}

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOf;
        impl<'de> Visitor<'de> for OneOf {
            type Value = AnyValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object such as {\"stringValue\": \"...\"}")
            }

            fn visit_unit<E: de::Error>(self) -> Result<AnyValue, E> {
                Ok(AnyValue::default())
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<AnyValue, M::Error> {
                let mut value = None;
                while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                    let next = match key.as_ref() {
                        "stringValue" | "string_value" => map.next_value::<Option<String>>()?.map(Value::String),
                        "boolValue" | "bool_value" => map.next_value::<Option<Truth>>()?.map(|v| Value::Bool(v.0)),
                        "intValue" | "int_value" => map.next_value::<Option<Int>>()?.map(|v| Value::Int(v.0)),
                        "doubleValue" | "double_value" => {
                            map.next_value::<Option<Double>>()?.map(|v| Value::Double(v.0))
                        }
                        "arrayValue" | "array_value" => map.next_value::<Option<ArrayValue>>()?.map(Value::Array),
                        "kvlistValue" | "kvlist_value" => map.next_value::<Option<KeyValueList>>()?.map(Value::List),
                        "bytesValue" | "bytes_value" => match map.next_value::<Option<String>>()? {
                            None => None,
                            Some(text) => {
                                let bytes =
                                    unbase64(&text).ok_or_else(|| de::Error::custom("bytesValue is not base64"))?;
                                Some(Value::Bytes(bytes))
                            }
                        },
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            None
                        }
                    };
                    value = next.or(value);
                }
                Ok(AnyValue { value })
            }
        }
        deserializer.deserialize_any(OneOf)
    }
}

impl Serialize for AnyValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.value {
            None => {}
            Some(Value::String(text)) => map.serialize_entry("stringValue", text)?,
            Some(Value::Bool(truth)) => map.serialize_entry("boolValue", truth)?,
            Some(Value::Int(number)) => map.serialize_entry("intValue", &number.to_string())?,
            Some(Value::Double(number)) if number.is_finite() => map.serialize_entry("doubleValue", number)?,
            Some(Value::Double(number)) => map.serialize_entry("doubleValue", non_finite(*number))?,
            Some(Value::Array(values)) => map.serialize_entry("arrayValue", values)?,
            Some(Value::List(values)) => map.serialize_entry("kvlistValue", values)?,
            Some(Value::Bytes(bytes)) => map.serialize_entry("bytesValue", &base64(bytes))?,
        }
        map.end()
    }
}

/// What protobuf's JSON writes for a float that JSON has no number for.
pub fn non_finite(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}
