//! What became of each event of a request.

use serde::{Deserialize, Serialize};

use crate::FieldError;

/// What became of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// On disk.
    Accepted,
    /// Its `event_id` was on disk already, or earlier in the same request; stored once.
    Duplicate,
    /// Its `event_id` was stored and acknowledged before, and the project
    /// refuses repeats (`duplicates: conflict`).
    Conflict,
    /// Not stored; `errors` says why.
    Rejected,
}

/// What became of one event, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemOutcome {
    /// The client's id, or the one that the server gave; `null` when a refused event had none.
    pub event_id: Option<String>,
    /// What became of it.
    pub status: ItemStatus,
    /// Every reason for a refusal, not the first alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// What became of a batch. The counts add up to the number of events sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchOutcome {
    /// How many were stored by this request.
    pub accepted: usize,
    /// How many were stored before, conflicts among them.
    pub duplicates: usize,
    /// How many were refused.
    pub rejected: usize,
    /// One outcome per event, in the order sent.
    pub items: Vec<ItemOutcome>,
}

impl BatchOutcome {
    /// Whether all that was sent was acknowledged before, in a project that refuses repeats: 409.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        !self.items.is_empty() && self.items.iter().all(|item| item.status == ItemStatus::Conflict)
    }

    /// Counts the outcomes.
    #[must_use]
    pub fn new(items: Vec<ItemOutcome>) -> Self {
        let count = |status| items.iter().filter(|item| item.status == status).count();
        Self {
            accepted: count(ItemStatus::Accepted),
            duplicates: count(ItemStatus::Duplicate) + count(ItemStatus::Conflict),
            rejected: count(ItemStatus::Rejected),
            items,
        }
    }
}
