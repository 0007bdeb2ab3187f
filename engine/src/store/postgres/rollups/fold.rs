//! Folding, and deleting what is not kept.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use eventglass_model::Timestamp;
use sqlx::{PgConnection, Row};

use super::leads;
use crate::rollups::{Dictionary, Fold, Pending, RollupSettings, SeriesRow, Tier, add_delta, key_bytes};
use crate::store::postgres::PostgresStore;
use crate::store::{FoldPass, StoreError};

/// Deltas that are folded in one transaction.
const DELTAS: i64 = 500;

impl PostgresStore {
    pub(super) async fn fold(&self, settings: &RollupSettings, now: Timestamp) -> Result<FoldPass, StoreError> {
        let mut tx = self.writers.begin().await?;
        if !leads(&mut tx).await? {
            return Ok(FoldPass::Nothing);
        }
        let after = self.series.folded.load(Ordering::Relaxed);
        let deltas = waiting(&mut tx, after).await?;
        let is_full = i64::try_from(deltas.len()).is_ok_and(|found| found >= DELTAS);
        // A project that has more than a pass takes comes again after all others.
        let last = deltas.iter().map(|(project_id, ..)| *project_id).max().unwrap_or(0);
        let folded = if is_full { last } else { 0 };
        let left = if is_full || after > 0 {
            FoldPass::More
        } else {
            FoldPass::Last
        };
        if deltas.is_empty() {
            // Now, and not when the connection is used next: until then nobody else may fold.
            tx.rollback().await?;
            self.series.folded.store(folded, Ordering::Relaxed);
            return Ok(if left == FoldPass::More {
                left
            } else {
                FoldPass::Nothing
            });
        }
        let mut pending = Pending::default();
        let (mut projects, mut numbers) = (Vec::new(), Vec::new());
        for (project_id, number, blob) in &deltas {
            add_delta(pending.project_mut(*project_id), blob)?;
            projects.push(*project_id);
            numbers.push(*number);
        }
        let fold = Fold { settings, now };
        let mut known = Vec::new();
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
            known.push((project_id, series));
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
            return Ok(FoldPass::Nothing);
        }
        tx.commit().await?;
        self.series.put(known);
        self.series.folded.store(folded, Ordering::Relaxed);
        Ok(left)
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

/// Deltas of the projects after one, each project's oldest first: as many as a pass takes.
async fn waiting(tx: &mut PgConnection, after: i64) -> Result<Vec<(i64, i64, Vec<u8>)>, StoreError> {
    // From project to project by the key, however many deltas the first ones have.
    Ok(sqlx::query_as(
        "WITH RECURSIVE p (id) AS ( \
         SELECT (SELECT d.project_id FROM rollup_deltas d WHERE d.project_id > $1 ORDER BY 1 LIMIT 1) \
         UNION ALL SELECT (SELECT d.project_id FROM rollup_deltas d WHERE d.project_id > p.id ORDER BY 1 LIMIT 1) \
         FROM p WHERE p.id IS NOT NULL) \
         SELECT d.project_id, d.number, d.data FROM p CROSS JOIN LATERAL (SELECT d.project_id, d.number, d.data \
         FROM rollup_deltas d WHERE d.project_id = p.id ORDER BY d.number LIMIT $2) d LIMIT $2",
    )
    .bind(after)
    .bind(DELTAS)
    .fetch_all(tx)
    .await?)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::ingest::NewEvent;
    use crate::store::postgres::cluster;
    use crate::store::{AccessStore, EventStore, RollupStore};

    /// Three projects, with so many deltas each.
    async fn with_deltas(each: i64) -> (Arc<PostgresStore>, Vec<i64>) {
        let url = cluster::shared().database();
        let store = Arc::new(PostgresStore::open(&url).await.unwrap());
        let now = SystemClock.now();
        let owner = store.add_user("a", "", now).await.unwrap();
        let mut projects = Vec::new();
        for name in ["a", "b", "c"] {
            let p = store.add_project(owner, name, name, "", now).await.unwrap().id;
            let event = NewEvent::new("e".to_owned(), now, "k".to_owned()).prepare(p, false);
            store.append(Arc::new(vec![event]), now).await.unwrap();
            projects.push(p);
        }
        sqlx::query(
            "INSERT INTO rollup_deltas SELECT project_id, number + n, data FROM rollup_deltas, \
             generate_series(1, $1 - 1) n",
        )
        .bind(each)
        .execute(&store.writers)
        .await
        .unwrap();
        (store, projects)
    }

    async fn left(store: &PostgresStore) -> Vec<(i64, i64)> {
        sqlx::query_as("SELECT project_id, count(*) FROM rollup_deltas GROUP BY 1 ORDER BY 1")
            .fetch_all(&store.readers)
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn projects_take_turns() {
        let (store, projects) = with_deltas(DELTAS + 200).await;
        let (settings, now) = (RollupSettings::default(), SystemClock.now());
        for folded in 1..=3 {
            assert_eq!(store.fold_rollups(&settings, now).await.unwrap(), FoldPass::More);
            let expected: Vec<(i64, i64)> = projects
                .iter()
                .enumerate()
                .map(|(n, p)| (*p, if n < folded { 200 } else { DELTAS + 200 }))
                .collect();
            assert_eq!(left(&store).await, expected);
        }
        let mut passes = 0;
        while store.fold_rollups(&settings, now).await.unwrap() == FoldPass::More {
            passes += 1;
            assert!(passes < 6);
        }
        assert_eq!(left(&store).await, []);
        assert_eq!(store.fold_rollups(&settings, now).await.unwrap(), FoldPass::Nothing);
    }

    #[tokio::test]
    async fn all_that_waits_is_folded_in_one_turn() {
        let (store, _) = with_deltas(4 * DELTAS).await;
        let started = Instant::now();
        let keeper = crate::rollups::keep(
            Arc::clone(&store) as crate::store::SharedStore,
            Arc::new(SystemClock),
            RollupSettings::default(),
        );
        // A pass every 2 s would take 24 s.
        while !left(&store).await.is_empty() {
            assert!(started.elapsed() < Duration::from_secs(10), "{:?}", left(&store).await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        keeper.abort();
    }
}
