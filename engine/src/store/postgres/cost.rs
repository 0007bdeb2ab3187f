//! Prices, and events priced again.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use eventglass_model::{CostSource, RecomputeState, Timestamp};
use sqlx::{PgConnection, QueryBuilder, Row};

use super::PostgresStore;
use super::bounded::{UPKEEP, within};
use super::days;
use super::encode::{sent, stored};
use super::project::lock;
use super::rollups::{self, changed, facts_of};
use super::sql::to_i64;
use super::traces;
use crate::store::cost::{PRICED, joined, own_price, price_job, price_json, priced_row, state_code, valid_from};
use crate::store::rollups::Change;
use crate::store::row::inconsistent;
use crate::store::{
    CostStore, JobEnd, OwnPrice, PriceJob, PriceWalk, PricedRow, Reprice, Step, StoreError, UnpricedRow,
};

/// The database's clock, in microseconds: servers' own may differ.
macro_rules! clock {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    };
}

const RUNNING: i64 = state_code(RecomputeState::Running);

impl PostgresStore {
    async fn reprice_some(&self, project_id: i64, changes: &[Reprice], step: Step<'_>) -> Result<bool, StoreError> {
        let mut tx = self.writers.begin().await?;
        // As a commit of events does, so that what adds costs up has one writer.
        lock(&mut tx, &[project_id].into(), step.now).await?;
        let keys: Vec<i64> = changes.iter().map(|change| change.old.at.key).collect();
        let old = facts_of(&mut tx, project_id, &keys).await?;
        let updated = update(&mut tx, project_id, changes).await?;
        let keys: Vec<i64> = updated.keys().copied().collect();
        let new = facts_of(&mut tx, project_id, &keys).await?;
        // Those that were left alone are not counted anew.
        let old = old.into_iter().filter(|(key, _)| updated.contains_key(key));
        let both: Vec<Change> = old
            .map(|(_, old)| (Some(old), None))
            .chain(new.into_values().map(|new| (None, Some(new))))
            .collect();
        let blobs = changed(&mut tx, project_id, &both).await?;
        rollups::write(&mut tx, blobs).await?;
        let trace_ids = updated.values().flatten().map(String::as_str);
        traces::mark(&mut tx, project_id, trace_ids).await?;
        let repriced = to_i64(updated.len());
        let difference = changes
            .iter()
            .filter(|change| updated.contains_key(&change.old.at.key))
            .map(|change| change.cost.unwrap_or(0).saturating_sub(change.old.cost.unwrap_or(0)))
            .fold(0_i64, i64::saturating_add);
        let done = sqlx::query(concat!(
            "UPDATE price_jobs SET seen = seen + $1, changed = changed + $2, \
             difference_nano = difference_nano + $3, failures = 0, at_received = $4, at_key = $5, lease_until = ",
            clock!(),
            " + $6 WHERE project_id = $7 AND state = $8 AND owner = $9"
        ))
        .bind(i64::try_from(step.seen).unwrap_or(i64::MAX))
        .bind(repriced)
        .bind(difference)
        .bind(step.at.received_at)
        .bind(step.at.key)
        .bind(micros(step.lease))
        .bind(project_id)
        .bind(RUNNING)
        .bind(step.owner)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }
}

#[async_trait]
impl CostStore for PostgresStore {
    async fn own_prices(&self, project_id: i64) -> Result<Vec<OwnPrice>, StoreError> {
        let rows = sqlx::query(
            "SELECT model, provider, valid_from, price, set_at, set_by FROM prices WHERE project_id = $1 \
             ORDER BY model COLLATE \"C\", provider COLLATE \"C\", valid_from",
        )
        .bind(project_id)
        // Events are priced while they come in: not behind searches.
        .fetch_all(&self.lookups)
        .await?;
        rows.iter().map(own_price).collect()
    }

    async fn set_price(&self, project_id: i64, price: &OwnPrice) -> Result<(), StoreError> {
        let json = price_json(&price.period)?;
        sqlx::query(
            "INSERT INTO prices (project_id, model, provider, valid_from, price, set_at, set_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (project_id, model, provider, valid_from) DO UPDATE SET \
             price = excluded.price, set_at = excluded.set_at, set_by = excluded.set_by",
        )
        .bind(project_id)
        .bind(stored(&price.model))
        .bind(stored(price.provider.as_deref().unwrap_or_default()))
        .bind(valid_from(price.period.from))
        .bind(stored(&json))
        .bind(price.period.set_at.unwrap_or_default().micros())
        .bind(stored(price.period.set_by.as_deref().unwrap_or_default()))
        .execute(&self.writers)
        .await?;
        Ok(())
    }

    async fn remove_prices(
        &self,
        project_id: i64,
        model: &str,
        provider: Option<&str>,
        from: Option<Option<Timestamp>>,
    ) -> Result<u64, StoreError> {
        let mut query = QueryBuilder::new("DELETE FROM prices WHERE project_id = ");
        query.push_bind(project_id);
        query.push(" AND model = ").push_bind(stored(model).into_owned());
        query
            .push(" AND provider = ")
            .push_bind(stored(provider.unwrap_or_default()).into_owned());
        if let Some(from) = from {
            query.push(" AND valid_from = ").push_bind(valid_from(from));
        }
        Ok(query.build().execute(&self.writers).await?.rows_affected())
    }

    async fn unpriced(
        &self,
        project_id: i64,
        after: &str,
        limit: usize,
        most: usize,
    ) -> Result<Vec<UnpricedRow>, StoreError> {
        // From one model to the next, so that many events of one cost no more than few.
        let models: Vec<Option<String>> = sqlx::query_scalar(
            "WITH RECURSIVE m (model, n) AS ( \
             SELECT (SELECT e.model FROM events e WHERE e.project_id = $1 AND e.cost_source = 3 \
             AND e.model COLLATE \"C\" > $2 ORDER BY e.model COLLATE \"C\" LIMIT 1), 1::bigint \
             UNION ALL SELECT (SELECT e.model FROM events e WHERE e.project_id = $1 AND e.cost_source = 3 \
             AND e.model COLLATE \"C\" > m.model ORDER BY e.model COLLATE \"C\" LIMIT 1), n + 1 \
             FROM m WHERE m.model IS NOT NULL AND n < $3) SELECT model FROM m WHERE model IS NOT NULL",
        )
        .bind(project_id)
        .bind(stored(after))
        .bind(to_i64(limit))
        .fetch_all(&self.readers)
        .await?;
        let mut found = Vec::with_capacity(models.len());
        for model in models.into_iter().flatten() {
            let row = sqlx::query(
                "SELECT (SELECT count(*) FROM (SELECT 1 FROM events \
                 WHERE project_id = $1 AND cost_source = 3 AND model COLLATE \"C\" = $2 LIMIT $3) counted), time, provider FROM events \
                 WHERE project_id = $1 AND cost_source = 3 AND model COLLATE \"C\" = $2 ORDER BY key DESC LIMIT 1",
            )
            .bind(project_id)
            .bind(&model)
            .bind(to_i64(most))
            .fetch_optional(&self.readers)
            .await?;
            let Some(row) = row else { continue };
            found.push(UnpricedRow {
                model: sent(model),
                provider: row.try_get::<Option<String>, _>(2)?.map(sent),
                events: u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0),
                last_seen: Timestamp::from_micros(row.try_get(1)?),
            });
        }
        Ok(found)
    }

    async fn start_price_job(
        &self,
        project_id: i64,
        models: &[String],
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.writers.begin().await?;
        lock(&mut tx, &[project_id].into(), now).await?;
        let running = sqlx::query("SELECT * FROM price_jobs WHERE project_id = $1")
            .bind(project_id)
            .fetch_optional(&mut *tx)
            .await?;
        let running = running.as_ref().map(price_job).transpose()?;
        let models = serde_json::to_string(&joined(running.as_ref(), models)).map_err(inconsistent)?;
        sqlx::query(
            "INSERT INTO price_jobs (project_id, state, models, started_at, started_by, finished_at, seen, total, \
             changed, difference_nano, failures, error, at_received, at_key, owner, lease_until) \
             SELECT id, 1, $2, $3, $4, NULL, 0, event_count, 0, 0, 0, NULL, 0, 0, '', 0 FROM projects WHERE id = $1 \
             ON CONFLICT (project_id) DO UPDATE SET state = 1, models = excluded.models, started_at = excluded.started_at, \
             started_by = excluded.started_by, finished_at = NULL, seen = 0, total = excluded.total, changed = 0, \
             difference_nano = 0, failures = 0, error = NULL, at_received = 0, at_key = 0, owner = '', \
             lease_until = 0",
        )
        .bind(project_id)
        .bind(stored(&models))
        .bind(now.micros())
        .bind(stored(by))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn price_job(&self, project_id: i64) -> Result<Option<PriceJob>, StoreError> {
        let row = sqlx::query("SELECT * FROM price_jobs WHERE project_id = $1")
            .bind(project_id)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(price_job).transpose()
    }

    async fn cancel_price_job(&self, project_id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let done =
            sqlx::query("UPDATE price_jobs SET state = $1, finished_at = $2 WHERE project_id = $3 AND state = $4")
                .bind(state_code(RecomputeState::Cancelled))
                .bind(now.micros())
                .bind(project_id)
                .bind(RUNNING)
                .execute(&self.writers)
                .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn claim_price_job(
        &self,
        owner: &str,
        _now: Timestamp,
        lease: Duration,
    ) -> Result<Option<PriceJob>, StoreError> {
        // Asked often, and hardly ever is there one: the writer is left alone.
        let waiting: Option<i64> = sqlx::query_scalar(concat!(
            "SELECT project_id FROM price_jobs WHERE state = $1 AND lease_until <= ",
            clock!(),
            " LIMIT 1"
        ))
        .bind(RUNNING)
        .fetch_optional(&self.readers)
        .await?;
        let Some(project_id) = waiting else { return Ok(None) };
        let row = sqlx::query(concat!(
            "UPDATE price_jobs SET owner = $1, lease_until = ",
            clock!(),
            " + $2 WHERE project_id = $3 AND state = $4 AND lease_until <= ",
            clock!(),
            " RETURNING *"
        ))
        .bind(owner)
        .bind(micros(lease))
        .bind(project_id)
        .bind(RUNNING)
        .fetch_optional(&self.writers)
        .await?;
        row.as_ref().map(price_job).transpose()
    }

    async fn priced_rows(
        &self,
        project_id: i64,
        after: PriceWalk,
        until: i64,
        limit: usize,
    ) -> Result<Vec<PricedRow>, StoreError> {
        let mut query = QueryBuilder::new(format!("SELECT {PRICED} FROM events e WHERE e.project_id = "));
        query.push_bind(project_id);
        query
            .push(" AND (e.received_at, e.key) > (")
            .push_bind(after.received_at);
        query.push(", ").push_bind(after.key);
        query.push(") AND e.received_at <= ").push_bind(until);
        let mut tx = self.readers.begin().await?;
        let since = after.received_at.saturating_sub(1);
        let days = days::since(&mut tx, &self.partitions, project_id, since).await?;
        days::push(&mut query, &days);
        query
            .push(" ORDER BY e.received_at, e.key LIMIT ")
            .push_bind(to_i64(limit));
        let rows = query.build().fetch_all(&mut *tx).await?;
        tx.commit().await?;
        rows.iter().map(priced_row).collect()
    }

    async fn reprice(&self, project_id: i64, changes: &[Reprice], step: Step<'_>) -> Result<bool, StoreError> {
        within(UPKEEP, self.reprice_some(project_id, changes, step)).await
    }

    async fn end_price_job(
        &self,
        project_id: i64,
        owner: &str,
        end: JobEnd<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = match end {
            JobEnd::Done => sqlx::query(
                "UPDATE price_jobs SET state = $4, finished_at = $5, error = NULL, lease_until = 0 \
                 WHERE project_id = $1 AND owner = $2 AND state = $3",
            )
            .bind(project_id)
            .bind(owner)
            .bind(RUNNING)
            .bind(state_code(RecomputeState::Done))
            .bind(now.micros()),
            JobEnd::Failed { error, most } => sqlx::query(
                "UPDATE price_jobs SET failures = failures + 1, error = $4, \
                 state = CASE WHEN failures + 1 >= $5 THEN $6 ELSE state END, \
                 finished_at = CASE WHEN failures + 1 >= $5 THEN $7 ELSE NULL END \
                 WHERE project_id = $1 AND owner = $2 AND state = $3",
            )
            .bind(project_id)
            .bind(owner)
            .bind(RUNNING)
            .bind(stored(error).into_owned())
            .bind(most)
            .bind(state_code(RecomputeState::Failed))
            .bind(now.micros()),
        };
        query.execute(&self.writers).await?;
        Ok(())
    }
}

/// Gives events their new costs, those that are still as they were read; says
/// which, with their traces.
async fn update(
    tx: &mut PgConnection,
    project_id: i64,
    changes: &[Reprice],
) -> Result<BTreeMap<i64, Option<String>>, StoreError> {
    let keys: Vec<i64> = changes.iter().map(|change| change.old.at.key).collect();
    let (Some(first), Some(last)) = (keys.iter().min().copied(), keys.iter().max().copied()) else {
        return Ok(BTreeMap::new());
    };
    let code = |source: Option<CostSource>| source.map(CostSource::code);
    let texts = |get: fn(&PricedRow) -> Option<&str>| -> Vec<Option<String>> {
        let text = |change: &Reprice| get(&change.old).map(|text| stored(text).into_owned());
        changes.iter().map(text).collect()
    };
    // The bounds leave all other days aside.
    let updated: Vec<(i64, Option<String>)> = sqlx::query_as(
        "UPDATE events e SET cost_nano_usd = n.cost, cost_source = n.source \
         FROM UNNEST($4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::bigint[], \
         $11::bigint[]) AS n (key, cost, source, tokens, model, provider, old_cost, old_source) \
         WHERE e.project_id = $1 AND e.key >= $2 AND e.key <= $3 AND e.key = ANY($4) AND e.key = n.key \
         AND e.tokens IS NOT DISTINCT FROM n.tokens AND e.model IS NOT DISTINCT FROM n.model \
         AND e.provider IS NOT DISTINCT FROM n.provider AND e.cost_nano_usd IS NOT DISTINCT FROM n.old_cost \
         AND e.cost_source IS NOT DISTINCT FROM n.old_source RETURNING e.key, e.trace_id",
    )
    .bind(project_id)
    .bind(first)
    .bind(last)
    .bind(keys)
    .bind(changes.iter().map(|change| change.cost).collect::<Vec<_>>())
    .bind(changes.iter().map(|change| code(change.source)).collect::<Vec<_>>())
    .bind(texts(|old| old.tokens.as_deref()))
    .bind(texts(|old| old.model.as_deref()))
    .bind(texts(|old| old.provider.as_deref()))
    .bind(changes.iter().map(|change| change.old.cost).collect::<Vec<_>>())
    .bind(changes.iter().map(|change| code(change.old.source)).collect::<Vec<_>>())
    .fetch_all(tx)
    .await?;
    Ok(updated.into_iter().map(|(key, trace)| (key, trace.map(sent))).collect())
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
