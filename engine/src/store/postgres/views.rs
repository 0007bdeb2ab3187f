//! Saved views.

use async_trait::async_trait;
use eventglass_model::{Timestamp, ViewSettings};
use sqlx::AssertSqlSafe;

use super::PostgresStore;
use super::access::{conflict, next_id};
use super::encode::stored;
use crate::store::StoreError;
use crate::store::views::{VIEWS, ViewRow, ViewStore, json, sorted, view};

#[async_trait]
impl ViewStore for PostgresStore {
    async fn views(&self, project_id: i64, user: i64) -> Result<Vec<ViewRow>, StoreError> {
        let rows = sqlx::query(AssertSqlSafe(format!("{VIEWS} AND (v.owner = $2 OR v.shared = 1)")))
            .bind(project_id)
            .bind(user)
            .fetch_all(&self.lookups)
            .await?;
        rows.iter().map(view).collect::<Result<_, _>>().map(sorted)
    }

    async fn view(&self, project_id: i64, id: i64) -> Result<Option<ViewRow>, StoreError> {
        let found = sqlx::query(AssertSqlSafe(format!("{VIEWS} AND v.id = $2")))
            .bind(project_id)
            .bind(id)
            .fetch_optional(&self.lookups)
            .await?;
        found.as_ref().map(view).transpose()
    }

    async fn add_view(
        &self,
        project_id: i64,
        owner: i64,
        settings: &ViewSettings,
        most: usize,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.writers.begin().await?;
        // Locks the counter, so that no two are counted at once.
        let id = next_id(&mut tx, "views").await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM views WHERE project_id = $1 AND owner = $2")
            .bind(project_id)
            .bind(owner)
            .fetch_one(&mut *tx)
            .await?;
        if usize::try_from(count).is_ok_and(|count| count >= most) {
            return Ok(None);
        }
        sqlx::query(
            "INSERT INTO views (id, project_id, owner, name, shared, settings, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        )
        .bind(id)
        .bind(project_id)
        .bind(owner)
        .bind(stored(&settings.name).into_owned())
        .bind(i64::from(settings.shared))
        .bind(stored(&json(settings)?).into_owned())
        .bind(now.micros())
        .execute(&mut *tx)
        .await
        .map_err(|error| conflict(error, "the name of a view"))?;
        tx.commit().await?;
        Ok(Some(id))
    }

    async fn set_view(
        &self,
        project_id: i64,
        id: i64,
        settings: &ViewSettings,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE views SET name = $1, shared = $2, settings = $3, updated_at = $4 WHERE project_id = $5 AND id = $6",
        )
        .bind(stored(&settings.name).into_owned())
        .bind(i64::from(settings.shared))
        .bind(stored(&json(settings)?).into_owned())
        .bind(now.micros())
        .bind(project_id)
        .bind(id)
        .execute(&self.writers)
        .await
        .map_err(|error| conflict(error, "the name of a view"))?;
        Ok(done.rows_affected() > 0)
    }

    async fn remove_view(&self, project_id: i64, id: i64) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM views WHERE project_id = $1 AND id = $2")
            .bind(project_id)
            .bind(id)
            .execute(&self.writers)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}
