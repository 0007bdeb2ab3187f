//! What a store keeps of traces beside their events.

use async_trait::async_trait;
use eventglass_model::{Event, Timestamp};

use crate::ingest::{IdHash, id_hash};
use crate::store::StoreError;
use crate::traces::{SpanRow, TraceState};

/// Stands between and around the names of a list that is stored as one text.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// The events of a trace, without what is long, in the order of time.
#[derive(Clone, Debug, Default)]
pub struct TraceRows {
    /// The events.
    pub rows: Vec<SpanRow>,
    /// Whether there are more.
    pub truncated: bool,
    /// The last commit of the project when they were read.
    pub watermark: i64,
}

/// A trace that is to be counted anew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TraceMark {
    /// The trace.
    pub trace_id: String,
    /// Tells it from another mark of the trace.
    pub number: i64,
}

/// What there is to take into the traces of a project.
#[derive(Clone, Debug, Default)]
pub struct FoldInput {
    /// Where the pass before ended.
    pub pass: i64,
    /// The last commit that is in `rows`.
    pub upto: i64,
    /// The last commit of the project.
    pub last: i64,
    /// The events of traces that came since.
    pub rows: Vec<SpanRow>,
    /// Traces to be counted anew.
    pub marks: Vec<TraceMark>,
    /// What is known of all these traces.
    pub states: Vec<TraceState>,
}

/// What a pass makes of it.
#[derive(Clone, Debug, Default)]
pub struct FoldOutput {
    /// Of [`FoldInput`].
    pub pass: i64,
    /// Of [`FoldInput`].
    pub upto: i64,
    /// Traces as they are now.
    pub put: Vec<TraceState>,
    /// Traces that have no events any more.
    pub removed: Vec<String>,
    /// Marks that are done.
    pub done: Vec<TraceMark>,
    /// Traces to be counted anew in a later pass.
    pub mark: Vec<String>,
}

/// A place in the list of traces, which is in the order of their start, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TracePlace {
    /// Start, in microseconds.
    pub start: i64,
    /// Tells traces with one start apart.
    pub hash: IdHash,
}

impl TracePlace {
    /// Of a trace.
    #[must_use]
    pub(crate) fn of(project_id: i64, state: &TraceState) -> Self {
        Self {
            start: state.start,
            hash: id_hash(project_id, &state.trace_id),
        }
    }

    /// As a cursor.
    #[must_use]
    pub fn token(&self) -> String {
        format!("{}.{:032x}", self.start, u128::from_be_bytes(self.hash))
    }

    /// Reads a cursor.
    ///
    /// # Errors
    /// [`StoreError::BadToken`].
    pub fn parse(token: &str) -> Result<Self, StoreError> {
        let read = || {
            let (start, hash) = token.split_once('.')?;
            Some(Self {
                start: start.parse().ok()?,
                hash: u128::from_str_radix(hash, 16).ok()?.to_be_bytes(),
            })
        };
        read().ok_or(StoreError::BadToken("cursor"))
    }
}

/// Which traces. All that is said must be so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceFilter {
    /// Started then or later, in microseconds.
    pub from: Option<i64>,
    /// Started before then.
    pub to: Option<i64>,
    /// Part of the name.
    pub name: String,
    /// Any of these in it.
    pub services: Vec<String>,
    /// Any of these in it.
    pub models: Vec<String>,
    /// Any of these.
    pub users: Vec<String>,
    /// Any of these.
    pub sessions: Vec<String>,
    /// Any of these.
    pub environments: Vec<String>,
    /// Only with errors.
    pub errors: bool,
    /// At least.
    pub min_duration_us: Option<i64>,
    /// At least.
    pub min_cost_nano_usd: Option<i64>,
}

impl TraceFilter {
    /// Whether a trace passes, its time left aside.
    #[must_use]
    pub fn takes(&self, state: &TraceState) -> bool {
        let any = |wanted: &[String], has: &dyn Fn(&str) -> bool| wanted.is_empty() || wanted.iter().any(|w| has(w));
        let is = |value: &Option<crate::traces::First>, wanted: &str| {
            value.as_ref().is_some_and(|value| value.value == wanted)
        };
        let name = || {
            state
                .name()
                .to_ascii_lowercase()
                .contains(&self.name.to_ascii_lowercase())
        };
        (self.name.is_empty() || name())
            && any(&self.services, &|w| state.services.contains(w))
            && any(&self.models, &|w| state.models.contains(w))
            && any(&self.users, &|w| is(&state.user, w))
            && any(&self.sessions, &|w| is(&state.session, w))
            && any(&self.environments, &|w| is(&state.environment, w))
            && (!self.errors || state.errors > 0)
            && self.min_duration_us.is_none_or(|least| state.duration_us() >= least)
            && self.min_cost_nano_usd.is_none_or(|least| state.usage().cost >= least)
    }
}

/// A part of the list of traces.
#[derive(Clone, Debug)]
pub struct TraceWalk {
    /// Which.
    pub filter: TraceFilter,
    /// Those after this place.
    pub after: Option<TracePlace>,
    /// How many.
    pub limit: usize,
    /// Look at no more than these.
    pub most: usize,
}

/// Traces found.
#[derive(Clone, Debug, Default)]
pub struct TracesFound {
    /// Up to one more than the limit, newest first.
    pub items: Vec<TraceState>,
    /// Where the walk stopped, when it looked at as many as it may.
    pub stopped: Option<TracePlace>,
}

/// What traces are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// Conversations.
    Session,
    /// People.
    User,
}

impl GroupBy {
    /// The column.
    pub(crate) const fn column(self) -> &'static str {
        match self {
            Self::Session => "session_id",
            Self::User => "user_id",
        }
    }
}

/// Which groups.
#[derive(Clone, Debug)]
pub struct GroupWalk {
    /// By what.
    pub by: GroupBy,
    /// Traces started then or later.
    pub from: Option<i64>,
    /// Traces started before then.
    pub to: Option<i64>,
    /// Part of the id.
    pub contains: String,
    /// Only traces of this user.
    pub user: Option<String>,
    /// Those after this place, which is that of a group's last trace.
    pub after: Option<TracePlace>,
    /// How many.
    pub limit: usize,
    /// Look at no more traces than these.
    pub most: usize,
}

/// Groups found.
#[derive(Clone, Debug, Default)]
pub struct GroupsFound {
    /// Their ids and last traces, up to one more than the limit, newest first.
    pub items: Vec<(String, TracePlace)>,
    /// Where the walk stopped, when it looked at as many as it may.
    pub stopped: Option<TracePlace>,
}

/// What the traces of a group add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of eventglass_model::Group")]
pub struct GroupTotals {
    pub traces: i64,
    pub failed: i64,
    pub spans: i64,
    pub errors: i64,
    pub tokens: i64,
    pub cost_nano_usd: i64,
    pub unpriced: i64,
    pub first: i64,
    pub last: i64,
    pub users: Vec<String>,
    pub sessions: i64,
}

/// Traces of a group that started in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupBucket {
    /// Which stretch: start divided by its length.
    pub number: i64,
    /// How many.
    pub traces: i64,
    /// Their errors.
    pub errors: i64,
    /// Their tokens.
    pub tokens: i64,
    /// Their cost.
    pub cost_nano_usd: i64,
}

/// A link that needs no login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareRow {
    /// Names it.
    pub id: String,
    /// The project.
    pub project_id: i64,
    /// The trace.
    pub trace_id: String,
    /// Since when.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
}

/// Traces.
#[async_trait]
pub trait TraceStore: Send + Sync {
    /// The events of a trace, at most `most`, those that were stored up to a commit if one is given.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn trace_rows(
        &self,
        project_id: i64,
        trace_id: &str,
        most: usize,
        upto: Option<i64>,
    ) -> Result<TraceRows, StoreError>;

    /// Whole events of a trace, the oldest first: all, or those without a
    /// duration that name one of these spans as their own or their parent,
    /// which is what was said in a span.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn trace_events(
        &self,
        project_id: i64,
        trace_id: &str,
        said_in: Option<&[String]>,
        most: usize,
    ) -> Result<Vec<Event>, StoreError>;

    /// Whether a trace got events after a commit, and the last commit of the project.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn trace_grew(&self, project_id: i64, trace_id: &str, after: i64) -> Result<(bool, i64), StoreError>;

    /// Projects with events that are not in their traces yet.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn projects_to_fold(&self, most: usize) -> Result<Vec<i64>, StoreError>;

    /// What there is to take in, about `most` events; nothing when all is done.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn fold_input(&self, project_id: i64, most: usize) -> Result<Option<FoldInput>, StoreError>;

    /// Writes what a pass has made; `false`, and nothing is written, when
    /// another pass has been quicker.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn fold_output(&self, project_id: i64, output: FoldOutput) -> Result<bool, StoreError>;

    /// Marks traces to be counted anew: their events were changed or removed,
    /// and not only added to.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn mark_traces(&self, project_id: i64, trace_ids: &[String]) -> Result<(), StoreError>;

    /// A part of the list, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn traces(&self, project_id: i64, walk: &TraceWalk) -> Result<TracesFound, StoreError>;

    /// Some traces, in any order; those that are not known are left out.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn traces_by_id(&self, project_id: i64, trace_ids: &[String]) -> Result<Vec<TraceState>, StoreError>;

    /// A part of the list of sessions or users, those with the newest traces first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn trace_groups(&self, project_id: i64, walk: &GroupWalk) -> Result<GroupsFound, StoreError>;

    /// What the newest `most` traces of a session or user add up to; `None` when it has none in that time.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn group_totals(
        &self,
        project_id: i64,
        by: GroupBy,
        id: &str,
        times: (Option<i64>, Option<i64>),
        most: usize,
    ) -> Result<Option<GroupTotals>, StoreError>;

    /// The newest `most` traces of a session or user by stretches of so many microseconds, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn group_buckets(
        &self,
        project_id: i64,
        by: GroupBy,
        id: &str,
        times: (Option<i64>, Option<i64>),
        bucket_us: i64,
        most: usize,
    ) -> Result<Vec<GroupBucket>, StoreError>;

    /// Opens a link.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn add_share(&self, token_hash: [u8; 32], share: &ShareRow) -> Result<(), StoreError>;

    /// The links of a trace, newest first, at most 100.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn shares_of(&self, project_id: i64, trace_id: &str) -> Result<Vec<ShareRow>, StoreError>;

    /// Closes a link by its id, or all of a trace; says how many there were.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn remove_shares(&self, project_id: i64, trace_id: &str, id: Option<&str>) -> Result<u64, StoreError>;

    /// The link with this token.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn share_by_token(&self, token_hash: [u8; 32]) -> Result<Option<ShareRow>, StoreError>;
}

/// A list of names as one text.
pub(crate) fn joined<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let mut text = String::new();
    for name in names {
        if text.is_empty() {
            text.push(SEPARATOR);
        }
        text.push_str(name);
        text.push(SEPARATOR);
    }
    text
}

/// A name, as it stands in such a text.
pub(crate) fn within(name: &str) -> String {
    format!("{SEPARATOR}{name}{SEPARATOR}")
}

/// Reads what [`TraceState`] was written as.
pub(crate) fn state(json: &str) -> Result<TraceState, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Inconsistent(format!("state of a trace: {error}")))
}
