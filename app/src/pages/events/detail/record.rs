//! An event as it came.

use eventglass_model::Timestamp;
use serde::de::DeserializeOwned;

use crate::components::members;

/// An event as it came: its fields by name. The page reads it field by field
/// and not as one type, so that what the server learns to say is shown here
/// without this page having to learn it too.
pub(super) struct Record(Vec<(String, String)>);

impl Record {
    /// Takes the JSON of an event apart.
    pub(super) fn read(json: &str) -> Option<Self> {
        members(json).map(Self)
    }

    /// A field as it was written, unless it is absent or `null`.
    pub(super) fn raw(&self, key: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == key)?;
        (value != "null").then_some(value)
    }

    /// A field as a text: strings decoded, all else as it was written.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.raw(key).map(text_of)
    }

    /// A field as a value of some type.
    pub(super) fn value<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_str(self.raw(key)?).ok()
    }

    /// A field as a moment.
    pub(super) fn moment(&self, key: &str) -> Option<Timestamp> {
        Timestamp::parse(&self.text(key)?).ok()
    }

    /// The fields within a field.
    pub(super) fn within(&self, key: &str) -> Option<Self> {
        Self::read(self.raw(key)?)
    }

    /// The names of the fields that have a value.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let present = self.0.iter().filter(|(_, value)| value != "null");
        present.map(|(key, _)| key.as_str())
    }
}

fn text_of(raw: &str) -> String {
    serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned())
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
    }
}
