//! The part of a payload that people search.

use std::fmt;

use eventglass_engine::ingest::text;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The strings of a JSON text, which are what people search in it.
pub(super) fn human_text(json: &str) -> String {
    let mut out = String::new();
    add_strings(json, &mut out);
    out
}

/// Adds the strings of a JSON text to what an event is found by, as many as
/// fit. Says whether it is JSON, and not too deep for whoever reads it (128 levels).
pub(super) fn add_strings(json: &str, out: &mut String) -> bool {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    Strings(out).deserialize(&mut deserializer).is_ok() && deserializer.end().is_ok()
}

/// Walks through JSON without building it.
struct Strings<'a>(&'a mut String);

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
        let room = text::MAX_TEXT_BYTES.saturating_sub(self.0.len());
        self.0.push_str(text::cut(string, room));
        if room > 0 {
            self.0.push(' ');
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Strings(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_key::<IgnoredAny>()?.is_some() {
            entries.next_value_seed(Strings(self.0))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_and_keys_are_not() {
        let json = r#"[{"role":"user","content":["Wie spät ist es?",1,-2,1.5,null,true]}, "Tee"]"#;
        assert_eq!(human_text(json), "user Wie spät ist es? Tee ");
    }

    #[test]
    fn what_is_not_json_is_told() {
        for bad in [
            "",
            "[1",
            "[1] [2]",
            &"[".repeat(100_000),
            &format!("{}{}", "[".repeat(200), "]".repeat(200)),
        ] {
            assert!(!add_strings(bad, &mut String::new()), "{bad:.20}");
        }
    }

    #[test]
    fn there_is_a_limit() {
        let json = serde_json::to_string(&vec!["ä".repeat(1_000); 100]).unwrap();
        let mut out = String::new();
        assert!(add_strings(&json, &mut out));
        assert!(
            (text::MAX_TEXT_BYTES - 2..=text::MAX_TEXT_BYTES + 1).contains(&out.len()),
            "{}",
            out.len()
        );
    }
}
