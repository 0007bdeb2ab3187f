//! Links to one trace that need no login.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A link that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Share {
    /// Names the link; not its secret.
    pub id: String,
    /// The trace it shows.
    pub trace_id: String,
    /// Since when.
    pub created_at: Timestamp,
    /// Address of whoever made it.
    pub created_by: String,
}

/// A link just made. Its token is told only now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedShare {
    /// The link.
    #[serde(flatten)]
    pub share: Share,
    /// The secret in it: the trace is at `/api/v1/shared/{token}`.
    pub token: String,
    /// Path of the page that shows it.
    pub path: String,
}

/// The links of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShareList {
    /// Whether the project's settings allow links at all; while they do not, none of them works.
    pub allowed: bool,
    /// The links, newest first, at most 100.
    pub items: Vec<Share>,
    /// Always `null`: there is one page.
    pub next_cursor: Option<String>,
}
