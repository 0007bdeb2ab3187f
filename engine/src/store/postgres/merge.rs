//! Writing events that come in parts.

use std::collections::{BTreeMap, BTreeSet};

use eventglass_model::Timestamp;
use sqlx::PgConnection;

use super::append::Appender;
use super::encode::{sent, stored};
use super::filters::Filters;
use super::ids::{insert_ids, update_ids};
use super::project::{count_events, lock};
use super::rollups::{self, changed, stored_facts};
use super::traces;
use crate::ingest::{IdHash, PendingEvent, PendingPart};
use crate::store::{Appended, EventKey, Merged, StoreError};

impl Appender {
    /// See [`crate::store::EventStore::merge`].
    pub(super) async fn merge(&self, parts: &[PendingPart], now: Timestamp) -> Result<Merged, StoreError> {
        let done = self.try_merge(parts, now).await;
        if done.is_err() {
            self.partitions.forget().await;
        }
        done
    }

    async fn try_merge(&self, parts: &[PendingPart], now: Timestamp) -> Result<Merged, StoreError> {
        let mut by_event: BTreeMap<(i64, IdHash), Vec<usize>> = BTreeMap::new();
        for (n, part) in parts.iter().enumerate() {
            by_event.entry((part.project_id, part.event_hash)).or_default().push(n);
        }
        let projects: BTreeSet<i64> = parts.iter().map(|part| part.project_id).collect();
        let mut outcomes = vec![Appended::Duplicate; parts.len()];
        let mut new_events = 0;
        let mut tx = self.pool.begin().await?;
        let received_at = lock(&mut tx, &projects, now).await?;
        let mut filters = Filters::default();
        for places in by_event.values() {
            let of_event: Vec<(usize, &PendingPart)> =
                places.iter().filter_map(|n| Some((*n, parts.get(*n)?))).collect();
            new_events += self
                .merge_event(&mut tx, &of_event, (received_at, now), &mut outcomes, &mut filters)
                .await?;
        }
        self.write_filters(&mut tx, filters, received_at, now).await?;
        tx.commit().await?;
        Ok(Merged { outcomes, new_events })
    }

    /// Adds parts to one event, and says whether it is a new one (1 or 0).
    async fn merge_event(
        &self,
        tx: &mut PgConnection,
        parts: &[(usize, &PendingPart)],
        (received_at, now): (i64, Timestamp),
        outcomes: &mut [Appended],
        filters: &mut Filters,
    ) -> Result<u64, StoreError> {
        let Some((_, first)) = parts.first() else { return Ok(0) };
        let before = stored_parts(tx, first).await?;
        let mut added = false;
        for (n, part) in parts {
            let new = insert_part(tx, part, received_at, *n).await?;
            added |= new;
            if let (true, Some(outcome)) = (new, outcomes.get_mut(*n)) {
                *outcome = Appended::New;
            }
        }
        if !added {
            return Ok(0);
        }
        let pending = |parts: &[String]| first.fold(parts);
        let event: PendingEvent = pending(&stored_parts(tx, first).await?);
        let old_key: Option<i64> =
            sqlx::query_scalar("SELECT key FROM event_ids WHERE project_id = $1 AND event_hash = $2")
                .bind(first.project_id)
                .bind(first.event_hash.to_vec())
                .fetch_optional(&mut *tx)
                .await?;
        let mut rows = self.keyed(vec![&event]);
        let mut counted = None;
        if let Some(old_key) = old_key {
            // An event of another door with this id has no parts: it stays as it is.
            if before.is_empty() {
                return Ok(0);
            }
            counted = stored_facts(tx, first.project_id, old_key).await?;
            remove(tx, first.project_id, old_key).await?;
            if pending(&before).event.time == event.event.time {
                rows = vec![(EventKey(old_key), &event)];
            }
            update_ids(tx, &rows).await?;
        } else {
            insert_ids(tx, &rows).await?;
        }
        self.prepare(&rows, now).await?;
        self.insert(tx, &mut rows, received_at, now).await?;
        for (key, row) in &rows {
            filters.add(*key, row);
        }
        let key = rows.first().map_or(0, |(key, _)| key.0);
        let now_counted = stored_facts(tx, first.project_id, key).await?;
        let blobs = changed(tx, first.project_id, &[(counted, now_counted)]).await?;
        rollups::write(tx, blobs).await?;
        if old_key.is_some() {
            let (old, new) = (pending(&before).event.trace_id, &event.event.trace_id);
            for trace_id in old.iter().chain(new.iter().filter(|new| old.as_ref() != Some(new))) {
                traces::mark(tx, first.project_id, trace_id).await?;
            }
            note_change(tx, first.project_id, received_at).await?;
            return Ok(0);
        }
        count_events(tx, &rows, received_at, now).await?;
        Ok(1)
    }
}

/// The parts of an event, in order.
async fn stored_parts(tx: &mut PgConnection, of: &PendingPart) -> Result<Vec<String>, StoreError> {
    let parts: Vec<String> = sqlx::query_scalar(
        "SELECT json FROM event_parts WHERE project_id = $1 AND event_hash = $2 ORDER BY rank, time, seq",
    )
    .bind(of.project_id)
    .bind(of.event_hash.to_vec())
    .fetch_all(tx)
    .await?;
    Ok(parts.into_iter().map(sent).collect())
}

async fn insert_part(
    tx: &mut PgConnection,
    part: &PendingPart,
    received_at: i64,
    place: usize,
) -> Result<bool, StoreError> {
    // Of two parts with one time, the one that came later counts later.
    let seq = received_at.saturating_add(i64::try_from(place).unwrap_or(i64::MAX));
    let done = sqlx::query(
        "INSERT INTO event_parts (project_id, event_hash, part_hash, rank, time, seq, json) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    )
    .bind(part.project_id)
    .bind(part.event_hash.to_vec())
    .bind(part.part_hash.to_vec())
    .bind(i64::from(part.part.rank))
    .bind(part.part.time.micros())
    .bind(seq)
    .bind(stored(&part.part.json))
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes an event away; its id stays noted.
async fn remove(tx: &mut PgConnection, project_id: i64, key: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM events WHERE project_id = $1 AND key = $2")
        .bind(project_id)
        .bind(key)
        .execute(tx)
        .await?;
    Ok(())
}

/// Lets pages that poll learn of a changed event.
async fn note_change(tx: &mut PgConnection, project_id: i64, received_at: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE projects SET last_event_at = $1 WHERE id = $2")
        .bind(received_at)
        .bind(project_id)
        .execute(tx)
        .await?;
    Ok(())
}
