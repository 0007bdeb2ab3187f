//! Which values a field has, and how often.

use serde::{Deserialize, Serialize};

/// What stands for the names of attributes among [`FACET_FIELDS`]: its values
/// are paths, such as `plan` and `cart.total`.
pub const ATTRIBUTES: &str = "attributes";

/// The fields that can be asked for, as spelled in `fields=`.
pub const FACET_FIELDS: &[&str] = &[
    "severity",
    "kind",
    "service",
    "environment",
    "status",
    "status_code",
    "endpoint",
    "method",
    "version",
    "topic",
    "user_id",
    "session_id",
    "provider",
    "model",
    "cost_source",
    "country",
    "city",
    "region",
    "device",
    ATTRIBUTES,
];

/// One value and how many events have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// How many of the events looked at have it.
    pub count: i64,
}

/// Answer of `GET /api/v1/projects/{id}/facets`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facets {
    /// Values by field, most frequent first, at most 100 each.
    pub facets: std::collections::BTreeMap<String, Vec<FacetValue>>,
    /// Whether only the newest events were counted (how many, and for how
    /// long, are settings). Then each count is at least so much.
    pub partial: bool,
    /// The fields whose values were counted in full although `partial` is true:
    /// their counts are kept, by whole minutes, and further back by hours or days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub complete: Vec<String>,
}
