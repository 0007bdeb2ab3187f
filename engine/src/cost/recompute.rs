//! Pricing the past again: a walk through a project's events, in the order in
//! which they arrived, in short steps between the commits of ingest.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::book::Book;
use super::prices::{FRESH_SECS, Prices};
use crate::clock::SharedClock;
use crate::store::{JobEnd, PriceJob, PriceWalk, PricedRow, Reprice, SharedStore, Step, StoreError};

/// How often a server looks for a job.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Events that are read at once.
const READ: usize = 2_000;
/// Events that are changed in one transaction: some milliseconds.
const CHANGED: usize = 200;
/// For how long a server answers for a job without a sign of life. Another has the job
/// within 10 s of its death.
pub(crate) const LEASE: Duration = Duration::from_secs(8);
/// When a sign of life is due.
const RENEW_AFTER: Duration = Duration::from_millis(2_500);
/// When it is noted how far the job has come, without a change.
const NOTE_AFTER: Duration = Duration::from_secs(2);
/// Events that arrive for so long after a job was asked for, in microseconds,
/// may have been priced by the old book: on a server that has not heard yet,
/// or in a request under way.
const SETTLE: i64 = (FRESH_SECS + 5) * 1_000_000;
/// Failures in a row after which a job is given up.
const FAILURES: i64 = 10;

/// Finds and does the jobs.
pub(crate) struct Recompute {
    store: SharedStore,
    clock: SharedClock,
    prices: Arc<Prices>,
    /// This server, among those that share the database.
    owner: String,
}

impl Recompute {
    pub(crate) fn new(store: SharedStore, clock: SharedClock, prices: Arc<Prices>) -> Self {
        Self {
            store,
            clock,
            prices,
            owner: uuid::Uuid::new_v4().to_string(),
        }
    }

    /// Starts the task. It ends when the sender of `end` is gone; a job that is
    /// under way is gone on with after the next start, from where it stood.
    pub(crate) fn start(self, mut end: watch::Receiver<()>) -> JoinHandle<()> {
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(LOOK_EVERY);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    _ = ticks.tick() => {}
                    changed = end.changed() => if changed.is_err() { break },
                }
                let work = self.look();
                tokio::select! {
                    () = work => {}
                    // Nothing is lost: each step is a transaction.
                    changed = end.changed() => if changed.is_err() { break },
                }
            }
        })
    }

    /// Does a job, if there is one.
    async fn look(&self) {
        let now = self.clock.now();
        match self.store.claim_price_job(&self.owner, now, LEASE).await {
            Ok(Some(job)) => self.work(job).await,
            Ok(None) => {}
            // Readiness tells when the store is away; this is tried again.
            Err(error) => tracing::debug!(%error, "could not look for a job of pricing"),
        }
    }

    async fn work(&self, job: PriceJob) {
        let project_id = job.project_id;
        let done = self.walk(&job).await;
        let outcome = if done.is_ok() { "done" } else { "failed" };
        metrics::counter!("eventglass_jobs_total", "job" => "pricing", "outcome" => outcome).increment(1);
        let end = match &done {
            Ok(true) => JobEnd::Done,
            // Cancelled, or taken over by another server.
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(project_id, %error, "pricing the past failed; it is tried again");
                JobEnd::Failed {
                    error: "the database failed; the server's log says how",
                    most: FAILURES,
                }
            }
        };
        if let Err(error) = self
            .store
            .end_price_job(project_id, &self.owner, end, self.clock.now())
            .await
        {
            tracing::warn!(project_id, %error, "the end of a job of pricing could not be noted");
        }
    }

    /// Walks to the end; `false` when the job is no longer ours.
    async fn walk(&self, job: &PriceJob) -> Result<bool, StoreError> {
        let project_id = job.project_id;
        let until = job.job.started_at.plus_micros(SETTLE).micros();
        let mut book = self.prices.reread(project_id).await?;
        let mut read_at = self.clock.now();
        let (mut at, mut noted, mut seen) = (job.at, Instant::now(), 0);
        loop {
            let started = Instant::now();
            if self.clock.now() > read_at.plus_micros(FRESH_SECS * 1_000_000) {
                book = self.prices.of(project_id).await?;
                read_at = self.clock.now();
            }
            let rows = self.store.priced_rows(project_id, at, until, READ).await?;
            seen += rows.len() as u64;
            let changes: Vec<Reprice> = rows
                .iter()
                .filter_map(|row| change(&book, row, &job.job.models))
                .collect();
            let last = rows.last().map_or(at, |row| row.at);
            // All but the last step leave the walk where it was, so that a job
            // which is cut off sees these events again, and finds them done.
            let mut steps = changes.chunks(CHANGED).peekable();
            while let Some(some) = steps.next() {
                let to = if steps.peek().is_none() { last } else { at };
                let counted = if steps.peek().is_none() {
                    std::mem::take(&mut seen)
                } else {
                    0
                };
                let step_started = Instant::now();
                if !self.step(project_id, some, to, counted).await? {
                    return Ok(false);
                }
                noted = Instant::now();
                // Ingest has its turn for at least as long.
                tokio::time::sleep(step_started.elapsed().min(Duration::from_millis(100))).await;
            }
            at = last;
            let now = self.clock.now();
            let over = rows.is_empty() && now.micros() > until;
            if seen > 0 && (over || rows.is_empty() || noted.elapsed() > NOTE_AFTER) || noted.elapsed() > RENEW_AFTER {
                if !self.step(project_id, &[], at, std::mem::take(&mut seen)).await? {
                    return Ok(false);
                }
                noted = Instant::now();
            }
            if over {
                return Ok(true);
            }
            let pause = if rows.is_empty() { LOOK_EVERY } else { started.elapsed() };
            tokio::time::sleep(pause.min(LOOK_EVERY)).await;
        }
    }

    async fn step(&self, project_id: i64, changes: &[Reprice], at: PriceWalk, seen: u64) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let step = Step {
            owner: &self.owner,
            lease: LEASE,
            at,
            seen,
            now,
        };
        self.store.reprice(project_id, changes, step).await
    }
}

/// What an event is to cost by a book, if that is another cost.
fn change(book: &Book, row: &PricedRow, models: &[String]) -> Option<Reprice> {
    let (provider, model) = (row.provider.as_deref(), row.model.as_deref());
    // Without tokens there is nothing to price, and never was.
    row.tokens.as_ref()?;
    if !models.is_empty()
        && !models
            .iter()
            .any(|name| model.is_some_and(|model| Book::goes_by(provider, model, name)))
    {
        return None;
    }
    let tokens = row.read_tokens();
    let (cost, source) = book.reckon(&row.kind, provider, model, tokens.as_ref(), row.source, row.time)?;
    ((cost, source) != (row.cost, row.source)).then(|| Reprice {
        old: row.clone(),
        cost,
        source,
    })
}
