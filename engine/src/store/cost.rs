//! What a store keeps of prices, and how the past is priced again.

use std::time::Duration;

use async_trait::async_trait;
use eventglass_model::{
    CostSource, PricePeriod, PriceTier, Rates, RecomputeJob, RecomputeState, Timestamp, Tokens, Usd,
};
use serde::{Deserialize, Serialize};

use super::row::{Columns, inconsistent};
use crate::store::StoreError;

/// Models that a job may be limited to; with more, it does all.
const MODELS: usize = 100;

/// A price that a project has set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPrice {
    /// Lower case.
    pub model: String,
    /// Lower case; `None`: whoever sells it.
    pub provider: Option<String>,
    /// The price, and since when it holds.
    pub period: PricePeriod,
}

/// A model that events name and that has no price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpricedRow {
    /// As the events name it.
    pub model: String,
    /// Who served the newest of them.
    pub provider: Option<String>,
    /// How many there are, as far as they were counted.
    pub events: u64,
    /// Time of the newest.
    pub last_seen: Timestamp,
}

/// Where a walk through a project's events in the order of arrival stands:
/// after this one. The default stands before all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PriceWalk {
    /// `received_at` of the commit.
    pub received_at: i64,
    /// Key, among those of one commit.
    pub key: i64,
}

/// The job that prices a project's past again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceJob {
    /// Whose events.
    pub project_id: i64,
    /// What people see of it.
    pub job: RecomputeJob,
    /// Failures in a row.
    pub failures: i64,
    /// How far it has come.
    pub at: PriceWalk,
}

/// An event as far as its price goes.
#[derive(Clone, Debug)]
pub struct PricedRow {
    /// Where it stands.
    pub at: PriceWalk,
    /// Time of the call.
    pub time: Timestamp,
    /// What it is.
    pub kind: String,
    /// Who served it.
    pub provider: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// What was used, as it is stored; `None` for most events.
    pub tokens: Option<String>,
    /// What it cost, in billionths of a dollar.
    pub cost: Option<i64>,
    /// Who said so.
    pub source: Option<CostSource>,
}

impl PricedRow {
    /// What was used; `None` also for what cannot be read.
    #[must_use]
    pub fn read_tokens(&self) -> Option<Tokens> {
        serde_json::from_str(self.tokens.as_deref()?).ok()
    }
}

/// An event that is to cost something else.
#[derive(Clone, Debug)]
pub struct Reprice {
    /// The event as it was read: if it is another by now, it is left alone.
    pub old: PricedRow,
    /// What it is to cost.
    pub cost: Option<i64>,
    /// Who says so.
    pub source: Option<CostSource>,
}

/// A step of a job, written together with what it changes.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// The server that does it.
    pub owner: &'a str,
    /// For how long it answers for the job from now on.
    pub lease: Duration,
    /// How far it has come then.
    pub at: PriceWalk,
    /// Events looked at since the last step.
    pub seen: u64,
    /// Now.
    pub now: Timestamp,
}

/// How a job ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobEnd<'a> {
    /// All is done.
    Done,
    /// It failed, and why: it is tried again from where it stands, until it
    /// has failed `most` times in a row.
    Failed {
        /// Why.
        error: &'a str,
        /// How often is too often.
        most: i64,
    },
}

/// Prices and the jobs that apply them to the past.
#[async_trait]
pub trait CostStore: Send + Sync {
    /// What a project has set.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn own_prices(&self, project_id: i64) -> Result<Vec<OwnPrice>, StoreError>;

    /// Sets a price, in the place of one with the same model, provider and beginning.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn set_price(&self, project_id: i64, price: &OwnPrice) -> Result<(), StoreError>;

    /// Takes a model's prices away: of one provider (`None`: those for
    /// whoever sells it), and of one beginning if that is given. Says how many.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn remove_prices(
        &self,
        project_id: i64,
        model: &str,
        provider: Option<&str>,
        from: Option<Option<Timestamp>>,
    ) -> Result<u64, StoreError>;

    /// Models without a price, by name, after one, at most `limit`; the events
    /// of each are counted up to `most`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn unpriced(
        &self,
        project_id: i64,
        after: &str,
        limit: usize,
        most: usize,
    ) -> Result<Vec<UnpricedRow>, StoreError>;

    /// Starts a job. One that is running begins anew, for its models and these.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn start_price_job(
        &self,
        project_id: i64,
        models: &[String],
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The last job of a project.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn price_job(&self, project_id: i64) -> Result<Option<PriceJob>, StoreError>;

    /// Ends a running job before its time; says whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn cancel_price_job(&self, project_id: i64, now: Timestamp) -> Result<bool, StoreError>;

    /// Takes over a running job that no server answers for, and answers for it from
    /// now on for as long as the lease lasts. A database that several servers share
    /// goes by its own clock.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn claim_price_job(
        &self,
        owner: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<PriceJob>, StoreError>;

    /// Events in the order of arrival, at most `limit`, not received after `until`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn priced_rows(
        &self,
        project_id: i64,
        after: PriceWalk,
        until: i64,
        limit: usize,
    ) -> Result<Vec<PricedRow>, StoreError>;

    /// Changes what events cost and notes how far the job has come, in one
    /// transaction, and all that adds costs up follows. `false`, and nothing is
    /// changed, when the job is no longer this server's.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing is changed.
    async fn reprice(&self, project_id: i64, changes: &[Reprice], step: Step<'_>) -> Result<bool, StoreError>;

    /// Ends a job of this server's.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn end_price_job(
        &self,
        project_id: i64,
        owner: &str,
        end: JobEnd<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}

/// What is kept of a price besides its key.
#[derive(Serialize, Deserialize)]
struct StoredPrice {
    rates: Rates,
    #[serde(default)]
    tiers: Vec<PriceTier>,
    #[serde(default)]
    source: Option<String>,
}

/// A price as JSON.
pub(super) fn price_json(period: &PricePeriod) -> Result<String, StoreError> {
    serde_json::to_string(&StoredPrice {
        rates: period.rates.clone(),
        tiers: period.tiers.clone(),
        source: period.source.clone(),
    })
    .map_err(inconsistent)
}

/// `valid_from` of a price.
pub(super) fn valid_from(from: Option<Timestamp>) -> i64 {
    from.map_or(0, Timestamp::micros)
}

/// Reads a row of `prices`.
pub(super) fn own_price(row: &impl Columns) -> Result<OwnPrice, StoreError> {
    let price: StoredPrice = serde_json::from_str(&row.text("price")?).map_err(inconsistent)?;
    let set_by = row.text("set_by")?;
    Ok(OwnPrice {
        model: row.text("model")?,
        provider: Some(row.text("provider")?).filter(|provider| !provider.is_empty()),
        period: PricePeriod {
            from: Some(row.int("valid_from")?)
                .filter(|from| *from != 0)
                .map(Timestamp::from_micros),
            rates: price.rates,
            tiers: price.tiers,
            source: price.source,
            set_at: Some(Timestamp::from_micros(row.int("set_at")?)),
            set_by: Some(set_by).filter(|by| !by.is_empty()),
        },
    })
}

/// The number of a state.
pub(super) const fn state_code(state: RecomputeState) -> i64 {
    match state {
        RecomputeState::Running => 1,
        RecomputeState::Done => 2,
        RecomputeState::Cancelled => 3,
        RecomputeState::Failed => 4,
    }
}

/// Reads a row of `price_jobs`.
pub(super) fn price_job(row: &impl Columns) -> Result<PriceJob, StoreError> {
    let count = |column: &str| Ok::<u64, StoreError>(u64::try_from(row.int(column)?).unwrap_or(0));
    let state = match row.int("state")? {
        1 => RecomputeState::Running,
        2 => RecomputeState::Done,
        3 => RecomputeState::Cancelled,
        _ => RecomputeState::Failed,
    };
    let by = row.text("started_by")?;
    let (seen, total) = (count("seen")?, count("total")?);
    Ok(PriceJob {
        project_id: row.int("project_id")?,
        job: RecomputeJob {
            state,
            models: serde_json::from_str(&row.text("models")?).map_err(inconsistent)?,
            started_at: Timestamp::from_micros(row.int("started_at")?),
            started_by: Some(by).filter(|by| !by.is_empty()),
            finished_at: row.maybe_int("finished_at")?.map(Timestamp::from_micros),
            seen,
            total: total.max(seen),
            changed: count("changed")?,
            difference_usd: Usd::from_nanos(row.int("difference_nano")?),
            error: row.maybe_text("error")?,
        },
        failures: row.int("failures")?,
        at: PriceWalk {
            received_at: row.int("at_received")?,
            key: row.int("at_key")?,
        },
    })
}

/// The models of two jobs as one: none means all.
pub(super) fn joined(running: Option<&PriceJob>, models: &[String]) -> Vec<String> {
    let running = running.filter(|job| job.job.state == RecomputeState::Running);
    match running.map(|job| &job.job.models) {
        Some(others) if others.is_empty() || models.is_empty() => Vec::new(),
        Some(others) => {
            let mut all = others.clone();
            all.extend(models.iter().filter(|model| !others.contains(model)).cloned());
            if all.len() > MODELS { Vec::new() } else { all }
        }
        None => models.to_vec(),
    }
}

/// What [`priced_row`] reads, of the table called `e`.
pub(super) const PRICED: &str =
    "e.key, e.received_at, e.time, e.kind, e.provider, e.model, e.tokens, e.cost_nano_usd, e.cost_source";

/// Reads a row of [`PRICED`].
pub(super) fn priced_row(row: &impl Columns) -> Result<PricedRow, StoreError> {
    Ok(PricedRow {
        at: PriceWalk {
            received_at: row.int("received_at")?,
            key: row.int("key")?,
        },
        time: Timestamp::from_micros(row.int("time")?),
        kind: row.text("kind")?,
        provider: row.maybe_text("provider")?,
        model: row.maybe_text("model")?,
        tokens: row.maybe_text("tokens")?,
        cost: row.maybe_int("cost_nano_usd")?,
        source: row.maybe_int("cost_source")?.and_then(CostSource::from_code),
    })
}
