//! Projects: what events belong to.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A project as its members see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// For SDKs and keys.
    pub id: i64,
    /// For URLs; works wherever `id` does.
    pub slug: String,
    /// For people.
    pub name: String,
    /// For people; may be empty.
    pub description: String,
    /// Since when.
    pub created_at: Timestamp,
    /// How many events it holds.
    pub event_count: i64,
    /// When the newest was stored; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_event_at: Option<Timestamp>,
}

/// Body of `POST /api/v1/projects`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateProject {
    /// 1 to 100 characters.
    pub name: String,
    /// Up to 1,000 characters.
    #[serde(default)]
    pub description: String,
}

/// Answer of `POST /api/v1/projects`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedProject {
    /// The project.
    pub project: Project,
    /// Its first key, `proj_{id}_{secret}`: this is the only time it is shown.
    pub api_key: String,
}

/// A page of the projects one is a member of, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectList {
    /// The projects.
    pub items: Vec<Project>,
    /// For the next page; `null` at the end.
    pub next_cursor: Option<String>,
}
