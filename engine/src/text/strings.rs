//! The strings of JSON, found without building it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Gives every string of a JSON text, in order, up to its first fault. Keys are none.
pub(super) fn add_strings(json: &str, add: &mut dyn FnMut(&str)) {
    read(json, Strings { keys: None, add });
}

/// Gives the strings below these keys, wherever they stand. The keys are without escapes.
pub(super) fn add_strings_of(json: &str, keys: &'static [&'static str], add: &mut dyn FnMut(&str)) {
    // Reading costs more than looking whether there is something to read.
    if keys.iter().any(|key| json.contains(key)) {
        read(json, Strings { keys: Some(keys), add });
    }
}

fn read(json: &str, strings: Strings<'_>) {
    // What is wrong or too deep (128 levels) ends the text; the JSON itself is kept as it is.
    let _ = strings.deserialize(&mut serde_json::Deserializer::from_str(json));
}

struct Strings<'a> {
    /// Only below these; everywhere when there are none.
    keys: Option<&'static [&'static str]>,
    add: &'a mut dyn FnMut(&str),
}

impl<'de> DeserializeSeed<'de> for Strings<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strings<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, string: &str) -> Result<(), E> {
        if self.keys.is_none() {
            (self.add)(string);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { keys, add } = self;
        while items.next_element_seed(Strings { keys, add: &mut *add })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Self { keys, add } = self;
        let Some(wanted) = keys else {
            while entries.next_key::<IgnoredAny>()?.is_some() {
                entries.next_value_seed(Strings { keys, add: &mut *add })?;
            }
            return Ok(());
        };
        while let Some(found) = entries.next_key_seed(OneOf(wanted))? {
            let keys = if found { None } else { keys };
            entries.next_value_seed(Strings { keys, add: &mut *add })?;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Whether a key is one of these.
struct OneOf(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for OneOf {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for OneOf {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(self.0.contains(&key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(json: &str) -> Vec<String> {
        let mut found = Vec::new();
        add_strings(json, &mut |text| found.push(text.to_owned()));
        found
    }

    #[test]
    fn strings_are_found_and_keys_are_not() {
        let json = r#"[{"role":"user","content":["Wie spät ist es?",1,-2,1.5,null,true]}, "Te\ne"]"#;
        assert_eq!(strings(json), ["user", "Wie spät ist es?", "Te\ne"]);
    }

    #[test]
    fn what_is_wrong_ends_it() {
        assert_eq!(strings(r#"["a", "b"#), ["a"]);
        assert!(strings(&"[".repeat(100_000)).is_empty());
    }

    #[test]
    fn only_below_some_keys() {
        let mut found = Vec::new();
        let json = r#"{"a":"b","deep":[{"stack":["x",{"a":"y"}],"a":"z"}],"stack":"w"}"#;
        add_strings_of(json, &["stack"], &mut |text| found.push(text.to_owned()));
        assert_eq!(found, ["x", "y", "w"]);
    }
}
