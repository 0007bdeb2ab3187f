//! The number of an event that percentiles, means and sums are of.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest path of an attribute, in characters.
const MAX_PATH: usize = 200;

/// The number of an event that `p50` to `p99`, `avg` and `sum` are of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum MetricField {
    /// How long it took, in milliseconds: the default.
    #[default]
    Duration,
    /// Cost in US dollars.
    Cost,
    /// Tokens, input and output.
    Tokens,
    /// A number among the attributes, by its path: `attributes.cart.total`.
    Attribute(String),
}

impl fmt::Display for MetricField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duration => f.write_str("duration_ms"),
            Self::Cost => f.write_str("cost_usd"),
            Self::Tokens => f.write_str("tokens"),
            Self::Attribute(path) => write!(f, "attributes.{path}"),
        }
    }
}

impl FromStr for MetricField {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected duration_ms, cost_usd, tokens, or a path such as attributes.cart.total";
        match text {
            "" | "duration" | "duration_ms" | "latency" => Ok(Self::Duration),
            "cost" | "cost_usd" => Ok(Self::Cost),
            "tokens" => Ok(Self::Tokens),
            _ => attribute_path(text)
                .map(|path| Self::Attribute(path.to_owned()))
                .ok_or(EXPECTED),
        }
    }
}

/// The path in `attributes.cart.total`, unless it is empty or too long.
pub(super) fn attribute_path(text: &str) -> Option<&str> {
    text.strip_prefix("attributes.")
        .filter(|path| !path.is_empty() && path.chars().count() <= MAX_PATH)
}

impl Serialize for MetricField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MetricField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
