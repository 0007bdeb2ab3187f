//! What a store must be able to do. Object-safe: the program holds one `dyn Store`.

use std::sync::Arc;

use async_trait::async_trait;
use eventglass_model::{ApiKey, Event, Project, Timestamp};

use crate::ingest::{PendingEvent, PendingPart};
use crate::query::PulseSearch;
use crate::store::{
    CostStore, DashboardStore, EventKey, RetentionStore, RollupStore, ScanStore, SharedVisit, StoreError, TraceStore,
    TrustStore, ViewStore, Walk, Walked, Written,
};

/// What became of an event that was to be appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is stored now.
    New,
    /// An event with its id was stored before, or stands before it in the same group.
    Duplicate,
}

/// What became of parts that were to be merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Part by part, in order.
    pub outcomes: Vec<Appended>,
    /// How many events are there now that were not before.
    pub new_events: u64,
}

/// A user as the store knows them.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// Names the user.
    pub id: i64,
    /// Lower case.
    pub email: String,
    /// PHC string.
    pub password_hash: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// A key as the store knows it.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// Names the key.
    pub id: i64,
    /// The project it writes to.
    pub project_id: i64,
    /// SHA-256 of the whole key.
    pub secret_hash: Vec<u8>,
}

/// A key as a request used it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyHolder {
    /// Names the key.
    pub key_id: i64,
    /// The project it writes to.
    pub project_id: i64,
}

/// A key to be stored.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// For people.
    pub name: String,
    /// The beginning of the key, by which it is found.
    pub prefix: String,
    /// SHA-256 of the whole key.
    pub secret_hash: [u8; 32],
}

/// How many events there are, for PulseStream's search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PulseCounts {
    /// In the project, exactly.
    pub total: i64,
    /// That match, counted up to the limit that was given.
    pub matching: i64,
}

/// Events: appended in groups, searched newest first.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Commits a group as a whole. `now` becomes `received_at`, unless an earlier
    /// commit had that or a later one. When it returns the next group may be
    /// written, and this one waits for the disk.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then either all of the group is stored or nothing.
    async fn write(&self, events: Arc<Vec<PendingEvent>>, now: Timestamp) -> Result<Written, StoreError>;

    /// As [`Self::write`], and durable when it returns: says what became of each event, in order.
    ///
    /// # Errors
    /// Those of [`Self::write`] and of [`Written::durable`].
    async fn append(&self, events: Arc<Vec<PendingEvent>>, now: Timestamp) -> Result<Vec<Appended>, StoreError> {
        self.write(events, now).await?.durable().await
    }

    /// Commits parts of events: each event becomes what all of its parts fold
    /// to. A part that was stored before is a duplicate, and changes nothing.
    /// An event that came whole, by another door, is not changed by parts.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then each event has all of its parts or none of them, and a
    /// repeat finds those that are stored to be duplicates.
    async fn merge(&self, parts: Arc<Vec<PendingPart>>, now: Timestamp) -> Result<Merged, StoreError>;

    /// Where the event with this id is, be it the server's id or the client's.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn locate(&self, project_id: i64, id: &str) -> Result<Option<EventKey>, StoreError>;

    /// The keys of the oldest and the newest event.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn ends(&self, project_id: i64) -> Result<Option<(EventKey, EventKey)>, StoreError>;

    /// Shows events to a visitor, newest first, until it has seen enough or the
    /// time is over.
    ///
    /// # Errors
    /// [`StoreError::Database`], and those of the visitor.
    async fn walk(&self, walk: Walk, visitor: SharedVisit) -> Result<Walked, StoreError>;

    /// One event by the server's id or by the client's.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn event(&self, project_id: i64, id: &str) -> Result<Option<Event>, StoreError>;

    /// Whole events by PulseStream's filters and offset, newest first, with
    /// counts, the matching ones counted up to `count_most`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn pulse_search(
        &self,
        project_id: i64,
        search: &PulseSearch,
        count_most: i64,
    ) -> Result<(Vec<Event>, PulseCounts), StoreError>;
}

/// How people name a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// By its id.
    Id(i64),
    /// By its slug.
    Slug(&'a str),
}

/// Users, sessions, projects, members and keys.
#[async_trait]
pub trait AccessStore: Send + Sync {
    /// Adds a user and gives their id.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address is taken.
    async fn add_user(&self, email: &str, password_hash: &str, now: Timestamp) -> Result<i64, StoreError>;

    /// A user by address (lower case).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn user_by_email(&self, email: &str) -> Result<Option<UserRow>, StoreError>;

    /// Opens a session, and forgets those that have expired.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn add_session(
        &self,
        token_hash: [u8; 32],
        user_id: i64,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// The user of a session that has not expired.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn user_by_session(&self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<UserRow>, StoreError>;

    /// Closes a session; closing one that is not open is fine.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn remove_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError>;

    /// Adds a project with its owner, under the first free of `slug`, `slug-2`, `slug-3`, ...
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn add_project(
        &self,
        owner: i64,
        name: &str,
        slug: &str,
        description: &str,
        now: Timestamp,
    ) -> Result<Project, StoreError>;

    /// A project by id.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn project_by_id(&self, id: i64) -> Result<Option<Project>, StoreError>;

    /// A project by slug.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn project_by_slug(&self, slug: &str) -> Result<Option<Project>, StoreError>;

    /// The projects that a user is a member of, by id, after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn projects_of(&self, user_id: i64, after: i64, limit: usize) -> Result<Vec<Project>, StoreError>;

    /// The plan of each project that a user owns; empty where none was chosen.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn plans_of(&self, owner_id: i64) -> Result<Vec<String>, StoreError>;

    /// A project, and what a user may be called in it; nothing for a stranger.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn project_with_role(
        &self,
        which: Which<'_>,
        user_id: i64,
    ) -> Result<Option<(Project, Option<String>)>, StoreError>;

    /// Adds a key.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn add_key(&self, project_id: i64, key: NewKey, now: Timestamp) -> Result<ApiKey, StoreError>;

    /// Every key with this prefix: one, or by a rare chance a few.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn keys_by_prefix(&self, prefix: &str) -> Result<Vec<KeyRow>, StoreError>;

    /// A project's keys, newest first, below `before`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn keys_of(&self, project_id: i64, before: i64, limit: usize) -> Result<Vec<ApiKey>, StoreError>;

    /// Revokes a key; `false` when the project has no such key.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn remove_key(&self, project_id: i64, key_id: i64) -> Result<bool, StoreError>;
}

/// All of it.
#[async_trait]
pub trait Store:
    EventStore
    + AccessStore
    + TrustStore
    + ScanStore
    + RollupStore
    + DashboardStore
    + ViewStore
    + TraceStore
    + CostStore
    + RetentionStore
{
    /// Whether the store can be read and written: writes, to know. For `/readyz`.
    ///
    /// # Errors
    /// What is wrong.
    async fn ready(&self) -> Result<(), StoreError>;

    /// What the store takes on disk, in bytes, its log included.
    ///
    /// # Errors
    /// When it cannot tell.
    async fn size_bytes(&self) -> Result<u64, StoreError>;

    /// Moves what is in logs to where it belongs and closes; for the end of the program.
    async fn close(&self);
}

/// The store, handed around.
pub type SharedStore = Arc<dyn Store>;
