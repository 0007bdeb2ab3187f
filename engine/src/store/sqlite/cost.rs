//! Prices, and events priced again.

use std::time::Duration;

use async_trait::async_trait;
use eventglass_model::{CostSource, RecomputeState, Timestamp};
use sqlx::{Connection, QueryBuilder, Row, SqliteConnection};

use super::SqliteStore;
use super::rollups::{Deltas, changed, stored_facts_with};
use super::traces::mark_trace_of;
use crate::store::cost::{PRICED, joined, own_price, price_job, price_json, priced_row, state_code, valid_from};
use crate::store::row::inconsistent;
use crate::store::{
    CostStore, JobEnd, OwnPrice, PriceJob, PriceWalk, PricedRow, Reprice, Step, StoreError, UnpricedRow,
};

const RUNNING: i64 = state_code(RecomputeState::Running);

#[async_trait]
impl CostStore for SqliteStore {
    async fn own_prices(&self, project_id: i64) -> Result<Vec<OwnPrice>, StoreError> {
        let rows = sqlx::query(
            "SELECT model, provider, valid_from, price, set_at, set_by FROM prices WHERE project_id = $1 \
             ORDER BY model, provider, valid_from",
        )
        .bind(project_id)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(own_price).collect()
    }

    async fn set_price(&self, project_id: i64, price: &OwnPrice) -> Result<(), StoreError> {
        let json = price_json(&price.period)?;
        let mut writer = self.writer.lock().await;
        sqlx::query(
            "INSERT INTO prices (project_id, model, provider, valid_from, price, set_at, set_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO UPDATE SET \
             price = excluded.price, set_at = excluded.set_at, set_by = excluded.set_by",
        )
        .bind(project_id)
        .bind(&price.model)
        .bind(price.provider.as_deref().unwrap_or_default())
        .bind(valid_from(price.period.from))
        .bind(json)
        .bind(price.period.set_at.unwrap_or_default().micros())
        .bind(price.period.set_by.as_deref().unwrap_or_default())
        .execute(&mut writer.connection)
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
        query.push(" AND model = ").push_bind(model.to_owned());
        query
            .push(" AND provider = ")
            .push_bind(provider.unwrap_or_default().to_owned());
        if let Some(from) = from {
            query.push(" AND valid_from = ").push_bind(valid_from(from));
        }
        let mut writer = self.writer.lock().await;
        Ok(query.build().execute(&mut writer.connection).await?.rows_affected())
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
             SELECT (SELECT min(model) FROM events WHERE project_id = $1 AND cost_source = 3 AND model > $2), 1 \
             UNION ALL SELECT (SELECT min(e.model) FROM events e \
             WHERE e.project_id = $1 AND e.cost_source = 3 AND e.model > m.model), n + 1 \
             FROM m WHERE m.model IS NOT NULL AND n < $3) SELECT model FROM m WHERE model IS NOT NULL",
        )
        .bind(project_id)
        .bind(after)
        .bind(to_i64(limit))
        .fetch_all(&self.readers)
        .await?;
        let mut found = Vec::with_capacity(models.len());
        for model in models.into_iter().flatten() {
            let row = sqlx::query(
                "SELECT (SELECT count(*) FROM (SELECT 1 FROM events \
                 WHERE project_id = $1 AND cost_source = 3 AND model = $2 LIMIT $3)), time, provider FROM events \
                 WHERE key = (SELECT max(key) FROM events WHERE project_id = $1 AND cost_source = 3 AND model = $2)",
            )
            .bind(project_id)
            .bind(&model)
            .bind(to_i64(most))
            .fetch_optional(&self.readers)
            .await?;
            let Some(row) = row else { continue };
            found.push(UnpricedRow {
                model,
                provider: row.try_get(2)?,
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
        let mut writer = self.writer.lock().await;
        let mut tx = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
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
             ON CONFLICT DO UPDATE SET state = 1, models = excluded.models, started_at = excluded.started_at, \
             started_by = excluded.started_by, finished_at = NULL, seen = 0, total = excluded.total, changed = 0, \
             difference_nano = 0, failures = 0, error = NULL, at_received = 0, at_key = 0, owner = '', \
             lease_until = 0",
        )
        .bind(project_id)
        .bind(models)
        .bind(now.micros())
        .bind(by)
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
        let mut writer = self.writer.lock().await;
        let done =
            sqlx::query("UPDATE price_jobs SET state = $1, finished_at = $2 WHERE project_id = $3 AND state = $4")
                .bind(state_code(RecomputeState::Cancelled))
                .bind(now.micros())
                .bind(project_id)
                .bind(RUNNING)
                .execute(&mut writer.connection)
                .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn claim_price_job(
        &self,
        owner: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<PriceJob>, StoreError> {
        // Asked often, and hardly ever is there one: the writer is left alone.
        let waiting: Option<i64> =
            sqlx::query_scalar("SELECT project_id FROM price_jobs WHERE state = $1 AND lease_until <= $2 LIMIT 1")
                .bind(RUNNING)
                .bind(now.micros())
                .fetch_optional(&self.readers)
                .await?;
        let Some(project_id) = waiting else { return Ok(None) };
        let mut writer = self.writer.lock().await;
        let row = sqlx::query(
            "UPDATE price_jobs SET owner = $1, lease_until = $2 \
             WHERE project_id = $3 AND state = $4 AND lease_until <= $5 RETURNING *",
        )
        .bind(owner)
        .bind(until(now, lease))
        .bind(project_id)
        .bind(RUNNING)
        .bind(now.micros())
        .fetch_optional(&mut writer.connection)
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
        query
            .push(" ORDER BY e.received_at, e.key LIMIT ")
            .push_bind(to_i64(limit));
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(priced_row).collect()
    }

    async fn reprice(&self, project_id: i64, changes: &[Reprice], step: Step<'_>) -> Result<bool, StoreError> {
        let mut writer = self.writer.lock().await;
        let mut tx = writer.connection.begin_with("BEGIN IMMEDIATE").await?;
        let (mut repriced, mut difference, mut deltas) = (0_i64, 0_i64, Deltas::default());
        for change in changes {
            let key = change.old.at.key;
            let old = stored_facts_with(&mut tx, key).await?;
            if !update(&mut tx, project_id, change).await? {
                continue;
            }
            let new = stored_facts_with(&mut tx, key).await?;
            deltas.extend(changed(&mut tx, &self.rollups, project_id, &[(old, new)]).await?);
            mark_trace_of(&mut tx, project_id, key).await?;
            repriced += 1;
            difference =
                difference.saturating_add(change.cost.unwrap_or(0).saturating_sub(change.old.cost.unwrap_or(0)));
        }
        let done = sqlx::query(
            "UPDATE price_jobs SET seen = seen + $1, changed = changed + $2, \
             difference_nano = difference_nano + $3, failures = 0, at_received = $4, at_key = $5, lease_until = $6 \
             WHERE project_id = $7 AND state = $8 AND owner = $9",
        )
        .bind(i64::try_from(step.seen).unwrap_or(i64::MAX))
        .bind(repriced)
        .bind(difference)
        .bind(step.at.received_at)
        .bind(step.at.key)
        .bind(until(step.now, step.lease))
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
        deltas.committed();
        Ok(true)
    }

    async fn end_price_job(
        &self,
        project_id: i64,
        owner: &str,
        end: JobEnd<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
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
            .bind(error.to_owned())
            .bind(most)
            .bind(state_code(RecomputeState::Failed))
            .bind(now.micros()),
        };
        query.execute(&mut writer.connection).await?;
        Ok(())
    }
}

/// Gives an event its new cost, if it is still as it was read.
async fn update(tx: &mut SqliteConnection, project_id: i64, change: &Reprice) -> Result<bool, StoreError> {
    let old = &change.old;
    let done = sqlx::query(
        "UPDATE events SET cost_nano_usd = $1, cost_source = $2 WHERE key = $3 AND project_id = $4 \
         AND tokens IS $5 AND model IS $6 AND provider IS $7 AND cost_nano_usd IS $8 AND cost_source IS $9",
    )
    .bind(change.cost)
    .bind(change.source.map(CostSource::code))
    .bind(old.at.key)
    .bind(project_id)
    .bind(&old.tokens)
    .bind(&old.model)
    .bind(&old.provider)
    .bind(old.cost)
    .bind(old.source.map(CostSource::code))
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

fn to_i64(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn until(now: Timestamp, lease: Duration) -> i64 {
    now.plus_micros(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX))
        .micros()
}
