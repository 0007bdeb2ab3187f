//! Settings, usage, acknowledgements, answers, refused items, counts.

use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use eventglass_model::{DoorMinute, ProjectSettings, RefusedItem, RefusedReason, SenderCounts, Timestamp};
use sqlx::postgres::PgRow;
use sqlx::{QueryBuilder, Row};

use super::access::next_ids;
use super::bounded::within;
use super::encode::{sent, stored};
use super::partitions::LOCK;
use super::project::lock;
use super::rollups::{self, changed, stored_facts};
use super::{COMMIT_LIMIT, PostgresStore, WRITE_TIMEOUT};
use crate::ingest::{IdHash, id_hash};
use crate::store::row::{answer, counts, key_label, refused_item};
use crate::store::{Expiry, IngestMinute, NewRefused, StoreError, StoredAnswer, TrustStore, door};

/// Many rows may have expired, in several tables.
const EXPIRY_LIMIT: Duration = Duration::from_secs(3 * WRITE_TIMEOUT.as_secs());
/// Projects whose refused items are held to their bound in one go.
const PROJECTS: i64 = 1_000;

const REFUSED: &str = "SELECT r.id, r.time, r.door, r.event_id, r.reason, r.errors, r.payload, \
     k.name AS key_name, k.prefix AS key_prefix FROM refused r LEFT JOIN api_keys k ON k.id = r.key_id \
     WHERE r.project_id = ";

#[async_trait]
impl TrustStore for PostgresStore {
    async fn project_settings(&self, project_id: i64) -> Result<Option<(ProjectSettings, String)>, StoreError> {
        let found: Option<(String, String)> = sqlx::query_as("SELECT settings, plan FROM projects WHERE id = $1")
            .bind(project_id)
            .fetch_optional(&self.lookups)
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
        sqlx::query("UPDATE projects SET settings = $1, plan = $2 WHERE id = $3")
            .bind(settings)
            .bind(plan)
            .bind(project_id)
            .execute(&self.writers)
            .await?;
        Ok(())
    }

    async fn usage(&self, project_id: i64, month: i64) -> Result<u64, StoreError> {
        let events: Option<i64> = sqlx::query_scalar("SELECT events FROM usage WHERE project_id = $1 AND month = $2")
            .bind(project_id)
            .bind(month)
            .fetch_optional(&self.lookups)
            .await?;
        Ok(unsigned(events.unwrap_or(0)))
    }

    async fn unacknowledged(&self, hashes: &[IdHash]) -> Result<HashSet<IdHash>, StoreError> {
        let rows: Vec<Vec<u8>> = sqlx::query_scalar("SELECT event_hash FROM unacknowledged WHERE event_hash = ANY($1)")
            .bind(hashes.iter().map(|hash| hash.to_vec()).collect::<Vec<_>>())
            .fetch_all(&self.lookups)
            .await?;
        Ok(rows
            .into_iter()
            .filter_map(|hash| IdHash::try_from(hash).ok())
            .collect())
    }

    async fn acknowledge(&self, hashes: &[IdHash]) -> Result<(), StoreError> {
        // Locked in order, so that two servers never wait for each other in a circle.
        sqlx::query(
            "DELETE FROM unacknowledged WHERE event_hash IN (SELECT event_hash FROM unacknowledged \
             WHERE event_hash = ANY($1) ORDER BY event_hash FOR UPDATE)",
        )
        .bind(hashes.iter().map(|hash| hash.to_vec()).collect::<Vec<_>>())
        .execute(&self.writers)
        .await?;
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
        .fetch_optional(&self.lookups)
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
        sqlx::query(
            "INSERT INTO idempotency (project_id, key_hash, body_hash, status, content_type, body, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (project_id, key_hash) DO UPDATE SET \
             body_hash = excluded.body_hash, status = excluded.status, content_type = excluded.content_type, \
             body = excluded.body, created_at = excluded.created_at WHERE idempotency.created_at <= $8",
        )
        .bind(project_id)
        .bind(key_hash.to_vec())
        .bind(answer.body_hash.to_vec())
        .bind(i64::from(answer.status))
        .bind(stored(&answer.content_type))
        .bind(&answer.body)
        .bind(now.micros())
        .bind(since.micros())
        .execute(&self.writers)
        .await?;
        Ok(())
    }

    async fn record_ingest(&self, minutes: &[IngestMinute], refused: &[NewRefused]) -> Result<(), StoreError> {
        within(COMMIT_LIMIT, self.write_ingest(minutes, refused)).await
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
            query.push(" AND r.reason = ").push_bind(stored(reason).into_owned());
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
            query.push(" AND id = ANY(").push_bind(ids.to_vec()).push(")");
        }
        if let Some(reason) = reason {
            query.push(" AND reason = ").push_bind(stored(reason).into_owned());
        }
        Ok(query.build().execute(&self.writers).await?.rows_affected())
    }

    async fn refused_reasons(&self, project_id: i64, limit: usize) -> Result<Vec<RefusedReason>, StoreError> {
        let rows = sqlx::query(
            "SELECT reason, count(*), max(id), max(time) FROM refused WHERE project_id = $1 \
             GROUP BY reason ORDER BY count(*) DESC, reason COLLATE \"C\" LIMIT $2",
        )
        .bind(project_id)
        .bind(signed(limit as u64))
        .fetch_all(&self.readers)
        .await?;
        let read = |row: &PgRow| {
            Ok(RefusedReason {
                reason: sent(row.try_get(0)?),
                count: unsigned(row.try_get(1)?),
                sample: row.try_get(2)?,
                last_seen: Timestamp::from_micros(row.try_get(3)?),
            })
        };
        rows.iter().map(read).collect()
    }

    async fn ingest_minutes(&self, project_id: i64, since: Timestamp) -> Result<Vec<DoorMinute>, StoreError> {
        let rows = sqlx::query(
            "SELECT minute, door, sum(requests)::bigint AS requests, sum(accepted)::bigint AS accepted, \
             sum(duplicates)::bigint AS duplicates, sum(refused)::bigint AS refused, sum(limited)::bigint AS limited, sum(bytes)::bigint AS bytes \
             FROM ingest_minutes WHERE project_id = $1 AND minute >= $2 GROUP BY minute, door ORDER BY minute, door",
        )
        .bind(project_id)
        .bind(since.micros().div_euclid(60_000_000))
        .fetch_all(&self.readers)
        .await?;
        let read = |row: &PgRow| {
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
            "SELECT m.door, m.sdk, max(m.minute) AS minute, sum(m.requests)::bigint AS requests, sum(m.accepted)::bigint AS accepted, \
             sum(m.duplicates)::bigint AS duplicates, sum(m.refused)::bigint AS refused, sum(m.limited)::bigint AS limited, \
             sum(m.bytes)::bigint AS bytes, max(k.name) AS key_name, max(k.prefix) AS key_prefix \
             FROM ingest_minutes m LEFT JOIN api_keys k ON k.id = m.key_id \
             WHERE m.project_id = $1 AND m.minute >= $2 GROUP BY m.door, m.key_id, m.sdk \
             ORDER BY max(m.minute) DESC, sum(m.accepted) DESC LIMIT $3",
        )
        .bind(project_id)
        .bind(since.micros().div_euclid(60_000_000))
        .bind(signed(limit as u64))
        .fetch_all(&self.readers)
        .await?;
        let read = |row: &PgRow| {
            Ok(SenderCounts {
                door: door(row.try_get("door")?),
                key: key_label(row)?,
                sdk: sent(row.try_get("sdk")?),
                last_seen: minute(row.try_get("minute")?),
                counts: counts(row)?,
            })
        };
        rows.iter().map(read).collect()
    }

    async fn expire(&self, now: Timestamp, expiry: &Expiry) -> Result<(), StoreError> {
        within(EXPIRY_LIMIT, self.remove_expired(now, expiry)).await
    }

    async fn remove_event(&self, project_id: i64, event_id: &str) -> Result<bool, StoreError> {
        let mut tx = self.writers.begin().await?;
        lock(&mut tx, &[project_id].into(), Timestamp::from_micros(0)).await?;
        let hash = id_hash(project_id, event_id).to_vec();
        let key: Option<i64> =
            sqlx::query_scalar("DELETE FROM event_ids WHERE project_id = $1 AND event_hash = $2 RETURNING key")
                .bind(project_id)
                .bind(hash)
                .fetch_optional(&mut *tx)
                .await?;
        let Some(key) = key else { return Ok(false) };
        let old = stored_facts(&mut tx, project_id, key).await?;
        let blobs = changed(&mut tx, project_id, &[(old, None)]).await?;
        rollups::write(&mut tx, blobs).await?;
        let trace_id: Option<Option<String>> =
            sqlx::query_scalar("DELETE FROM events WHERE project_id = $1 AND key = $2 RETURNING trace_id")
                .bind(project_id)
                .bind(key)
                .fetch_optional(&mut *tx)
                .await?;
        if let Some(Some(trace_id)) = trace_id {
            super::traces::mark(&mut tx, project_id, [sent(trace_id).as_str()]).await?;
        }
        sqlx::query("UPDATE projects SET event_count = event_count - 1 WHERE id = $1")
            .bind(project_id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl PostgresStore {
    async fn write_ingest(&self, minutes: &[IngestMinute], refused: &[NewRefused]) -> Result<(), StoreError> {
        let mut tx = self.writers.begin().await?;
        // In one order, so that two servers never wait for each other in a circle.
        let mut minutes: Vec<&IngestMinute> = minutes.iter().collect();
        minutes.sort_by_key(|minute| {
            let sender = &minute.sender;
            (
                sender.project_id,
                minute.minute,
                sender.door.code(),
                sender.key_id,
                sender.sdk.as_str(),
            )
        });
        for minute in minutes {
            let (sender, counts) = (&minute.sender, &minute.counts);
            sqlx::query(
                "INSERT INTO ingest_minutes AS m (project_id, minute, door, key_id, sdk, requests, accepted, duplicates, \
                 refused, limited, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                 ON CONFLICT (project_id, minute, door, key_id, sdk) DO UPDATE SET requests = m.requests + excluded.requests, \
                 accepted = m.accepted + excluded.accepted, duplicates = m.duplicates + excluded.duplicates, \
                 refused = m.refused + excluded.refused, limited = m.limited + excluded.limited, \
                 bytes = m.bytes + excluded.bytes",
            )
            .bind(sender.project_id)
            .bind(minute.minute)
            .bind(sender.door.code())
            .bind(sender.key_id)
            .bind(stored(&sender.sdk))
            .bind(signed(counts.requests))
            .bind(signed(counts.accepted))
            .bind(signed(counts.duplicates))
            .bind(signed(counts.refused))
            .bind(signed(counts.limited))
            .bind(signed(counts.bytes))
            .execute(&mut *tx)
            .await?;
        }
        let first = if refused.is_empty() {
            0
        } else {
            next_ids(&mut tx, "refused", refused.len()).await?
        };
        for (id, item) in (first..).zip(refused) {
            sqlx::query(
                "INSERT INTO refused (id, project_id, time, door, key_id, event_id, reason, errors, payload, bytes) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(id)
            .bind(item.project_id)
            .bind(item.time.micros())
            .bind(item.door.code())
            .bind(item.key_id)
            .bind(item.event_id.as_deref().map(stored))
            .bind(stored(&item.reason))
            .bind(stored(&item.errors))
            .bind(item.payload.as_deref().map(stored))
            .bind(signed(item.bytes as u64))
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn remove_expired(&self, now: Timestamp, expiry: &Expiry) -> Result<(), StoreError> {
        let mut tx = self.writers.begin().await?;
        // Every server is told to; one at a time does it.
        let alone: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)")
            .bind(LOCK + 2)
            .fetch_one(&mut *tx)
            .await?;
        if !alone {
            return Ok(());
        }
        for (statement, before) in [
            // What others hold on to is taken the next time: nobody waits in a circle.
            (
                "DELETE FROM refused WHERE (project_id, id) IN (SELECT project_id, id FROM refused \
                 WHERE time < $1 FOR UPDATE SKIP LOCKED)",
                now.micros() - expiry.refused,
            ),
            (
                "DELETE FROM idempotency WHERE created_at < $1",
                now.micros() - expiry.answers,
            ),
            (
                "DELETE FROM unacknowledged WHERE event_hash IN (SELECT event_hash FROM unacknowledged \
                 WHERE since < $1 FOR UPDATE SKIP LOCKED)",
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
                 (ORDER BY id DESC) AS so_far FROM refused WHERE project_id = $1) sums WHERE so_far > $2)",
            )
            .bind(project_id)
            .bind(bound)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }
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
