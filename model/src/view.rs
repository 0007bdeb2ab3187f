//! Searches that are kept by name.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A saved view: what a list of events shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct View {
    /// Names it in its project.
    pub id: i64,
    /// What people chose.
    #[serde(flatten)]
    pub settings: ViewSettings,
    /// E-mail of the person who made it.
    pub owner: String,
    /// Whether that is who asks.
    pub mine: bool,
    /// Whether who asks may change it: its owner, or for a shared one an admin of the project.
    pub editable: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What people choose of a view; body of `POST` and `PUT`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewSettings {
    /// 1 to 100 characters; one person's names in a project are different.
    pub name: String,
    /// A query of the search language ([`crate::search`]).
    #[serde(default)]
    pub q: String,
    /// A span of time as [`crate::TimeRange`] reads it; empty for all.
    #[serde(default)]
    pub time: String,
    /// Fields shown, in order; empty for the usual ones.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Whether every member of the project sees it.
    #[serde(default)]
    pub shared: bool,
}

/// Answer of `GET /api/v1/projects/{id}/views`: one's own and those that are shared, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewList {
    /// The views.
    pub items: Vec<View>,
    /// Always `null`: a project has at most a few hundred.
    pub next_cursor: Option<String>,
}
