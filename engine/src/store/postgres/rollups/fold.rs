//! Folding, and deleting what is not kept.

use std::collections::BTreeMap;

use eventglass_model::Timestamp;
use sqlx::{PgConnection, Row};

use super::leads;
use crate::rollups::{Dictionary, Fold, Pending, RollupSettings, SeriesRow, Tier, add_delta, key_bytes};
use crate::store::StoreError;
use crate::store::postgres::PostgresStore;

/// Deltas that are folded in one transaction.
const DELTAS: i64 = 500;

impl PostgresStore {
    pub(super) async fn fold(&self, settings: &RollupSettings, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.writers.begin().await?;
        if !leads(&mut tx).await? {
            return Ok(false);
        }
        let deltas: Vec<(i64, i64, Vec<u8>)> =
            sqlx::query_as("SELECT project_id, number, data FROM rollup_deltas ORDER BY project_id, number LIMIT $1")
                .bind(DELTAS)
                .fetch_all(&mut *tx)
                .await?;
        if deltas.is_empty() {
            return Ok(false);
        }
        let mut pending = Pending::default();
        let (mut projects, mut numbers) = (Vec::new(), Vec::new());
        for (project_id, number, blob) in &deltas {
            add_delta(pending.project_mut(*project_id), blob)?;
            projects.push(*project_id);
            numbers.push(*number);
        }
        let fold = Fold { settings, now };
        let mut folded = Vec::new();
        for (project_id, pending) in pending.projects() {
            let mut series = Dictionary::clone(&*self.series.of(&mut tx, project_id).await?);
            let mut blobs = Vec::new();
            let buckets = fold.buckets(pending, &mut series);
            let mut stored = stored_blobs(&mut tx, project_id, &buckets).await?;
            for bucket in buckets {
                let (tier, number) = (bucket.tier.code(), bucket.bucket);
                let of_bucket: Vec<Option<Vec<u8>>> = bucket
                    .parts()
                    .iter()
                    .map(|part| stored.remove(&(tier, part.code(), number)))
                    .collect();
                for (part, blob) in bucket.merge(&of_bucket, settings)? {
                    blobs.push((tier, part.code(), number, blob));
                }
            }
            write_series(&mut tx, project_id, series.take_changed()).await?;
            write_blobs(&mut tx, project_id, blobs).await?;
            folded.push((project_id, series));
        }
        let deleted = sqlx::query(
            "DELETE FROM rollup_deltas d USING UNNEST($1::bigint[], $2::bigint[]) AS n (id, number) \
             WHERE d.project_id = n.id AND d.number = n.number",
        )
        .bind(projects)
        .bind(numbers)
        .execute(&mut *tx)
        .await?;
        if usize::try_from(deleted.rows_affected()) != Ok(deltas.len()) {
            // A rebuild has begun meanwhile: what was folded is not to count.
            return Ok(false);
        }
        tx.commit().await?;
        self.series.put(folded);
        Ok(true)
    }

    pub(super) async fn expire_buckets(&self, settings: &RollupSettings, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.writers.begin().await?;
        if !leads(&mut tx).await? {
            return Ok(());
        }
        for tier in [Tier::Minute, Tier::Hour] {
            sqlx::query("DELETE FROM rollups WHERE tier = $1 AND bucket < $2")
                .bind(tier.code())
                .bind(settings.first_kept(tier, now))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

type Place = (i64, i64, i64);

/// What is stored of some buckets, by tier, part and bucket.
async fn stored_blobs(
    tx: &mut PgConnection,
    project_id: i64,
    buckets: &[crate::rollups::Bucket<'_>],
) -> Result<BTreeMap<Place, Vec<u8>>, StoreError> {
    let (mut tiers, mut parts, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for bucket in buckets {
        for part in bucket.parts() {
            tiers.push(bucket.tier.code());
            parts.push(part.code());
            numbers.push(bucket.bucket);
        }
    }
    let rows = sqlx::query(
        "SELECT r.tier, r.part, r.bucket, r.data FROM UNNEST($2::bigint[], $3::bigint[], $4::bigint[]) \
         AS n (tier, part, bucket) JOIN rollups r ON r.project_id = $1 AND r.tier = n.tier AND r.part = n.part \
         AND r.bucket = n.bucket",
    )
    .bind(project_id)
    .bind(tiers)
    .bind(parts)
    .bind(numbers)
    .fetch_all(tx)
    .await?;
    rows.iter()
        .map(|row| Ok(((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?), row.try_get(3)?)))
        .collect()
}

async fn write_blobs(
    tx: &mut PgConnection,
    project_id: i64,
    blobs: Vec<(i64, i64, i64, Vec<u8>)>,
) -> Result<(), StoreError> {
    let (mut tiers, mut parts, mut buckets, mut data) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (tier, part, bucket, blob) in blobs {
        tiers.push(tier);
        parts.push(part);
        buckets.push(bucket);
        data.push(blob);
    }
    sqlx::query(
        "INSERT INTO rollups (project_id, tier, part, bucket, data) \
         SELECT $1, n.* FROM UNNEST($2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[]) AS n \
         ON CONFLICT (project_id, tier, part, bucket) DO UPDATE SET data = excluded.data",
    )
    .bind(project_id)
    .bind(tiers)
    .bind(parts)
    .bind(buckets)
    .bind(data)
    .execute(tx)
    .await?;
    Ok(())
}

async fn write_series(tx: &mut PgConnection, project_id: i64, rows: Vec<SeriesRow>) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let (mut ids, mut keys, mut days) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        ids.push(i64::from(row.id));
        keys.push(key_bytes(&row.key));
        days.push(row.last_day);
    }
    sqlx::query(
        "INSERT INTO rollup_series (project_id, id, key, last_day) \
         SELECT $1, n.* FROM UNNEST($2::bigint[], $3::bytea[], $4::bigint[]) AS n \
         ON CONFLICT (project_id, id) DO UPDATE SET last_day = greatest(rollup_series.last_day, excluded.last_day)",
    )
    .bind(project_id)
    .bind(ids)
    .bind(keys)
    .bind(days)
    .execute(tx)
    .await?;
    Ok(())
}
