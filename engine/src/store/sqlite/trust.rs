//! Settings, usage, acknowledgements, answers, refused items, counts.

use std::collections::HashSet;

use async_trait::async_trait;
use eventglass_model::{DoorMinute, ProjectSettings, RefusedItem, RefusedReason, SenderCounts, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, QueryBuilder, Row, Sqlite};

use super::ids::ShortHash;
use super::read::key_of;
use super::rollups::{changed, stored_facts_with};
use super::{SqliteStore, sql};
use crate::ingest::{IdHash, id_hash};
use crate::store::row::{answer, counts, key_label, refused_item};
use crate::store::{Expiry, IngestMinute, NewRefused, StoreError, StoredAnswer, TrustStore, door};

/// Values of one IN list.
const LOOKUPS: usize = 500;
/// Projects whose refused items are held to their bound in one go.
const PROJECTS: i64 = 1_000;

const REFUSED: &str = "SELECT r.id, r.time, r.door, r.event_id, r.reason, r.errors, r.payload, \
     k.name AS key_name, k.prefix AS key_prefix FROM refused r LEFT JOIN api_keys k ON k.id = r.key_id \
     WHERE r.project_id = ";

#[async_trait]
impl TrustStore for SqliteStore {
    async fn project_settings(&self, project_id: i64) -> Result<Option<(ProjectSettings, String)>, StoreError> {
        let found: Option<(String, String)> = sqlx::query_as("SELECT settings, plan FROM projects WHERE id = $1")
            .bind(project_id)
            .fetch_optional(&self.readers)
            .await?;
        found
            .map(|(settings, plan)| {
                let settings = serde_json::from_str(&settings).map_err(|e| StoreError::Inconsistent(e.to_string()))?;
                Ok((settings, plan))
            })
            .transpose()
    }

    async fn set_project_settings(
        &self,
        project_id: i64,
        settings: &ProjectSettings,
        plan: &str,
    ) -> Result<(), StoreError> {
        let settings = serde_json::to_string(settings).map_err(|e| StoreError::Inconsistent(e.to_string()))?;
        let mut writer = self.writer.lock().await;
        sqlx::query("UPDATE projects SET settings = $1, plan = $2 WHERE id = $3")
            .bind(settings)
            .bind(plan)
            .bind(project_id)
            .execute(&mut writer.connection)
            .await?;
        Ok(())
    }

    async fn usage(&self, project_id: i64, month: i64) -> Result<u64, StoreError> {
        let events: Option<i64> = sqlx::query_scalar("SELECT events FROM usage WHERE project_id = $1 AND month = $2")
            .bind(project_id)
            .bind(month)
            .fetch_optional(&self.readers)
            .await?;
        Ok(unsigned(events.unwrap_or(0)))
    }

    async fn unacknowledged(&self, hashes: &[IdHash]) -> Result<HashSet<IdHash>, StoreError> {
        let mut found = HashSet::new();
        for chunk in hashes.chunks(LOOKUPS) {
            let mut query = QueryBuilder::new("SELECT event_hash FROM unacknowledged WHERE event_hash IN (");
            push_list(&mut query, chunk.iter().map(|hash| hash.to_vec()));
            for row in query.build().fetch_all(&self.readers).await? {
                let hash: Vec<u8> = row.try_get(0)?;
                found.extend(IdHash::try_from(hash));
            }
        }
        Ok(found)
    }

    async fn acknowledge(&self, hashes: &[IdHash]) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let mut tx = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
        for chunk in hashes.chunks(LOOKUPS) {
            let mut query = QueryBuilder::new("DELETE FROM unacknowledged WHERE event_hash IN (");
            push_list(&mut query, chunk.iter().map(|hash| hash.to_vec()));
            query.build().execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn answer(
        &self,
        project_id: i64,
        key_hash: [u8; 32],
        since: Timestamp,
    ) -> Result<Option<StoredAnswer>, StoreError> {
        let found = sqlx::query(
            "SELECT body_hash, status, content_type, body FROM idempotency \
             WHERE project_id = $1 AND key_hash = $2 AND created_at > $3",
        )
        .bind(project_id)
        .bind(key_hash.to_vec())
        .bind(since.micros())
        .fetch_optional(&self.readers)
        .await?;
        found.as_ref().map(answer).transpose()
    }

    async fn keep_answer(
        &self,
        project_id: i64,
        key_hash: [u8; 32],
        answer: &StoredAnswer,
        now: Timestamp,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        sqlx::query(
            "INSERT INTO idempotency (project_id, key_hash, body_hash, status, content_type, body, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (project_id, key_hash) DO UPDATE SET \
             body_hash = excluded.body_hash, status = excluded.status, content_type = excluded.content_type, \
             body = excluded.body, created_at = excluded.created_at WHERE created_at <= $8",
        )
        .bind(project_id)
        .bind(key_hash.to_vec())
        .bind(answer.body_hash.to_vec())
        .bind(i64::from(answer.status))
        .bind(&answer.content_type)
        .bind(&answer.body)
        .bind(now.micros())
        .bind(since.micros())
        .execute(&mut writer.connection)
        .await?;
        Ok(())
    }

    async fn record_ingest(&self, minutes: &[IngestMinute], refused: &[NewRefused]) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let mut tx = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
        for minute in minutes {
            let (sender, counts) = (&minute.sender, &minute.counts);
            sqlx::query(
                "INSERT INTO ingest_minutes (project_id, minute, door, key_id, sdk, requests, accepted, duplicates, \
                 refused, limited, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                 ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, \
                 accepted = accepted + excluded.accepted, duplicates = duplicates + excluded.duplicates, \
                 refused = refused + excluded.refused, limited = limited + excluded.limited, \
                 bytes = bytes + excluded.bytes",
            )
            .bind(sender.project_id)
            .bind(minute.minute)
            .bind(sender.door.code())
            .bind(sender.key_id)
            .bind(&sender.sdk)
            .bind(signed(counts.requests))
            .bind(signed(counts.accepted))
            .bind(signed(counts.duplicates))
            .bind(signed(counts.refused))
            .bind(signed(counts.limited))
            .bind(signed(counts.bytes))
            .execute(&mut *tx)
            .await?;
        }
        for item in refused {
            sqlx::query(
                "INSERT INTO refused (project_id, time, door, key_id, event_id, reason, errors, payload, bytes) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(item.project_id)
            .bind(item.time.micros())
            .bind(item.door.code())
            .bind(item.key_id)
            .bind(&item.event_id)
            .bind(&item.reason)
            .bind(&item.errors)
            .bind(&item.payload)
            .bind(signed(item.bytes as u64))
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn refused(
        &self,
        project_id: i64,
        reason: Option<&str>,
        before: i64,
        limit: usize,
    ) -> Result<Vec<RefusedItem>, StoreError> {
        let mut query = QueryBuilder::new(REFUSED);
        query.push_bind(project_id).push(" AND r.id < ").push_bind(before);
        if let Some(reason) = reason {
            query.push(" AND r.reason = ").push_bind(reason.to_owned());
        }
        query.push(" ORDER BY r.id DESC LIMIT ").push_bind(signed(limit as u64));
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(refused_item).collect()
    }

    async fn refused_item(&self, project_id: i64, id: i64) -> Result<Option<RefusedItem>, StoreError> {
        let mut query = QueryBuilder::new(REFUSED);
        query.push_bind(project_id).push(" AND r.id = ").push_bind(id);
        let found = query.build().fetch_optional(&self.readers).await?;
        found.as_ref().map(refused_item).transpose()
    }

    async fn remove_refused(&self, project_id: i64, ids: &[i64], reason: Option<&str>) -> Result<u64, StoreError> {
        let mut query = QueryBuilder::new("DELETE FROM refused WHERE project_id = ");
        query.push_bind(project_id);
        if !ids.is_empty() {
            query.push(" AND id IN (");
            push_list(&mut query, ids.iter().copied());
        }
        if let Some(reason) = reason {
            query.push(" AND reason = ").push_bind(reason.to_owned());
        }
        let mut writer = self.writer.lock().await;
        Ok(query.build().execute(&mut writer.connection).await?.rows_affected())
    }

    async fn refused_reasons(&self, project_id: i64, limit: usize) -> Result<Vec<RefusedReason>, StoreError> {
        let rows = sqlx::query(
            "SELECT reason, count(*), max(id), max(time) FROM refused WHERE project_id = $1 \
             GROUP BY reason ORDER BY count(*) DESC, reason LIMIT $2",
        )
        .bind(project_id)
        .bind(signed(limit as u64))
        .fetch_all(&self.readers)
        .await?;
        let read = |row: &SqliteRow| {
            Ok(RefusedReason {
                reason: row.try_get(0)?,
                count: unsigned(row.try_get(1)?),
                sample: row.try_get(2)?,
                last_seen: Timestamp::from_micros(row.try_get(3)?),
            })
        };
        rows.iter().map(read).collect()
    }

    async fn ingest_minutes(&self, project_id: i64, since: Timestamp) -> Result<Vec<DoorMinute>, StoreError> {
        let rows = sqlx::query(
            "SELECT minute, door, sum(requests) AS requests, sum(accepted) AS accepted, \
             sum(duplicates) AS duplicates, sum(refused) AS refused, sum(limited) AS limited, sum(bytes) AS bytes \
             FROM ingest_minutes WHERE project_id = $1 AND minute >= $2 GROUP BY minute, door ORDER BY minute, door",
        )
        .bind(project_id)
        .bind(since.micros().div_euclid(60_000_000))
        .fetch_all(&self.readers)
        .await?;
        let read = |row: &SqliteRow| {
            Ok(DoorMinute {
                time: minute(row.try_get("minute")?),
                door: door(row.try_get("door")?),
                counts: counts(row)?,
            })
        };
        rows.iter().map(read).collect()
    }

    async fn ingest_senders(
        &self,
        project_id: i64,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<SenderCounts>, StoreError> {
        let rows = sqlx::query(
            "SELECT m.door, m.sdk, max(m.minute) AS minute, sum(m.requests) AS requests, sum(m.accepted) AS accepted, \
             sum(m.duplicates) AS duplicates, sum(m.refused) AS refused, sum(m.limited) AS limited, \
             sum(m.bytes) AS bytes, k.name AS key_name, k.prefix AS key_prefix \
             FROM ingest_minutes m LEFT JOIN api_keys k ON k.id = m.key_id \
             WHERE m.project_id = $1 AND m.minute >= $2 GROUP BY m.door, m.key_id, m.sdk \
             ORDER BY max(m.minute) DESC, sum(m.accepted) DESC LIMIT $3",
        )
        .bind(project_id)
        .bind(since.micros().div_euclid(60_000_000))
        .bind(signed(limit as u64))
        .fetch_all(&self.readers)
        .await?;
        let read = |row: &SqliteRow| {
            Ok(SenderCounts {
                door: door(row.try_get("door")?),
                key: key_label(row)?,
                sdk: row.try_get("sdk")?,
                last_seen: minute(row.try_get("minute")?),
                counts: counts(row)?,
            })
        };
        rows.iter().map(read).collect()
    }

    async fn expire(&self, now: Timestamp, expiry: &Expiry) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let mut tx = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
        for (statement, before) in [
            ("DELETE FROM refused WHERE time < $1", now.micros() - expiry.refused),
            (
                "DELETE FROM idempotency WHERE created_at < $1",
                now.micros() - expiry.answers,
            ),
            (
                "DELETE FROM unacknowledged WHERE since < $1",
                now.micros() - expiry.unacknowledged,
            ),
            (
                "DELETE FROM ingest_minutes WHERE minute < $1",
                (now.micros() - expiry.counts).div_euclid(60_000_000),
            ),
        ] {
            sqlx::query(statement).bind(before).execute(&mut *tx).await?;
        }
        let bound = signed(expiry.refused_bytes);
        let over: Vec<i64> =
            sqlx::query_scalar("SELECT project_id FROM refused GROUP BY project_id HAVING sum(bytes) > $1 LIMIT $2")
                .bind(bound)
                .bind(PROJECTS)
                .fetch_all(&mut *tx)
                .await?;
        for project_id in over {
            // The newest that fit stay.
            sqlx::query(
                "DELETE FROM refused WHERE project_id = $1 AND id IN (SELECT id FROM (SELECT id, sum(bytes) OVER \
                 (ORDER BY id DESC) AS so_far FROM refused WHERE project_id = $1) WHERE so_far > $2)",
            )
            .bind(project_id)
            .bind(bound)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn remove_event(&self, project_id: i64, event_id: &str) -> Result<bool, StoreError> {
        let mut writer = self.writer.lock().await;
        let hash = ShortHash::of(&id_hash(project_id, event_id));
        let recent = self.recent.find(hash);
        let mut tx = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
        let Some(key) = key_of(&mut tx, project_id, event_id, &recent).await? else {
            return Ok(false);
        };
        // The row stays, empty and nobody's, to keep its key: words in the text
        // index still point to it, and must not come to point to another event.
        let old = stored_facts_with(&mut tx, key.0).await?;
        let deltas = changed(&mut tx, &self.rollups, project_id, &[(old, None)]).await?;
        sqlx::query(sql::EMPTY_EVENT).bind(key.0).execute(&mut *tx).await?;
        sqlx::query("DELETE FROM event_ids WHERE hash = $1 AND key = $2")
            .bind(hash.bytes().to_vec())
            .bind(key.0)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE projects SET event_count = event_count - 1 WHERE id = $1")
            .bind(project_id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        deltas.committed();
        Ok(true)
    }
}

fn push_list<T>(query: &mut QueryBuilder<Sqlite>, values: impl Iterator<Item = T>)
where
    T: for<'q> sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite> + Send + 'static,
{
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}

fn minute(minutes: i64) -> Timestamp {
    Timestamp::from_micros(minutes.saturating_mul(60_000_000))
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
