//! Writing events: one group, one transaction, one sync.
//!
//! The transaction begins by locking the rows of its projects, in order. From
//! then on nobody else writes events of these projects, so that every look-up
//! is exact until the commit, and two groups never wait for each other in a circle.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use eventglass_model::Timestamp;
use sqlx::postgres::PgPool;
use sqlx::{Connection, PgConnection, Row};

use super::copy::Rows;
use super::partitions::Partitions;
use super::words::words;
use crate::guard::Month;
use crate::ingest::{IdHash, PendingEvent};
use crate::store::order::in_order;
use crate::store::row::INSERT_COLUMNS;
use crate::store::{Appended, EventKey, StoreError};

/// Row of an event with its key.
pub(super) type Keyed<'a> = (EventKey, &'a PendingEvent);

/// What it takes to append.
#[derive(Clone)]
pub(super) struct Appender {
    pub(super) pool: PgPool,
    pub(super) partitions: Arc<Partitions>,
    pub(super) arrivals: Arc<AtomicU64>,
}

impl Appender {
    /// See [`crate::store::EventStore::append`].
    pub(super) async fn append(&self, events: &[PendingEvent], now: Timestamp) -> Result<Vec<Appended>, StoreError> {
        let done = self.try_append(events, now).await;
        if done.is_err() {
            self.partitions.forget().await;
        }
        done
    }

    async fn try_append(&self, events: &[PendingEvent], now: Timestamp) -> Result<Vec<Appended>, StoreError> {
        let started = Instant::now();
        let mut outcomes = vec![Appended::Duplicate; events.len()];
        // Of those that stand twice in the group, the first counts.
        let mut places: BTreeMap<(i64, IdHash), usize> = BTreeMap::new();
        for (n, event) in events.iter().enumerate() {
            places.entry((event.project_id, event.event_hash)).or_insert(n);
        }
        // In the order in which they came, which decides between equal times.
        let first: BTreeSet<usize> = places.values().copied().collect();
        let first = first.iter().filter_map(|n| events.get(*n)).collect();
        let mut rows = self.keyed(first);
        settle(&mut rows, &HashSet::new(), &self.arrivals);
        self.prepare(&rows, now).await?;

        let mut tx = self.pool.begin().await?;
        let received_at = lock_projects(&mut tx, &rows, now).await?;
        let new = insert_ids(&mut tx, &rows).await?;
        if new.len() < rows.len() {
            rows.retain(|(_, row)| new.contains(&(row.project_id, row.event_hash)));
        }
        self.insert(&mut tx, &mut rows, received_at, now).await?;
        let inserted = Instant::now();
        note_unacknowledged(&mut tx, &rows, received_at).await?;
        count_events(&mut tx, &rows, received_at, now).await?;
        let counted = Instant::now();
        tx.commit().await?;

        for (stage, from, to) in [("insert", started, inserted), ("text", inserted, counted)] {
            metrics::histogram!("eventglass_stage_seconds", "stage" => stage)
                .record(to.duration_since(from).as_secs_f64());
        }
        metrics::histogram!("eventglass_stage_seconds", "stage" => "sync").record(counted.elapsed().as_secs_f64());
        for (id, place) in places {
            if let (true, Some(outcome)) = (new.contains(&id), outcomes.get_mut(place)) {
                *outcome = Appended::New;
            }
        }
        Ok(outcomes)
    }

    /// Rows with their keys, in the order in which they are to be written.
    pub(super) fn keyed<'a>(&self, events: Vec<&'a PendingEvent>) -> Vec<Keyed<'a>> {
        let count = u64::try_from(events.len()).unwrap_or(0);
        let mut arrivals = self.arrivals.fetch_add(count, Ordering::Relaxed);
        in_order(events, &mut arrivals)
    }

    /// Makes sure that the rows have a partition.
    pub(super) async fn prepare(&self, rows: &[Keyed<'_>], now: Timestamp) -> Result<(), StoreError> {
        self.partitions
            .prepare(&self.pool, rows.iter().map(|(key, _)| *key), now)
            .await
    }

    /// Inserts rows whose ids are noted. Hardly ever is one of their keys taken
    /// by a stored event, so that this is looked up only when it turns out.
    pub(super) async fn insert(
        &self,
        tx: &mut PgConnection,
        rows: &mut [Keyed<'_>],
        received_at: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut attempt = tx.begin().await?;
        match insert_events(&mut attempt, rows, received_at).await {
            Ok(()) => return Ok(attempt.commit().await?),
            Err(StoreError::Database(error)) if is_taken(&error) => attempt.rollback().await?,
            Err(error) => return Err(error),
        }
        let mut taken = HashSet::new();
        loop {
            let found = stored_keys(tx, rows).await?;
            if found.is_empty() {
                break;
            }
            taken.extend(found);
            settle(rows, &taken, &self.arrivals);
        }
        self.prepare(rows, now).await?;
        update_ids(tx, rows).await?;
        insert_events(tx, rows, received_at).await
    }
}

/// Whether something unique was there already.
pub(super) fn is_taken(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Gives every row a key that is not taken and that no other row has, and
/// leaves the rows in order.
fn settle(rows: &mut [Keyed<'_>], taken: &HashSet<(i64, i64)>, arrivals: &AtomicU64) {
    let mut own: HashSet<(i64, i64)> = HashSet::with_capacity(rows.len());
    for (key, row) in rows.iter_mut() {
        while taken.contains(&(row.project_id, key.0)) || own.contains(&(row.project_id, key.0)) {
            *key = EventKey::elsewhere(row.event.time, arrivals.fetch_add(1, Ordering::Relaxed));
        }
        own.insert((row.project_id, key.0));
    }
    rows.sort_by_key(|(key, _)| *key);
}

/// Locks the rows' projects until the end of the transaction, and gives
/// `received_at` of the commit: later than that of any earlier commit of these projects.
pub(super) async fn lock_projects(
    tx: &mut PgConnection,
    rows: &[Keyed<'_>],
    now: Timestamp,
) -> Result<i64, StoreError> {
    let projects: BTreeSet<i64> = rows.iter().map(|(_, row)| row.project_id).collect();
    lock(tx, &projects, now).await
}

/// As [`lock_projects`]. In order, so that nobody waits in a circle.
pub(super) async fn lock(tx: &mut PgConnection, projects: &BTreeSet<i64>, now: Timestamp) -> Result<i64, StoreError> {
    let projects: Vec<i64> = projects.iter().copied().collect();
    let locked: Vec<Option<i64>> =
        sqlx::query_scalar("SELECT last_event_at FROM projects WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE")
            .bind(projects)
            .fetch_all(tx)
            .await?;
    let last = locked.into_iter().flatten().max().unwrap_or(0);
    Ok(now.micros().max(last + 1))
}

/// Inserts the ids that are not stored yet, and gives those.
pub(super) async fn insert_ids(
    tx: &mut PgConnection,
    rows: &[Keyed<'_>],
) -> Result<HashSet<(i64, IdHash)>, StoreError> {
    let mut sorted: Vec<&Keyed<'_>> = rows.iter().collect();
    sorted.sort_by_key(|(_, row)| (row.project_id, row.event_hash));
    let (projects, hashes, keys) = columns(sorted.into_iter());
    let inserted = sqlx::query(
        "INSERT INTO event_ids (project_id, event_hash, key) \
         SELECT * FROM UNNEST($1::bigint[], $2::bytea[], $3::bigint[]) \
         ON CONFLICT DO NOTHING RETURNING project_id, event_hash",
    )
    .bind(projects)
    .bind(hashes)
    .bind(keys)
    .fetch_all(tx)
    .await?;
    inserted
        .iter()
        .map(|row| {
            let hash: Vec<u8> = row.try_get(1)?;
            let hash = IdHash::try_from(hash).map_err(|_| StoreError::Inconsistent("a hash of another length".into()))?;
            Ok((row.try_get(0)?, hash))
        })
        .collect()
}

/// Notes other keys for ids that are stored.
pub(super) async fn update_ids(tx: &mut PgConnection, rows: &[Keyed<'_>]) -> Result<(), StoreError> {
    let (projects, hashes, keys) = columns(rows.iter());
    sqlx::query(
        "UPDATE event_ids i SET key = n.key \
         FROM UNNEST($1::bigint[], $2::bytea[], $3::bigint[]) AS n (project_id, event_hash, key) \
         WHERE i.project_id = n.project_id AND i.event_hash = n.event_hash",
    )
    .bind(projects)
    .bind(hashes)
    .bind(keys)
    .execute(tx)
    .await?;
    Ok(())
}

fn columns<'r, 'a: 'r>(rows: impl Iterator<Item = &'r Keyed<'a>>) -> (Vec<i64>, Vec<Vec<u8>>, Vec<i64>) {
    let (mut projects, mut hashes, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for (key, row) in rows {
        projects.push(row.project_id);
        hashes.push(row.event_hash.to_vec());
        keys.push(key.0);
    }
    (projects, hashes, keys)
}

/// The rows' keys that stored events have.
async fn stored_keys(tx: &mut PgConnection, rows: &[Keyed<'_>]) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut by_project: HashMap<i64, Vec<i64>> = HashMap::new();
    for (key, row) in rows {
        by_project.entry(row.project_id).or_default().push(key.0);
    }
    let mut stored = Vec::new();
    for (project_id, keys) in by_project {
        // The bounds leave all days aside in which there is nothing to look up.
        let found: Vec<i64> = sqlx::query_scalar(
            "SELECT key FROM events WHERE project_id = $1 AND key >= $2 AND key <= $3 AND key = ANY($4)",
        )
        .bind(project_id)
        .bind(keys.iter().min().copied().unwrap_or(0))
        .bind(keys.iter().max().copied().unwrap_or(0))
        .bind(&keys)
        .fetch_all(&mut *tx)
        .await?;
        stored.extend(found.into_iter().map(|key| (project_id, key)));
    }
    Ok(stored)
}

/// Inserts rows whose ids and keys no other has.
pub(super) async fn insert_events(
    tx: &mut PgConnection,
    rows: &[Keyed<'_>],
    received_at: i64,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut encoded = Rows::with_capacity(rows.len() * 1_200);
    for (key, row) in rows {
        encode(&mut encoded, *key, row, received_at)?;
    }
    let statement = format!(
        "COPY events ({}, words) FROM STDIN (FORMAT binary)",
        INSERT_COLUMNS.join(", ")
    );
    let mut copy = tx.copy_in_raw(&statement).await?;
    copy.send(encoded.finish()).await?;
    let stored = copy.finish().await?;
    if usize::try_from(stored) != Ok(rows.len()) {
        return Err(StoreError::Inconsistent(format!(
            "{stored} of {} events were stored",
            rows.len()
        )));
    }
    Ok(())
}

/// Writes one row, in the order of [`INSERT_COLUMNS`].
fn encode(rows: &mut Rows, key: EventKey, row: &PendingEvent, received_at: i64) -> Result<(), StoreError> {
    let event = &row.event;
    let tokens = event
        .tokens
        .as_ref()
        .and_then(|tokens| serde_json::to_string(tokens).ok());
    rows.row(i16::try_from(INSERT_COLUMNS.len() + 1).unwrap_or(i16::MAX));
    rows.int(key.0);
    rows.int(row.project_id);
    rows.text(&event.event_id)?;
    rows.field(&row.event_hash)?;
    rows.int(event.time.micros());
    rows.int(received_at);
    rows.text(&event.kind)?;
    rows.maybe_text(event.name.as_deref())?;
    rows.maybe_text(event.message.as_deref())?;
    rows.int(event.severity.code());
    rows.int(event.status.code());
    for text in [
        &event.service,
        &event.endpoint,
        &event.method,
        &event.version,
        &event.environment,
        &event.topic,
        &event.user_id,
        &event.session_id,
        &event.request_id,
        &event.trace_id,
        &event.span_id,
        &event.parent_span_id,
    ] {
        rows.maybe_text(text.as_deref())?;
    }
    rows.maybe_int(event.duration_us);
    rows.maybe_int(event.status_code);
    rows.maybe_text(event.provider.as_deref())?;
    rows.maybe_text(event.model.as_deref())?;
    rows.maybe_text(tokens.as_deref())?;
    rows.maybe_int(event.cost_nano_usd);
    rows.maybe_int(event.cost_source.map(eventglass_model::CostSource::code));
    for text in [
        &event.country,
        &event.city,
        &event.region,
        &event.device,
        &event.input,
        &event.output,
        &event.attributes,
    ] {
        rows.maybe_text(text.as_deref())?;
    }
    rows.words(&words(&row.text))
}

async fn note_unacknowledged(tx: &mut PgConnection, rows: &[Keyed<'_>], received_at: i64) -> Result<(), StoreError> {
    let hashes: BTreeSet<Vec<u8>> = rows
        .iter()
        .filter(|(_, row)| row.await_ack)
        .map(|(_, row)| row.event_hash.to_vec())
        .collect();
    if !hashes.is_empty() {
        sqlx::query(
            "INSERT INTO unacknowledged (event_hash, since) SELECT hash, $2 FROM UNNEST($1::bytea[]) AS n (hash) \
             ON CONFLICT DO NOTHING",
        )
        .bind(hashes.into_iter().collect::<Vec<_>>())
        .bind(received_at)
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// Counts new events, each project's and each month's.
pub(super) async fn count_events(
    tx: &mut PgConnection,
    rows: &[Keyed<'_>],
    received_at: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut by_project: BTreeMap<i64, i64> = BTreeMap::new();
    for (_, row) in rows {
        *by_project.entry(row.project_id).or_default() += 1;
    }
    if by_project.is_empty() {
        return Ok(());
    }
    let (projects, counts): (Vec<i64>, Vec<i64>) = by_project.into_iter().unzip();
    sqlx::query(
        "UPDATE projects p SET event_count = p.event_count + n.events, last_event_at = $3 \
         FROM UNNEST($1::bigint[], $2::bigint[]) AS n (id, events) WHERE p.id = n.id",
    )
    .bind(&projects)
    .bind(&counts)
    .bind(received_at)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO usage (project_id, month, events) \
         SELECT id, $3, events FROM UNNEST($1::bigint[], $2::bigint[]) AS n (id, events) \
         ON CONFLICT (project_id, month) DO UPDATE SET events = usage.events + excluded.events",
    )
    .bind(&projects)
    .bind(&counts)
    .bind(Month::of(now).number())
    .execute(tx)
    .await?;
    Ok(())
}
