//! What series are grouped by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Dimension;
use super::field::attribute_path;

/// What series are grouped by: a field, or an attribute by its path, as in
/// `attributes.cart.currency`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MetricGroup {
    /// A field of the event.
    Field(Dimension),
    /// What stands at a path of its attributes.
    Attribute(String),
}

impl MetricGroup {
    /// The field, if it is one.
    #[must_use]
    pub const fn field(&self) -> Option<Dimension> {
        match self {
            Self::Field(dimension) => Some(*dimension),
            Self::Attribute(_) => None,
        }
    }
}

impl From<Dimension> for MetricGroup {
    fn from(dimension: Dimension) -> Self {
        Self::Field(dimension)
    }
}

impl PartialEq<Dimension> for MetricGroup {
    fn eq(&self, other: &Dimension) -> bool {
        self.field() == Some(*other)
    }
}

impl fmt::Display for MetricGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(dimension) => f.write_str(dimension.as_str()),
            Self::Attribute(path) => write!(f, "attributes.{path}"),
        }
    }
}

impl FromStr for MetricGroup {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = attribute_path(text) {
            return Ok(Self::Attribute(path.to_owned()));
        }
        Dimension::parse(text)
            .map(Self::Field)
            .map_err(|error| format!("{error}, or a path such as attributes.cart.currency"))
    }
}

impl Serialize for MetricGroup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MetricGroup {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
