//! What a series is called.

use std::sync::Arc;

use super::codec::{Reader, Writer};
use crate::store::StoreError;

/// The value of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// The events have none.
    None,
    /// One of those that there was no room for.
    Other,
    /// This one.
    Text(Arc<str>),
}

impl Value {
    /// Of an event's field.
    #[must_use]
    pub fn of(text: Option<&str>) -> Self {
        text.map_or(Self::None, |text| Self::Text(text.into()))
    }

    /// The text, if it has one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::None | Self::Other => None,
        }
    }
}

/// The values of a family's dimensions, in their order.
pub type Key = Arc<[Value]>;

const NONE: u64 = 0;
const OTHER: u64 = 1;
const TEXTS: u64 = 2;

/// Writes keys, each text once.
#[derive(Default)]
pub(super) struct Texts<'a> {
    places: super::Map<&'a str, u64>,
    texts: Vec<&'a str>,
}

impl<'a> Texts<'a> {
    /// The number of a value.
    pub(super) fn number(&mut self, value: Option<&'a str>) -> u64 {
        let Some(text) = value else { return NONE };
        let next = TEXTS + self.texts.len() as u64;
        let texts = &mut self.texts;
        *self.places.entry(text).or_insert_with(|| {
            texts.push(text);
            next
        })
    }

    pub(super) fn number_of(&mut self, value: &'a Value) -> u64 {
        match value {
            Value::Other => OTHER,
            Value::None => NONE,
            Value::Text(text) => self.number(Some(text)),
        }
    }

    /// The texts, before what refers to them.
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.size(self.texts.len());
        for text in &self.texts {
            writer.bytes(text.as_bytes());
        }
    }
}

/// Reads what [`Texts::write`] wrote: every value that has a number.
pub(super) fn read_values(reader: &mut Reader<'_>) -> Result<Vec<Value>, StoreError> {
    let count = reader.size()?;
    let mut values = Vec::with_capacity(count + 2);
    values.extend([Value::None, Value::Other]);
    for _ in 0..count {
        values.push(Value::Text(reader.text()?.into()));
    }
    Ok(values)
}

/// Reads a key of so many dimensions.
pub(super) fn read_key(reader: &mut Reader<'_>, values: &[Value], dimensions: usize) -> Result<Key, StoreError> {
    (0..dimensions)
        .map(|_| {
            let number = usize::try_from(reader.small()?).unwrap_or(usize::MAX);
            let value = values.get(number).cloned();
            value.ok_or_else(|| StoreError::Inconsistent("a series has no name".to_owned()))
        })
        .collect()
}

/// A key as stores keep it.
#[must_use]
pub fn key_bytes(key: &[Value]) -> Vec<u8> {
    let mut writer = Writer::default();
    let mut texts = Texts::default();
    let numbers: Vec<u64> = key.iter().map(|value| texts.number_of(value)).collect();
    texts.write(&mut writer);
    for number in numbers {
        writer.unsigned(u128::from(number));
    }
    writer.finish()
}

/// The inverse of [`key_bytes`].
///
/// # Errors
/// [`StoreError::Inconsistent`] when it is something else.
pub fn key_of_bytes(bytes: &[u8], dimensions: usize) -> Result<Key, StoreError> {
    let plain = super::codec::unpack(bytes)?;
    let mut reader = Reader(&plain);
    let values = read_values(&mut reader)?;
    read_key(&mut reader, &values, dimensions)
}
