//! JSON as a type.
//!
//! The types are serde's; this reads them for less code than `serde_json`: an
//! error says nothing (nobody reads why an answer of our own server cannot be
//! read), a struct is an object and never an array, and numbers are read by
//! the browser. That is a tenth of what a first visit downloads. Fields may be
//! read in any order and unknown ones are skipped, as ever; a raw value of
//! `serde_json` cannot be read, for which there is [`members`](super::members).

use std::{borrow::Cow, fmt};

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
    value::StrDeserializer,
};

use super::Scanner;

/// What was to be read is not JSON, or not of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotRead;

impl fmt::Display for NotRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not what was expected")
    }
}

impl std::error::Error for NotRead {}

impl de::Error for NotRead {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads a whole text.
///
/// # Errors
/// It is not JSON, or not of this type.
pub(crate) fn from_text<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, NotRead> {
    let mut scanner = Scanner::new(text);
    let value = T::deserialize(&mut scanner)?;
    if scanner.is_at_end() { Ok(value) } else { Err(NotRead) }
}

impl<'de> Scanner<'de> {
    fn text(&mut self) -> Result<Cow<'de, str>, NotRead> {
        self.space();
        self.string().ok_or(NotRead)
    }

    fn word(&mut self) -> Result<&'de str, NotRead> {
        self.space();
        self.bare().ok_or(NotRead)
    }

    fn number<T: std::str::FromStr>(&mut self) -> Result<T, NotRead> {
        self.word()?.parse().map_err(|_| NotRead)
    }

    fn float(&mut self) -> Result<f64, NotRead> {
        let word = self.word()?;
        let starts = word.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        float(word).filter(|number| starts && number.is_finite()).ok_or(NotRead)
    }

    fn mark(&mut self, mark: u8) -> Result<(), NotRead> {
        self.take(mark).ok_or(NotRead)
    }

    fn starts_with(&mut self, mark: u8) -> bool {
        self.space();
        self.peek() == Some(mark)
    }
}

#[cfg(target_family = "wasm")]
fn float(word: &str) -> Option<f64> {
    Some(js_sys::parse_float(word))
}

#[cfg(not(target_family = "wasm"))]
fn float(word: &str) -> Option<f64> {
    word.parse().ok()
}

/// Methods that read a number of one kind.
macro_rules! numbers {
    ($($method:ident $visit:ident $read:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotRead> {
            visitor.$visit(self.$read()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Scanner<'de> {
    type Error = NotRead;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotRead> {
        self.space();
        match self.peek().ok_or(NotRead)? {
            b'"' => self.deserialize_str(visitor),
            b'{' => self.deserialize_map(visitor),
            b'[' => self.deserialize_seq(visitor),
            b'n' => self.deserialize_unit(visitor),
            b't' | b'f' => self.deserialize_bool(visitor),
            _ => {
                let word = self.word()?;
                if word.contains(['.', 'e', 'E']) {
                    visitor.visit_f64(float(word).filter(|number| number.is_finite()).ok_or(NotRead)?)
                } else if word.starts_with('-') {
                    visitor.visit_i64(word.parse().map_err(|_| NotRead)?)
                } else {
                    visitor.visit_u64(word.parse().map_err(|_| NotRead)?)
                }
            }
        }
    }

    numbers! {
        deserialize_i8 visit_i64 number
        deserialize_i16 visit_i64 number
        deserialize_i32 visit_i64 number
        deserialize_i64 visit_i64 number
        deserialize_u8 visit_u64 number
        deserialize_u16 visit_u64 number
        deserialize_u32 visit_u64 number
        deserialize_u64 visit_u64 number
        deserialize_f32 visit_f64 float
        deserialize_f64 visit_f64 float
        deserialize_bool visit_bool number
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotRead> {
        match self.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotRead> {
        if self.word()? == "null" {
            visitor.visit_unit()
        } else {
            Err(NotRead)
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotRead> {
        if self.starts_with(b'n') {
            self.word()?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, NotRead> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotRead> {
        self.mark(b'[')?;
        let mut entries = Entries::until(b']', self);
        let value = visitor.visit_seq(&mut entries)?;
        entries.end()?;
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotRead> {
        self.mark(b'{')?;
        let mut entries = Entries::until(b'}', self);
        let value = visitor.visit_map(&mut entries)?;
        entries.end()?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotRead> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotRead> {
        let has_value = self.starts_with(b'{');
        if has_value {
            self.mark(b'{')?;
        }
        let value = visitor.visit_enum(Variant {
            scanner: &mut *self,
            has_value,
        })?;
        if has_value {
            self.mark(b'}')?;
        }
        Ok(value)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotRead> {
        self.deserialize_str(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotRead> {
        self.deserialize_str(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, NotRead> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotRead> {
        self.skip_value().ok_or(NotRead)?;
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { char bytes byte_buf unit_struct tuple_struct }
}

/// What is left of a list or an object.
struct Entries<'a, 'de> {
    scanner: &'a mut Scanner<'de>,
    /// What ends it.
    mark: u8,
    is_first: bool,
    is_over: bool,
}

impl<'a, 'de> Entries<'a, 'de> {
    fn until(mark: u8, scanner: &'a mut Scanner<'de>) -> Self {
        Self {
            scanner,
            mark,
            is_first: true,
            is_over: false,
        }
    }

    /// Goes to the next entry; false where there is none.
    fn next(&mut self) -> Result<bool, NotRead> {
        if self.scanner.take(self.mark).is_some() {
            self.is_over = true;
        } else if !std::mem::take(&mut self.is_first) {
            self.scanner.mark(b',')?;
        }
        Ok(!self.is_over)
    }

    /// Goes past the end. That entries are left is an error.
    fn end(self) -> Result<(), NotRead> {
        if self.is_over {
            Ok(())
        } else {
            self.scanner.mark(self.mark)
        }
    }

    /// The key of the next member.
    fn next_name(&mut self) -> Result<Option<Cow<'de, str>>, NotRead> {
        if !self.next()? {
            return Ok(None);
        }
        let key = self.scanner.text()?;
        self.scanner.mark(b':')?;
        Ok(Some(key))
    }
}

impl<'de> SeqAccess<'de> for Entries<'_, 'de> {
    type Error = NotRead;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, NotRead> {
        if !self.next()? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.scanner).map(Some)
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = NotRead;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, NotRead> {
        match self.next_name()? {
            Some(key) => seed.deserialize(StrDeserializer::new(&key)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, NotRead> {
        seed.deserialize(&mut *self.scanner)
    }
}

/// `"Name"`, or what is between the braces of `{"Name": value}`.
struct Variant<'a, 'de> {
    scanner: &'a mut Scanner<'de>,
    has_value: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = NotRead;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), NotRead> {
        let name = self.scanner.text()?;
        if self.has_value {
            self.scanner.mark(b':')?;
        }
        let value = seed.deserialize(StrDeserializer::<NotRead>::new(&name))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = NotRead;

    fn unit_variant(self) -> Result<(), NotRead> {
        if self.has_value { Err(NotRead) } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, NotRead> {
        if self.has_value {
            seed.deserialize(self.scanner)
        } else {
            Err(NotRead)
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, NotRead> {
        self.scanner.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, NotRead> {
        self.scanner.deserialize_map(visitor)
    }
}
