//! Users, sessions, projects, members and keys.

use async_trait::async_trait;
use eventglass_model::{ApiKey, Project, Timestamp};
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::PostgresStore;
use super::append::is_taken;
use super::encode::{sent, stored};
use super::sql::to_i64;
use crate::store::row::{PROJECT, project, project_with_role, select_project_with_role, user};
use crate::store::{AccessStore, KeyRow, NewKey, StoreError, UserRow, Which};

#[async_trait]
impl AccessStore for PostgresStore {
    async fn add_user(&self, email: &str, password_hash: &str, now: Timestamp) -> Result<i64, StoreError> {
        let mut tx = self.writers.begin().await?;
        let id = next_id(&mut tx, "users").await?;
        sqlx::query("INSERT INTO users (id, email, password_hash, created_at) VALUES ($1, $2, $3, $4)")
            .bind(id)
            .bind(stored(email))
            .bind(password_hash)
            .bind(now.micros())
            .execute(&mut *tx)
            .await
            .map_err(|error| conflict(error, "the e-mail address"))?;
        tx.commit().await?;
        Ok(id)
    }

    async fn user_by_email(&self, email: &str) -> Result<Option<UserRow>, StoreError> {
        let found = sqlx::query("SELECT id, email, password_hash, created_at FROM users WHERE email = $1")
            .bind(stored(email))
            .fetch_optional(&self.lookups)
            .await?;
        found.as_ref().map(user).transpose()
    }

    async fn add_session(
        &self,
        token_hash: [u8; 32],
        user_id: i64,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.writers.begin().await?;
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(now.micros())
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO sessions (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(token_hash.to_vec())
            .bind(user_id)
            .bind(now.micros())
            .bind(expires_at.micros())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn user_by_session(&self, token_hash: [u8; 32], now: Timestamp) -> Result<Option<UserRow>, StoreError> {
        let found = sqlx::query(
            "SELECT u.id, u.email, u.password_hash, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id \
             WHERE s.token_hash = $1 AND s.expires_at > $2",
        )
        .bind(token_hash.to_vec())
        .bind(now.micros())
        .fetch_optional(&self.lookups)
        .await?;
        found.as_ref().map(user).transpose()
    }

    async fn remove_session(&self, token_hash: [u8; 32]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
            .bind(token_hash.to_vec())
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    async fn add_project(
        &self,
        owner: i64,
        name: &str,
        slug: &str,
        description: &str,
        now: Timestamp,
    ) -> Result<Project, StoreError> {
        let mut tx = self.writers.begin().await?;
        // Locks out whoever else looks for a free slug.
        let id = next_id(&mut tx, "projects").await?;
        let mut free = slug.to_owned();
        let mut number = 1;
        while sqlx::query("SELECT 1 FROM projects WHERE slug = $1")
            .bind(&free)
            .fetch_optional(&mut *tx)
            .await?
            .is_some()
        {
            number += 1;
            free = format!("{slug}-{number}");
        }
        sqlx::query("INSERT INTO projects (id, slug, name, description, created_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(id)
            .bind(&free)
            .bind(stored(name))
            .bind(stored(description))
            .bind(now.micros())
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO members (project_id, user_id, role, added_at) VALUES ($1, $2, 'owner', $3)")
            .bind(id)
            .bind(owner)
            .bind(now.micros())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Project {
            id,
            slug: free,
            name: name.to_owned(),
            description: description.to_owned(),
            created_at: now,
            event_count: 0,
            last_event_at: None,
        })
    }

    async fn project_by_id(&self, id: i64) -> Result<Option<Project>, StoreError> {
        let sql = format!("SELECT {PROJECT} FROM projects p WHERE p.id = $1");
        let found = sqlx::query(AssertSqlSafe(sql))
            .bind(id)
            .fetch_optional(&self.lookups)
            .await?;
        found.as_ref().map(project).transpose()
    }

    async fn project_by_slug(&self, slug: &str) -> Result<Option<Project>, StoreError> {
        let sql = format!("SELECT {PROJECT} FROM projects p WHERE p.slug = $1");
        let found = sqlx::query(AssertSqlSafe(sql))
            .bind(stored(slug))
            .fetch_optional(&self.lookups)
            .await?;
        found.as_ref().map(project).transpose()
    }

    async fn projects_of(&self, user_id: i64, after: i64, limit: usize) -> Result<Vec<Project>, StoreError> {
        let sql = format!(
            "SELECT {PROJECT} FROM members m JOIN projects p ON p.id = m.project_id \
             WHERE m.user_id = $1 AND m.project_id > $2 ORDER BY m.project_id LIMIT $3"
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(user_id)
            .bind(after)
            .bind(to_i64(limit))
            .fetch_all(&self.lookups)
            .await?;
        rows.iter().map(project).collect()
    }

    async fn plans_of(&self, owner_id: i64) -> Result<Vec<String>, StoreError> {
        let plans = sqlx::query_scalar(
            "SELECT p.plan FROM members m JOIN projects p ON p.id = m.project_id \
             WHERE m.user_id = $1 AND m.role = 'owner' ORDER BY p.id",
        );
        Ok(plans.bind(owner_id).fetch_all(&self.lookups).await?)
    }

    async fn project_with_role(
        &self,
        which: Which<'_>,
        user_id: i64,
    ) -> Result<Option<(Project, Option<String>)>, StoreError> {
        let query = sqlx::query(AssertSqlSafe(select_project_with_role(which)));
        let query = match which {
            Which::Id(id) => query.bind(id),
            Which::Slug(slug) => query.bind(stored(slug)),
        };
        let found = query.bind(user_id).fetch_optional(&self.lookups).await?;
        found.as_ref().map(project_with_role).transpose()
    }

    async fn add_key(&self, project_id: i64, new: NewKey, now: Timestamp) -> Result<ApiKey, StoreError> {
        let mut tx = self.writers.begin().await?;
        let id = next_id(&mut tx, "api_keys").await?;
        sqlx::query(
            "INSERT INTO api_keys (id, project_id, name, prefix, secret_hash, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id)
        .bind(project_id)
        .bind(stored(&new.name))
        .bind(&new.prefix)
        .bind(new.secret_hash.to_vec())
        .bind(now.micros())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(ApiKey {
            id,
            name: new.name,
            prefix: new.prefix,
            created_at: now,
        })
    }

    async fn keys_by_prefix(&self, prefix: &str) -> Result<Vec<KeyRow>, StoreError> {
        let rows = sqlx::query("SELECT id, project_id, secret_hash FROM api_keys WHERE prefix = $1")
            .bind(stored(prefix))
            .fetch_all(&self.lookups)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(KeyRow {
                    id: row.try_get(0)?,
                    project_id: row.try_get(1)?,
                    secret_hash: row.try_get(2)?,
                })
            })
            .collect()
    }

    async fn keys_of(&self, project_id: i64, before: i64, limit: usize) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, name, prefix, created_at FROM api_keys WHERE project_id = $1 AND id < $2 \
             ORDER BY id DESC LIMIT $3",
        )
        .bind(project_id)
        .bind(before)
        .bind(to_i64(limit))
        .fetch_all(&self.lookups)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(ApiKey {
                    id: row.try_get(0)?,
                    name: sent(row.try_get(1)?),
                    prefix: row.try_get(2)?,
                    created_at: Timestamp::from_micros(row.try_get(3)?),
                })
            })
            .collect()
    }

    async fn remove_key(&self, project_id: i64, key_id: i64) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM api_keys WHERE id = $1 AND project_id = $2")
            .bind(key_id)
            .bind(project_id)
            .execute(&self.writers)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

/// The next id, whose counter is locked until the end of the transaction.
pub(super) async fn next_id(tx: &mut PgConnection, counter: &str) -> Result<i64, StoreError> {
    next_ids(tx, counter, 1).await
}

/// The first of so many ids.
pub(super) async fn next_ids(tx: &mut PgConnection, counter: &str, count: usize) -> Result<i64, StoreError> {
    let first = "UPDATE counters SET last = last + $2 WHERE name = $1 RETURNING last - $2 + 1";
    Ok(sqlx::query_scalar(first)
        .bind(counter)
        .bind(to_i64(count))
        .fetch_one(tx)
        .await?)
}

pub(super) fn conflict(error: sqlx::Error, what: &'static str) -> StoreError {
    if is_taken(&error) {
        StoreError::Conflict(what)
    } else {
        StoreError::Database(error)
    }
}
