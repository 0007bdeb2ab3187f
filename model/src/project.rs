//! Projects: what events belong to.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A project as its members see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateProject {
    /// 1 to 100 characters.
    pub name: String,
    /// Up to 1,000 characters.
    #[serde(default)]
    pub description: String,
}

/// Answer of `POST /api/v1/projects`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedProject {
    /// The project.
    pub project: Project,
    /// Its first key, `proj_{id}_{secret}`: this is the only time it is shown.
    pub api_key: String,
}

/// A page of the projects one is a member of, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectList {
    /// The projects.
    pub items: Vec<Project>,
    /// For the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// A key that SDKs send with, as its project's members see it: never the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    /// Names the key in the API.
    pub id: i64,
    /// For people; may be empty.
    pub name: String,
    /// The first characters of the key, `proj_7_Ab3dE6gH`, by which to know it again.
    pub prefix: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// Body of `POST /api/v1/projects/{id}/keys`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateApiKey {
    /// Up to 100 characters.
    #[serde(default)]
    pub name: String,
}

/// Answer of `POST /api/v1/projects/{id}/keys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiKey {
    /// The key.
    pub key: ApiKey,
    /// The key itself, `proj_{id}_{secret}`: this is the only time it is shown.
    pub api_key: String,
}

/// A project's keys, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKeyList {
    /// The keys.
    pub items: Vec<ApiKey>,
    /// For the next page; `null` at the end.
    pub next_cursor: Option<String>,
}
