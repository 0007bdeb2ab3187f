//! An answer as it came.

use eventglass_model::Timestamp;
use serde::de::DeserializeOwned;

use crate::json::{from_text, items, members};

/// An object as it came: its fields by name. Pages read it field by field and
/// not as one type: what the server learns to say can be shown without the
/// page having to learn it too, and reading a type of many fields would be
/// several kilobytes of code for the browser.
pub(crate) struct Record(Vec<(String, String)>);

impl Record {
    /// Takes the JSON of an object apart.
    pub(crate) fn read(json: &str) -> Option<Self> {
        members(json).map(Self)
    }

    /// A field as it was written, unless it is absent or `null`.
    pub(crate) fn raw(&self, key: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == key)?;
        (value != "null").then_some(value)
    }

    /// A field as a text: strings decoded, all else as it was written.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.raw(key).map(text_of)
    }

    /// A field as a value of some type.
    pub(crate) fn value<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        from_text(self.raw(key)?).ok()
    }

    /// A field as a moment.
    pub(crate) fn moment(&self, key: &str) -> Option<Timestamp> {
        Timestamp::parse(&self.text(key)?).ok()
    }

    /// The fields within a field.
    pub(crate) fn within(&self, key: &str) -> Option<Self> {
        Self::read(self.raw(key)?)
    }

    /// A whole number; 0 where there is none.
    pub(crate) fn number(&self, key: &str) -> i64 {
        self.value(key).unwrap_or(0)
    }

    /// The objects in a list.
    pub(crate) fn list(&self, key: &str) -> Vec<Self> {
        self.raw(key).map(Self::read_list).unwrap_or_default()
    }

    /// The objects in a list, of which this is the JSON.
    pub(crate) fn read_list(json: &str) -> Vec<Self> {
        items(json).iter().filter_map(|item| Self::read(item)).collect()
    }

    /// The same with some of its fields only.
    pub(crate) fn copy_of(&self, keys: &[&str]) -> Self {
        let kept = self.0.iter().filter(|(key, _)| keys.contains(&key.as_str()));
        Self(kept.cloned().collect())
    }

    /// The names of the fields that have a value.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let present = self.0.iter().filter(|(_, value)| value != "null");
        present.map(|(key, _)| key.as_str())
    }
}

fn text_of(raw: &str) -> String {
    from_text(raw).unwrap_or_else(|_| raw.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_fields() {
        let record = Record::read(r#"{"name":"a\"b","code":1.50,"none":null,"tokens":{"total":3}}"#).unwrap();
        assert_eq!(record.text("name").as_deref(), Some("a\"b"));
        assert_eq!(record.text("code").as_deref(), Some("1.50"));
        assert_eq!(record.text("none"), None);
        assert_eq!(record.value::<f64>("code"), Some(1.5));
        assert_eq!(
            record.within("tokens").and_then(|tokens| tokens.value::<i64>("total")),
            Some(3)
        );
        assert_eq!(record.keys().collect::<Vec<_>>(), ["name", "code", "tokens"]);
        assert_eq!((record.number("none"), record.number("absent")), (0, 0));
    }

    #[test]
    fn reads_lists() {
        let record = Record::read(r#"{"items":[{"n":1},{"n":2,"of":["]"]}],"empty":[],"none":null}"#).unwrap();
        let numbers: Vec<i64> = record.list("items").iter().map(|item| item.number("n")).collect();
        assert_eq!(numbers, [1, 2]);
        assert!(record.list("empty").is_empty() && record.list("none").is_empty());
    }
}
