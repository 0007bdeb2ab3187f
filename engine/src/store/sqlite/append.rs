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

        // Most groups hold nothing that is stored already, and the indexes
        // know: looking every event up first would cost a sixth of the whole.
        let mut rows = in_order(events.iter().collect(), &mut self.arrivals);
        let mut outcomes = vec![Appended::New; events.len()];
        sqlx::raw_sql("SAVEPOINT attempt").execute(&mut *tx).await?;
        let stored = insert_events(&mut tx, &rows, received_at).await?;
        if stored < events.len() {
            sqlx::raw_sql("ROLLBACK TO attempt").execute(&mut *tx).await?;
            outcomes = find_duplicates(&mut tx, &events).await?;
            let fresh = events
                .iter()
                .zip(&outcomes)
                .filter(|(_, outcome)| **outcome == Appended::New);
            rows = in_order(fresh.map(|(event, _)| event).collect(), &mut self.arrivals);
            settle_keys(&mut tx, &mut rows, &mut self.arrivals).await?;
            let stored = insert_events(&mut tx, &rows, received_at).await?;
            if stored < rows.len() {
                let lost = rows.len() - stored;
                return Err(StoreError::Inconsistent(format!(
                    "{lost} events share a hash with others"
                )));
            }
        }
        let inserted = Instant::now();
        insert_texts(&mut tx, &rows).await?;
        count_events(&mut tx, &rows, received_at).await?;
        let indexed = Instant::now();
        tx.commit().await?;

        self.last_commit = received_at;
        for (stage, from, to) in [("insert", started, inserted), ("text", inserted, indexed)] {
            metrics::histogram!("eventglass_stage_seconds", "stage" => stage)
                .record(to.duration_since(from).as_secs_f64());
        }
        metrics::histogram!("eventglass_stage_seconds", "stage" => "sync").record(indexed.elapsed().as_secs_f64());
        Ok(outcomes)
    }
}

/// Events with their keys, in the order of those: the text index writes a
/// segment for each step backwards.
fn in_order<'a>(events: Vec<&'a PendingEvent>, arrivals: &mut u64) -> Vec<(EventKey, &'a PendingEvent)> {
    let key = |event: &PendingEvent| {
        *arrivals += 1;
        EventKey::new(event.event.time, *arrivals)
    };
    let keys: Vec<EventKey> = events.iter().copied().map(key).collect();
    let mut rows: Vec<_> = keys.into_iter().zip(events).collect();
    rows.sort_by_key(|(key, _)| *key);
    rows
}

/// Which events are stored already, or stand twice in the group.
async fn find_duplicates(tx: &mut SqliteConnection, events: &[PendingEvent]) -> Result<Vec<Appended>, StoreError> {
    let mut stored: HashSet<(i64, String)> = HashSet::new();
    for chunk in events.chunks(LOOKUPS) {
        let mut arguments = SqliteArguments::default();
        for event in chunk {
            bind(&mut arguments, event.event_hash.as_slice())?;
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

/// Gives every row a key that no other has, and leaves the rows in order.
async fn settle_keys(
    tx: &mut SqliteConnection,
    rows: &mut [(EventKey, &PendingEvent)],
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

async fn insert_texts(tx: &mut SqliteConnection, rows: &[(EventKey, &PendingEvent)]) -> Result<(), StoreError> {
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

/// Inserts what does not clash with a key or a hash, and says how many that were.
async fn insert_events(
    tx: &mut SqliteConnection,
    rows: &[(EventKey, &PendingEvent)],
    received_at: i64,
) -> Result<usize, StoreError> {
    let mut stored = 0;
    for chunk in rows.chunks(ROWS) {
        let mut arguments = SqliteArguments::default();
        for (key, row) in chunk {
            bind_event(&mut arguments, *key, row, received_at)?;
        }
        let query = format!(
            "INSERT INTO events ({}) VALUES {} ON CONFLICT DO NOTHING",
            sql::INSERT_COLUMNS.join(", "),
            sql::rows_of_placeholders(chunk.len(), sql::INSERT_COLUMNS.len())
        );
        stored += sqlx::query_with(AssertSqlSafe(query), arguments)
            .execute(&mut *tx)
            .await?
            .rows_affected();
    }
    Ok(usize::try_from(stored).unwrap_or(usize::MAX))
}

async fn count_events(
    tx: &mut SqliteConnection,
    rows: &[(EventKey, &PendingEvent)],
    received_at: i64,
) -> Result<(), StoreError> {
    let mut by_project: BTreeMap<i64, i64> = BTreeMap::new();
    for (_, row) in rows {
        *by_project.entry(row.project_id).or_default() += 1;
    }
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
    row: &PendingEvent,
    received_at: i64,
) -> Result<(), StoreError> {
    let event = &row.event;
    let tokens = event
        .tokens
        .as_ref()
        .and_then(|tokens| serde_json::to_string(tokens).ok());
    bind(arguments, key.0)?;
    bind(arguments, row.project_id)?;
    bind(arguments, event.event_id.as_str())?;
    bind(arguments, row.event_hash.as_slice())?;
    bind(arguments, event.time.micros())?;
    bind(arguments, received_at)?;
    bind(arguments, event.kind.as_str())?;
    bind(arguments, event.name.as_deref())?;
    bind(arguments, event.message.as_deref())?;
    bind(arguments, event.severity.code())?;
    bind(arguments, event.status.code())?;
    bind(arguments, event.service.as_deref())?;
    bind(arguments, event.endpoint.as_deref())?;
    bind(arguments, event.method.as_deref())?;
    bind(arguments, event.version.as_deref())?;
    bind(arguments, event.environment.as_deref())?;
    bind(arguments, event.topic.as_deref())?;
    bind(arguments, event.user_id.as_deref())?;
    bind(arguments, event.session_id.as_deref())?;
    bind(arguments, event.request_id.as_deref())?;
    bind(arguments, event.trace_id.as_deref())?;
    bind(arguments, event.span_id.as_deref())?;
    bind(arguments, event.parent_span_id.as_deref())?;
    bind(arguments, event.duration_us)?;
    bind(arguments, event.status_code)?;
    bind(arguments, event.provider.as_deref())?;
    bind(arguments, event.model.as_deref())?;
    bind(arguments, tokens)?;
    bind(arguments, event.cost_nano_usd)?;
    bind(arguments, event.cost_source.map(eventglass_model::CostSource::code))?;
    bind(arguments, event.country.as_deref())?;
    bind(arguments, event.city.as_deref())?;
    bind(arguments, event.region.as_deref())?;
    bind(arguments, event.device.as_deref())?;
    bind(arguments, event.input.as_deref())?;
    bind(arguments, event.output.as_deref())?;
    bind(arguments, event.attributes.as_deref())?;
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
