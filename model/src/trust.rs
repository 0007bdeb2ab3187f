//! Settings, limits and the health of ingest of a project.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Budget, Door, Duplicates, FieldError, Timestamp};

/// Requests that a key may send in a minute unless the project says otherwise.
pub const DEFAULT_KEY_REQUESTS_PER_MINUTE: u32 = 10_000;

/// How a project takes events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ProjectSettings {
    /// What becomes of repeats.
    pub duplicates: Duplicates,
    /// How much may come.
    pub limits: ProjectLimits,
    /// What it wants to spend on models.
    pub budget: Option<Budget>,
    /// Whether members may make links to a trace that need no login.
    pub trace_links: bool,
}

impl Default for ProjectSettings {
    fn default() -> Self {
        Self {
            duplicates: Duplicates::Accept,
            limits: ProjectLimits::default(),
            budget: None,
            trace_links: false,
        }
    }
}

/// How much a project takes, in sliding windows of a minute. `null`: no limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ProjectLimits {
    /// Requests of one key, whatever their size.
    pub key_requests_per_minute: Option<u32>,
    /// Requests of one key within any one second: what keeps a burst from
    /// using up the minute.
    pub key_requests_per_second: Option<u32>,
    /// Requests of all keys.
    pub requests_per_minute: Option<u32>,
    /// Requests of all keys within any one second.
    pub requests_per_second: Option<u32>,
    /// Events of all keys.
    pub events_per_minute: Option<u32>,
    /// Events of one source, which is a service and an endpoint.
    pub source_events_per_minute: Option<u32>,
}

impl Default for ProjectLimits {
    fn default() -> Self {
        Self {
            key_requests_per_minute: Some(DEFAULT_KEY_REQUESTS_PER_MINUTE),
            key_requests_per_second: None,
            requests_per_minute: None,
            requests_per_second: None,
            events_per_minute: None,
            source_events_per_minute: None,
        }
    }
}

/// What a plan allows. `null`: no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// Events stored in a calendar month (UTC).
    pub events_per_month: Option<u64>,
    /// For how many days events are kept.
    pub retention_days: Option<u32>,
    /// Members of a project.
    pub members: Option<u32>,
    /// Projects of their owner.
    pub projects: Option<u32>,
    /// Alert rules of a project.
    pub alert_rules: Option<u32>,
}

/// Answer of `GET /api/v1/projects/{id}/usage`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usage {
    /// Name of the plan.
    pub plan: String,
    /// What it allows.
    pub limits: Plan,
    /// The calendar month that is counted, `2026-11`.
    pub month: String,
    /// Events stored in it so far.
    pub events: u64,
    /// How many more may come; `null` when there is no limit.
    pub remaining: Option<u64>,
    /// When the count starts again.
    pub resets_at: Timestamp,
}

/// Answer of `GET` and `PATCH /api/v1/projects/{id}/settings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectSettingsView {
    /// How the project takes events.
    #[serde(flatten)]
    pub settings: ProjectSettings,
    /// Name of its plan.
    pub plan: String,
    /// Names of the plans that there are.
    pub plans: Vec<String>,
}

/// Something that was refused, kept to be looked at and sent again.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedItem {
    /// Names it in the API.
    pub id: i64,
    /// When it came.
    pub time: Timestamp,
    /// In which dialect.
    pub door: Door,
    /// With which key; `null` when the key is gone.
    pub key: Option<String>,
    /// The client's id, where it gave one.
    pub event_id: Option<String>,
    /// Why, in a few words: what the list is grouped by.
    pub reason: String,
    /// Why, field by field.
    pub errors: Vec<FieldError>,
    /// What was sent: of JSON, as it was written.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<serde_json::Value>))]
    pub payload: Option<Box<RawValue>>,
}

/// A page of refused items, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedList {
    /// The items.
    pub items: Vec<RefusedItem>,
    /// For the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// Body of `POST /api/v1/projects/{id}/refused/replay`: some, or all with a reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ReplayRequest {
    /// Which ones.
    pub ids: Vec<i64>,
    /// All with this reason, as far as one call goes.
    pub reason: Option<String>,
}

/// What became of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplayOutcome {
    /// Stored now, and no longer among the refused.
    pub accepted: usize,
    /// Stored before, and no longer among the refused.
    pub duplicates: usize,
    /// Refused again; they stay, with the reason of today.
    pub rejected: usize,
}

/// Counts of what came in, of some door, key, or span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct IngestCounts {
    /// Requests, whatever their answer.
    pub requests: u64,
    /// Events stored.
    pub accepted: u64,
    /// Events that were stored before.
    pub duplicates: u64,
    /// Events refused for what they are.
    pub refused: u64,
    /// Requests refused for being too many.
    pub limited: u64,
    /// Bytes of bodies, decompressed.
    pub bytes: u64,
}

impl IngestCounts {
    /// Adds others to these.
    pub const fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.accepted += other.accepted;
        self.duplicates += other.duplicates;
        self.refused += other.refused;
        self.limited += other.limited;
        self.bytes += other.bytes;
    }
}

/// One minute of one door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DoorMinute {
    /// When it began.
    pub time: Timestamp,
    /// Which.
    pub door: Door,
    /// What came.
    #[serde(flatten)]
    pub counts: IngestCounts,
}

/// What one key and SDK sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SenderCounts {
    /// Through which door.
    pub door: Door,
    /// Name and prefix of the key; `null` when the key is gone.
    pub key: Option<String>,
    /// What the SDK calls itself; may be empty.
    pub sdk: String,
    /// The last minute in which something came.
    pub last_seen: Timestamp,
    /// What came.
    #[serde(flatten)]
    pub counts: IngestCounts,
}

/// How often something was refused for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedReason {
    /// The reason.
    pub reason: String,
    /// How many are kept.
    pub count: u64,
    /// The newest of them.
    pub sample: i64,
    /// When that came.
    pub last_seen: Timestamp,
}

/// Answer of `GET /api/v1/projects/{id}/ingest`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IngestHealth {
    /// By minute and door, oldest first; minutes without anything are left out.
    pub minutes: Vec<DoorMinute>,
    /// By door, key and SDK, the latest first.
    pub senders: Vec<SenderCounts>,
    /// The most frequent first.
    pub reasons: Vec<RefusedReason>,
    /// When the last event was stored.
    pub last_event_at: Option<Timestamp>,
    /// Events of this server that wait to be written.
    pub queue_events: u64,
    /// Bytes of those.
    pub queue_bytes: u64,
    /// How long a commit takes, in milliseconds: the median of the last hundred.
    pub commit_p50_ms: Option<f64>,
    /// The 99th percentile of those.
    pub commit_p99_ms: Option<f64>,
    /// Why nothing is taken at the moment; `null` when all is well.
    pub halted: Option<String>,
}
