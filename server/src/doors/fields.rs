//! Reads a JSON object field by field, leaving what is not asked for as the
//! client wrote it, and collecting every fault instead of stopping at the first.

use std::borrow::Cow;
use std::fmt;

use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{FieldError, Loc, Timestamp};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The fields of an object. Of a name that stands twice, the last counts.
pub struct Fields<'a> {
    /// `None`: taken.
    entries: Vec<(Cow<'a, str>, Option<&'a RawValue>)>,
    place: Vec<Loc>,
    /// Every fault so far.
    pub errors: Vec<FieldError>,
}

struct Entries<'a>(Vec<(Cow<'a, str>, Option<&'a RawValue>)>);

/// A key that borrows when it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries<'de>, M::Error> {
                let mut entries = Vec::with_capacity(16);
                while let Some((key, value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    entries.push((key.0, Some(value)));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl<'a> Fields<'a> {
    /// Opens an object that stands at `place`.
    ///
    /// # Errors
    /// When the text is not an object.
    pub fn open(json: &'a str, place: Vec<Loc>) -> Result<Self, FieldError> {
        match serde_json::from_str::<Entries<'a>>(json) {
            Ok(Entries(entries)) => Ok(Self {
                entries,
                place,
                errors: Vec::new(),
            }),
            Err(error) if error.is_data() => Err(FieldError::new(place, "must be an object")),
            Err(error) => Err(FieldError::new(place, format!("is not JSON: {error}"))),
        }
    }

    /// Whether a field is there, be it `null`.
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, value)| value.is_some() && key == name)
    }

    /// Takes a field as it stands; `null` counts as absent.
    pub fn raw(&mut self, name: &str) -> Option<&'a RawValue> {
        let mut found = None;
        for (_, value) in self.entries.iter_mut().filter(|(key, _)| key == name) {
            found = value.take().or(found);
        }
        found.filter(|value| value.get() != "null")
    }

    /// Reads a field without taking it.
    pub fn peek(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.entries.iter().rev().find(|(key, _)| key == name);
        found
            .and_then(|(_, value)| *value)
            .filter(|value| value.get() != "null")
    }

    /// Takes the first of some names that is there; the others stay.
    fn first(&mut self, names: &[&'static str]) -> Option<(&'static str, &'a RawValue)> {
        names.iter().find_map(|name| Some((*name, self.raw(name)?)))
    }

    /// Notes a fault of a field.
    pub fn fault(&mut self, name: &str, msg: impl fmt::Display) {
        let mut place = self.place.clone();
        place.push(name.into());
        self.errors.push(FieldError::new(place, msg));
    }

    /// Notes a fault of what is within a field.
    pub fn fault_within(&mut self, name: &str, inner: &str, msg: impl fmt::Display) {
        let mut place = self.place.clone();
        place.extend([name.into(), inner.into()]);
        self.errors.push(FieldError::new(place, msg));
    }

    /// Takes a text; numbers and booleans are taken as their text.
    pub fn text(&mut self, names: &[&'static str]) -> Option<String> {
        let (name, value) = self.first(names)?;
        let text = text_of(value);
        if text.is_none() {
            self.fault(name, "must be a string");
        }
        text
    }

    /// Takes a whole number; one in quotes, or with a fraction of zero, will do.
    pub fn int(&mut self, names: &[&'static str]) -> Option<i64> {
        let (name, value) = self.first(names)?;
        let number = int_of(value);
        if number.is_none() {
            self.fault(name, "must be a whole number");
        }
        number
    }

    /// Takes a number; one in quotes will do.
    pub fn float(&mut self, names: &[&'static str]) -> Option<f64> {
        let (name, value) = self.first(names)?;
        let number = value
            .get()
            .trim_matches('"')
            .parse()
            .ok()
            .filter(|n: &f64| n.is_finite());
        if number.is_none() {
            self.fault(name, "must be a number");
        }
        number
    }

    /// Takes a moment: a timestamp, or a number of seconds, milli-, micro- or
    /// nanoseconds since the epoch.
    pub fn time(&mut self, names: &[&'static str]) -> Option<Timestamp> {
        let (name, value) = self.first(names)?;
        let parsed = match text_of(value) {
            Some(text) => {
                let number = text.parse().ok().and_then(Timestamp::from_epoch_number);
                number.or_else(|| Timestamp::parse(&text).ok())
            }
            None => None,
        };
        if parsed.is_none() {
            self.fault(name, "must be an RFC 3339 timestamp such as 2026-11-21T02:56:49Z");
        }
        parsed
    }

    /// Takes a word of a closed set.
    pub fn word<T, E: fmt::Display>(
        &mut self,
        names: &[&'static str],
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let (name, value) = self.first(names)?;
        let word = text_of(value).unwrap_or_default();
        match parse(&word) {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(name, error);
                None
            }
        }
    }

    /// Opens a field that is an object, without taking it.
    pub fn object(&mut self, name: &'static str) -> Option<Fields<'a>> {
        let value = self.peek(name)?;
        let mut place = self.place.clone();
        place.push(name.into());
        match Fields::open(value.get(), place) {
            Ok(fields) => Some(fields),
            Err(error) => {
                self.errors.push(error);
                None
            }
        }
    }

    /// Ends the reading of an event: the event, knowing where it stood, or
    /// every fault that was found.
    ///
    /// # Errors
    /// The faults, with the client's id where it gave one.
    pub fn finish(self, mut event: NewEvent, event_id: Option<String>) -> Result<NewEvent, Refused> {
        if !self.errors.is_empty() {
            return Err(Refused {
                event_id,
                errors: self.errors,
            });
        }
        event.place = self.place;
        Ok(event)
    }

    /// Adds the faults of an inner object to ours.
    pub fn absorb(&mut self, inner: Fields<'a>) {
        self.errors.extend(inner.errors);
    }

    /// What has not been taken, as one object, each value as the client wrote
    /// it; `None` when nothing is left.
    pub fn rest(&self) -> Option<String> {
        let left = self
            .entries
            .iter()
            .filter_map(|(key, value)| Some((key, value.as_ref()?.get())));
        let mut json = String::with_capacity(2 + left.clone().map(|(k, v)| k.len() + v.len() + 4).sum::<usize>());
        for (key, value) in left.filter(|(_, value)| *value != "null") {
            json.push(if json.is_empty() { '{' } else { ',' });
            json.push_str(&serde_json::to_string(key).unwrap_or_default());
            json.push(':');
            json.push_str(value);
        }
        if json.is_empty() {
            return None;
        }
        json.push('}');
        Some(json)
    }
}

/// A string, number or boolean as text. NUL, which no database keeps in text,
/// becomes U+FFFD.
pub fn text_of(value: &RawValue) -> Option<String> {
    let json = value.get();
    match json.as_bytes().first()? {
        b'"' => {
            let text: String = serde_json::from_str(json).ok()?;
            Some(if text.contains('\0') {
                text.replace('\0', "\u{fffd}")
            } else {
                text
            })
        }
        b'{' | b'[' => None,
        _ => Some(json.to_owned()),
    }
}

/// A whole number.
pub fn int_of(value: &RawValue) -> Option<i64> {
    let digits = value.get().trim_matches('"');
    if let Ok(number) = digits.parse() {
        return Some(number);
    }
    let number: f64 = digits.parse().ok()?;
    // 2^53: beyond, a float does not say which whole number was meant.
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use eventglass_model::loc;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_fields_and_leaves_the_rest_as_written() {
        let json =
            r#"{"a":"x","n":"7","t":1763726400,"big":12345678901234567890.10,"o":{"k" : [1, 2]},"gone":null,"a":"y"}"#;
        let mut fields = Fields::open(json, loc!["body"]).unwrap();
        assert_eq!(fields.text(&["a"]).as_deref(), Some("y"), "the last of two counts");
        assert_eq!(fields.int(&["m", "n"]), Some(7));
        assert_eq!(fields.time(&["t"]).map(Timestamp::micros), Some(1_763_726_400_000_000));
        assert_eq!(
            fields.rest().as_deref(),
            Some(r#"{"big":12345678901234567890.10,"o":{"k" : [1, 2]}}"#)
        );
        assert!(fields.errors.is_empty());
    }

    #[test]
    fn collects_every_fault() {
        let mut fields = Fields::open(r#"{"a":[],"n":1.5,"t":"soon","o":3}"#, loc!["body", "events", 2]).unwrap();
        fields.text(&["a"]);
        fields.int(&["n"]);
        fields.time(&["t"]);
        fields.object("o");
        let places: Vec<String> = fields
            .errors
            .iter()
            .map(|e| serde_json::to_string(&e.loc).unwrap())
            .collect();
        assert_eq!(
            places,
            [
                r#"["body","events",2,"a"]"#,
                r#"["body","events",2,"n"]"#,
                r#"["body","events",2,"t"]"#,
                r#"["body","events",2,"o"]"#
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(json in "\\PC{0,80}") {
            if let Ok(mut fields) = Fields::open(&json, Vec::new()) {
                let _ = (fields.text(&["a"]), fields.int(&["b"]), fields.time(&["c"]), fields.rest());
            }
        }

        #[test]
        fn the_rest_of_an_object_is_the_object(map in proptest::collection::btree_map("\\PC{0,8}", any::<i32>(), 1..6)) {
            let json = serde_json::to_string(&map).unwrap();
            let rest = Fields::open(&json, Vec::new()).unwrap().rest().unwrap();
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&rest).unwrap(), serde_json::to_value(&map).unwrap());
        }
    }
}
