//! Dashboards.

use async_trait::async_trait;
use eventglass_model::{Dashboard, DashboardSummary};
use sqlx::{AssertSqlSafe, PgConnection};

use super::PostgresStore;
use super::encode::stored;
use crate::store::dashboards::{COLUMNS, sql, summary, whole};
use crate::store::{Changed, DashboardStore, NewDashboard, StoreError};

#[async_trait]
impl DashboardStore for PostgresStore {
    async fn dashboards(&self, project_id: i64) -> Result<Vec<DashboardSummary>, StoreError> {
        let rows = sqlx::query(AssertSqlSafe(sql::LIST.replace("{COLUMNS}", COLUMNS)))
            .bind(project_id)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(summary).collect()
    }

    async fn dashboard(&self, project_id: i64, id: &str) -> Result<Option<Dashboard>, StoreError> {
        let found = sqlx::query(AssertSqlSafe(sql::ONE.replace("{COLUMNS}", COLUMNS)))
            .bind(project_id)
            .bind(stored(id))
            .fetch_optional(&self.readers)
            .await?;
        found.as_ref().map(whole).transpose()
    }

    async fn add_dashboard(&self, project_id: i64, new: &NewDashboard, most: i64) -> Result<Changed<i64>, StoreError> {
        let mut tx = self.writers.begin().await?;
        // The count and the row are of one moment: another server waits.
        sqlx::query("SELECT 1 FROM projects WHERE id = $1 FOR NO KEY UPDATE")
            .bind(project_id)
            .execute(&mut *tx)
            .await?;
        let version = write(&mut tx, sql::ADD, project_id, new, most).await?;
        tx.commit().await?;
        Ok(version.map_or(Changed::Full, Changed::Done))
    }

    async fn change_dashboard(
        &self,
        project_id: i64,
        new: &NewDashboard,
        version: i64,
    ) -> Result<Changed<i64>, StoreError> {
        let mut tx = self.writers.begin().await?;
        // The count and the row are of one moment: another server waits.
        sqlx::query("SELECT 1 FROM projects WHERE id = $1 FOR NO KEY UPDATE")
            .bind(project_id)
            .execute(&mut *tx)
            .await?;
        if let Some(version) = write(&mut tx, sql::CHANGE, project_id, new, version).await? {
            tx.commit().await?;
            return Ok(Changed::Done(version));
        }
        there(&mut tx, project_id, &new.id).await
    }

    async fn remove_dashboard(
        &self,
        project_id: i64,
        id: &str,
        version: Option<i64>,
    ) -> Result<Changed<()>, StoreError> {
        let mut tx = self.writers.begin().await?;
        // The count and the row are of one moment: another server waits.
        sqlx::query("SELECT 1 FROM projects WHERE id = $1 FOR NO KEY UPDATE")
            .bind(project_id)
            .execute(&mut *tx)
            .await?;
        let removed = sqlx::query(sql::REMOVE)
            .bind(project_id)
            .bind(stored(id))
            .bind(version)
            .execute(&mut *tx)
            .await?;
        if removed.rows_affected() > 0 {
            tx.commit().await?;
            return Ok(Changed::Done(()));
        }
        there(&mut tx, project_id, id).await
    }
}

/// Why a change did not find what it was to change.
async fn there<T>(tx: &mut PgConnection, project_id: i64, id: &str) -> Result<Changed<T>, StoreError> {
    let version: Option<i64> = sqlx::query_scalar(sql::VERSION)
        .bind(project_id)
        .bind(stored(id))
        .fetch_optional(tx)
        .await?;
    Ok(version.map_or(Changed::Missing, Changed::Stale))
}

async fn write(
    tx: &mut PgConnection,
    statement: &'static str,
    project_id: i64,
    new: &NewDashboard,
    last: i64,
) -> Result<Option<i64>, StoreError> {
    let content = new.content()?;
    Ok(sqlx::query_scalar(statement)
        .bind(project_id)
        .bind(stored(&new.id))
        .bind(stored(&new.draft.name))
        .bind(stored(&new.draft.description))
        .bind(stored(&content))
        .bind(new.widgets())
        .bind(new.now.micros())
        .bind(new.user_id)
        .bind(last)
        .fetch_optional(tx)
        .await?)
}
