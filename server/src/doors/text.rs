//! Whether a text is JSON that its readers can read.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Whether a text is JSON, and not too deep for whoever reads it (128 levels).
pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<Shallow>(text).is_ok()
}

/// Walks through JSON without building it. `IgnoredAny` would do, but knows no
/// limit to the depth.
struct Shallow;

impl<'de> Deserialize<'de> for Shallow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Shallow {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<Self>()?.is_some() {}
        Ok(Self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        while entries.next_entry::<IgnoredAny, Self>()?.is_some() {}
        Ok(Self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_json_is_told() {
        for good in [r#"[{"a":["ä",1,-2,1.5,null,true]}, "Tee"]"#, " {} ", "1"] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            "[1",
            "[1] [2]",
            &"[".repeat(100_000),
            &format!("{}{}", "[".repeat(200), "]".repeat(200)),
        ] {
            assert!(!is_json(bad), "{bad:.20}");
        }
    }
}
