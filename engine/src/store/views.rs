//! Saved views.

use async_trait::async_trait;
use eventglass_model::{Timestamp, ViewSettings};

use crate::store::StoreError;
use crate::store::row::{Columns, inconsistent};

/// A view as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewRow {
    /// Names it in its project.
    pub id: i64,
    /// Who made it.
    pub owner: i64,
    /// Their address.
    pub owner_email: String,
    /// What people chose.
    pub settings: ViewSettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Saved views.
#[async_trait]
pub trait ViewStore: Send + Sync {
    /// A user's views of a project and those that are shared, by name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn views(&self, project_id: i64, user: i64) -> Result<Vec<ViewRow>, StoreError>;

    /// One view, whoever it belongs to.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn view(&self, project_id: i64, id: i64) -> Result<Option<ViewRow>, StoreError>;

    /// Adds a view and gives its id; `None` when the owner has `most` of them there.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the owner has one of that name.
    async fn add_view(
        &self,
        project_id: i64,
        owner: i64,
        settings: &ViewSettings,
        most: usize,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError>;

    /// Changes a view; `false` when it is not there.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its owner has another one of that name.
    async fn set_view(
        &self,
        project_id: i64,
        id: i64,
        settings: &ViewSettings,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Removes a view; `false` when it is not there.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn remove_view(&self, project_id: i64, id: i64) -> Result<bool, StoreError>;
}

/// Finds views, of the tables called `v` and `u`.
pub(crate) const VIEWS: &str = "SELECT v.id, v.owner, u.email, v.settings, v.created_at, v.updated_at \
     FROM views v JOIN users u ON u.id = v.owner WHERE v.project_id = $1";

/// Reads a row of [`VIEWS`].
pub(crate) fn view(row: &impl Columns) -> Result<ViewRow, StoreError> {
    Ok(ViewRow {
        id: row.int("id")?,
        owner: row.int("owner")?,
        owner_email: row.text("email")?,
        settings: serde_json::from_str(&row.text("settings")?).map_err(inconsistent)?,
        created_at: Timestamp::from_micros(row.int("created_at")?),
        updated_at: Timestamp::from_micros(row.int("updated_at")?),
    })
}

/// By name, as people sort them.
pub(crate) fn sorted(mut views: Vec<ViewRow>) -> Vec<ViewRow> {
    views.sort_by_cached_key(|view| (view.settings.name.to_lowercase(), view.id));
    views
}

/// The settings as they are kept.
pub(crate) fn json(settings: &ViewSettings) -> Result<String, StoreError> {
    serde_json::to_string(settings).map_err(inconsistent)
}
