//! Writing events: one group, one transaction, one sync.

use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use eventglass_model::Timestamp;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Connection, Row, SqliteConnection};

use super::{Writer, sql};
use crate::ingest::PendingEvent;
use crate::store::{Appended, EventKey, StoreError};

/// Rows of one INSERT. More gain nothing (see docs/performance.md), fewer cost.
const ROWS: usize = 32;
/// Values of one IN list.
const LOOKUPS: usize = 64;

impl Writer {
    /// See [`crate::store::EventStore::append`].
    pub(super) async fn append(
        &mut self,
        events: Vec<PendingEvent>,
        now: Timestamp,
    ) -> Result<Vec<Appended>, StoreError> {
        let started = Instant::now();
        let received_at = now.micros().max(self.last_commit + 1);
        let mut tx = self.connection.begin_with("BEGIN IMMEDIATE").await?;

        let outcomes = find_duplicates(&mut tx, &events).await?;
        let fresh = events
            .into_iter()
            .zip(&outcomes)
            .filter(|(_, outcome)| **outcome == Appended::New);
        let mut rows: Vec<(EventKey, PendingEvent)> = fresh
            .map(|(event, _)| {
                self.arrivals += 1;
                (EventKey::new(event.event.time, self.arrivals), event)
            })
            .collect();
        settle_keys(&mut tx, &mut rows, &mut self.arrivals).await?;
        let deduped = Instant::now();

        let mut by_project: BTreeMap<i64, i64> = BTreeMap::new();
        for (_, row) in &rows {
            *by_project.entry(row.project_id).or_default() += 1;
        }
        insert_texts(&mut tx, &rows).await?;
        let indexed = Instant::now();
        insert_events(&mut tx, rows, received_at).await?;
        count_events(&mut tx, by_project, received_at).await?;
        let inserted = Instant::now();
        tx.commit().await?;

        self.last_commit = received_at;
        for (stage, from, to) in [
            ("dedupe", started, deduped),
            ("text", deduped, indexed),
            ("insert", indexed, inserted),
        ] {
            metrics::histogram!("eventglass_stage_seconds", "stage" => stage)
                .record(to.duration_since(from).as_secs_f64());
        }
        metrics::histogram!("eventglass_stage_seconds", "stage" => "sync").record(inserted.elapsed().as_secs_f64());
        Ok(outcomes)
    }
}

/// Which events are stored already, or stand twice in the group.
async fn find_duplicates(tx: &mut SqliteConnection, events: &[PendingEvent]) -> Result<Vec<Appended>, StoreError> {
    let mut stored: HashSet<(i64, String)> = HashSet::new();
    for chunk in events.chunks(LOOKUPS) {
        let mut arguments = SqliteArguments::default();
        for event in chunk {
            bind(&mut arguments, event.event_hash)?;
        }
        let query = format!(
            "SELECT project_id, event_id FROM events WHERE event_hash IN ({})",
            sql::placeholders(chunk.len())
        );
        for row in sqlx::query_with(AssertSqlSafe(query), arguments)
            .fetch_all(&mut *tx)
            .await?
        {
            stored.insert((row.try_get(0)?, row.try_get(1)?));
        }
    }
    let mut seen: HashSet<(i64, &str)> = stored.iter().map(|(project, id)| (*project, id.as_str())).collect();
    let outcome = |event| {
        if seen.insert(event) {
            Appended::New
        } else {
            Appended::Duplicate
        }
    };
    Ok(events
        .iter()
        .map(|event| (event.project_id, event.event.event_id.as_str()))
        .map(outcome)
        .collect())
}

/// Gives every row a key that no other has, and sorts the rows by it: the
/// text index writes a segment for each step backwards.
async fn settle_keys(
    tx: &mut SqliteConnection,
    rows: &mut [(EventKey, PendingEvent)],
    arrivals: &mut u64,
) -> Result<(), StoreError> {
    loop {
        rows.sort_by_key(|(key, _)| *key);
        let mut taken: HashSet<i64> = HashSet::new();
        for chunk in rows.chunks(LOOKUPS) {
            let mut arguments = SqliteArguments::default();
            for (key, _) in chunk {
                bind(&mut arguments, key.0)?;
            }
            let query = format!(
                "SELECT key FROM events WHERE key IN ({})",
                sql::placeholders(chunk.len())
            );
            for row in sqlx::query_with(AssertSqlSafe(query), arguments)
                .fetch_all(&mut *tx)
                .await?
            {
                taken.insert(row.try_get(0)?);
            }
        }
        let mut moved = false;
        for (key, row) in rows.iter_mut() {
            if !taken.insert(key.0) {
                *arrivals += 1;
                *key = EventKey::elsewhere(row.event.time, *arrivals);
                moved = true;
            }
        }
        if !moved {
            return Ok(());
        }
    }
}

async fn insert_texts(tx: &mut SqliteConnection, rows: &[(EventKey, PendingEvent)]) -> Result<(), StoreError> {
    for chunk in rows.chunks(ROWS) {
        let mut arguments = SqliteArguments::default();
        for (key, row) in chunk {
            bind(&mut arguments, key.0)?;
            bind(&mut arguments, row.text.as_str())?;
        }
        let query = format!(
            "INSERT INTO event_text (rowid, text) VALUES {}",
            sql::rows_of_placeholders(chunk.len(), 2)
        );
        sqlx::query_with(AssertSqlSafe(query), arguments)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

async fn insert_events(
    tx: &mut SqliteConnection,
    rows: Vec<(EventKey, PendingEvent)>,
    received_at: i64,
) -> Result<(), StoreError> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut arguments = SqliteArguments::default();
        let mut count = 0;
        for (key, row) in rows.by_ref().take(ROWS) {
            bind_event(&mut arguments, key, row, received_at)?;
            count += 1;
        }
        let query = format!(
            "INSERT INTO events ({}) VALUES {}",
            sql::INSERT_COLUMNS.join(", "),
            sql::rows_of_placeholders(count, sql::INSERT_COLUMNS.len())
        );
        sqlx::query_with(AssertSqlSafe(query), arguments)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

async fn count_events(
    tx: &mut SqliteConnection,
    by_project: BTreeMap<i64, i64>,
    received_at: i64,
) -> Result<(), StoreError> {
    for (project_id, count) in by_project {
        sqlx::query("UPDATE projects SET event_count = event_count + $1, last_event_at = $2 WHERE id = $3")
            .bind(count)
            .bind(received_at)
            .bind(project_id)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Binds one row, in the order of [`sql::INSERT_COLUMNS`].
fn bind_event(
    arguments: &mut SqliteArguments,
    key: EventKey,
    row: PendingEvent,
    received_at: i64,
) -> Result<(), StoreError> {
    let event = row.event;
    let tokens = event
        .tokens
        .as_ref()
        .and_then(|tokens| serde_json::to_string(tokens).ok());
    bind(arguments, key.0)?;
    bind(arguments, row.project_id)?;
    bind(arguments, event.event_id)?;
    bind(arguments, row.event_hash)?;
    bind(arguments, event.time.micros())?;
    bind(arguments, received_at)?;
    bind(arguments, event.kind)?;
    bind(arguments, event.name)?;
    bind(arguments, event.message)?;
    bind(arguments, event.severity.code())?;
    bind(arguments, event.status.code())?;
    bind(arguments, event.service)?;
    bind(arguments, event.endpoint)?;
    bind(arguments, event.method)?;
    bind(arguments, event.version)?;
    bind(arguments, event.environment)?;
    bind(arguments, event.topic)?;
    bind(arguments, event.user_id)?;
    bind(arguments, event.session_id)?;
    bind(arguments, event.request_id)?;
    bind(arguments, event.trace_id)?;
    bind(arguments, event.span_id)?;
    bind(arguments, event.parent_span_id)?;
    bind(arguments, event.duration_us)?;
    bind(arguments, event.status_code)?;
    bind(arguments, event.provider)?;
    bind(arguments, event.model)?;
    bind(arguments, tokens)?;
    bind(arguments, event.cost_nano_usd)?;
    bind(arguments, event.cost_source.map(eventglass_model::CostSource::code))?;
    bind(arguments, event.country)?;
    bind(arguments, event.city)?;
    bind(arguments, event.region)?;
    bind(arguments, event.device)?;
    bind(arguments, event.input)?;
    bind(arguments, event.output)?;
    bind(arguments, event.attributes)?;
    Ok(())
}

fn bind<'q, T>(arguments: &mut SqliteArguments, value: T) -> Result<(), StoreError>
where
    T: sqlx::Encode<'q, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    arguments
        .add(value)
        .map_err(|e| StoreError::Database(sqlx::Error::Encode(e)))
}
