//! Errors on the wire.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Visitor},
};

/// One step on the way to a field: a key, or a place in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Loc {
    /// A place in a list, from 0.
    Index(usize),
    /// A key.
    Key(String),
}

/// By hand, because serde's own way for untagged enums is several kilobytes
/// of code in the browser.
impl<'de> Deserialize<'de> for Loc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Step;

        impl Visitor<'_> for Step {
            type Value = Loc;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key or a place in a list")
            }

            fn visit_str<E: de::Error>(self, key: &str) -> Result<Loc, E> {
                Ok(Loc::from(key))
            }

            fn visit_u64<E: de::Error>(self, index: u64) -> Result<Loc, E> {
                usize::try_from(index).map(Loc::Index).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Step)
    }
}

impl From<&str> for Loc {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Loc {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The way to the field: `["body", "events", 5, "event_type"]`.
    pub loc: Vec<Loc>,
    /// What is wrong, for people.
    pub msg: String,
    /// Where in the text of the field, in characters from 0, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
}

impl FieldError {
    /// An error at a place; build the place with [`loc!`](crate::loc).
    pub fn new(loc: Vec<Loc>, msg: impl fmt::Display) -> Self {
        Self {
            loc,
            msg: msg.to_string(),
            position: None,
        }
    }
}

/// Builds the place of a [`FieldError`]: `loc!["body", "events", 5]`.
#[macro_export]
macro_rules! loc {
    ($($step:expr),* $(,)?) => { vec![$($crate::Loc::from($step)),*] };
}

/// An error as `application/problem+json` (RFC 9457), with `code` and `errors` added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `about:blank`: the status says it all, `code` says the rest.
    #[serde(rename = "type", default = "about_blank")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// A word for programs, stable: `email_taken`, `not_found`.
    pub code: String,
    /// A sentence for people.
    pub detail: String,
    /// The fields at fault, where it is about fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

fn about_blank() -> String {
    "about:blank".to_owned()
}

impl Problem {
    /// A problem without field errors.
    pub fn new(status: u16, title: &str, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: about_blank(),
            title: title.to_owned(),
            status,
            code: code.to_owned(),
            detail: detail.into(),
            errors: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive() {
        let error = FieldError::new(loc!["body", "events", 5, "kind"], "no");
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(json, r#"{"loc":["body","events",5,"kind"],"msg":"no"}"#);
        assert_eq!(serde_json::from_str::<FieldError>(&json).unwrap(), error);
        assert!(serde_json::from_str::<Loc>("-1").is_err());
        assert!(serde_json::from_str::<Loc>("{}").is_err());
    }
}
