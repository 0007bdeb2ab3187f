//! What a store does for dashboards.

use async_trait::async_trait;
use eventglass_model::{Dashboard, DashboardDraft, DashboardSummary, Timestamp, Widget};
use serde::{Deserialize, Serialize};

use super::row::{Columns, inconsistent};
use crate::store::StoreError;

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed<T> {
    /// It is done.
    Done(T),
    /// Somebody else changed it: this is its version now.
    Stale(i64),
    /// There is no such thing.
    Missing,
    /// There are as many as there may be.
    Full,
}

/// Dashboards, project by project.
#[async_trait]
pub trait DashboardStore: Send + Sync {
    /// A project's dashboards, by name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn dashboards(&self, project_id: i64) -> Result<Vec<DashboardSummary>, StoreError>;

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn dashboard(&self, project_id: i64, id: &str) -> Result<Option<Dashboard>, StoreError>;

    /// Adds one under a new id, unless the project has `most`. Gives its first version.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn add_dashboard(&self, project_id: i64, new: &NewDashboard, most: i64) -> Result<Changed<i64>, StoreError>;

    /// Changes the one with that id, if it has that version. Gives its new one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn change_dashboard(
        &self,
        project_id: i64,
        new: &NewDashboard,
        version: i64,
    ) -> Result<Changed<i64>, StoreError>;

    /// Deletes one, if it has that version, or whatever version it has.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn remove_dashboard(
        &self,
        project_id: i64,
        id: &str,
        version: Option<i64>,
    ) -> Result<Changed<()>, StoreError>;
}

/// A dashboard to be stored.
#[derive(Clone, Debug)]
pub struct NewDashboard {
    /// Names it.
    pub id: String,
    /// What it is to be; checked.
    pub draft: DashboardDraft,
    /// Who wants it.
    pub user_id: i64,
    /// When.
    pub now: Timestamp,
}

impl NewDashboard {
    /// What is kept as JSON.
    pub(super) fn content(&self) -> Result<String, StoreError> {
        let content = Content {
            widgets: self.draft.widgets.clone(),
            from: self.draft.from.clone(),
            to: self.draft.to.clone(),
            refresh_seconds: self.draft.refresh_seconds,
        };
        serde_json::to_string(&content).map_err(inconsistent)
    }

    pub(super) fn widgets(&self) -> i64 {
        i64::try_from(self.draft.widgets.len()).unwrap_or(i64::MAX)
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Content {
    widgets: Vec<Widget>,
    from: Option<String>,
    to: Option<String>,
    refresh_seconds: Option<u32>,
}

/// What [`summary`] and [`whole`] read, of the tables called `d` and `u`.
pub(super) const COLUMNS: &str = "d.id, d.name, d.description, d.content, d.widgets, d.version, d.created_at, \
     d.updated_at, u.email AS updated_by";

pub(super) fn summary(row: &impl Columns) -> Result<DashboardSummary, StoreError> {
    Ok(DashboardSummary {
        id: row.text("id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        widgets: usize::try_from(row.int("widgets")?).unwrap_or(0),
        version: row.int("version")?,
        updated_at: Timestamp::from_micros(row.int("updated_at")?),
        updated_by: row.maybe_text("updated_by")?,
    })
}

pub(super) fn whole(row: &impl Columns) -> Result<Dashboard, StoreError> {
    let content: Content = serde_json::from_str(&row.text("content")?).map_err(inconsistent)?;
    Ok(Dashboard {
        id: row.text("id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        widgets: content.widgets,
        from: content.from,
        to: content.to,
        refresh_seconds: content.refresh_seconds,
        version: row.int("version")?,
        created_at: Timestamp::from_micros(row.int("created_at")?),
        updated_at: Timestamp::from_micros(row.int("updated_at")?),
        updated_by: row.maybe_text("updated_by")?,
    })
}

/// The statements, which both stores understand.
pub(super) mod sql {
    /// Binds the project.
    pub(in crate::store) const LIST: &str = "SELECT {COLUMNS} FROM dashboards d LEFT JOIN users u ON u.id = d.updated_by \
         WHERE d.project_id = $1 ORDER BY lower(d.name), d.id";
    /// Binds the project and the id.
    pub(in crate::store) const ONE: &str = "SELECT {COLUMNS} FROM dashboards d LEFT JOIN users u ON u.id = d.updated_by \
         WHERE d.project_id = $1 AND d.id = $2";
    /// Binds project, id, name, description, content, widgets, now, user and the most.
    pub(in crate::store) const ADD: &str = "INSERT INTO dashboards (project_id, id, name, description, content, widgets, \
         version, created_at, updated_at, updated_by) SELECT $1, $2, $3, $4, $5, $6, 1, $7, $7, $8 \
         WHERE (SELECT count(*) FROM dashboards WHERE project_id = $1) < $9 RETURNING version";
    /// Binds project, id, name, description, content, widgets, now, user and the version.
    pub(in crate::store) const CHANGE: &str = "UPDATE dashboards SET name = $3, description = $4, content = $5, widgets = $6, \
         version = version + 1, updated_at = $7, updated_by = $8 \
         WHERE project_id = $1 AND id = $2 AND version = $9 RETURNING version";
    /// Binds project, id and the version or NULL.
    pub(in crate::store) const REMOVE: &str = "DELETE FROM dashboards WHERE project_id = $1 AND id = $2 \
         AND (CAST($3 AS bigint) IS NULL OR version = $3)";
    /// Binds the project and the id.
    pub(in crate::store) const VERSION: &str = "SELECT version FROM dashboards WHERE project_id = $1 AND id = $2";
}
