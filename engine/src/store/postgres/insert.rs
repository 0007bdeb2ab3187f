//! Events as rows.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, PgConnection};

use super::append::Keyed;
use super::columns::Rows;
use super::filters::Filters;
use super::partitions::{Going, name_of};
use super::words::words;
use crate::ingest::PendingEvent;
use crate::store::row::INSERT_COLUMNS;
use crate::store::transfer::EventRow;
use crate::store::{EventKey, StoreError};

/// Rows of one statement. A thousand are stored as fast each as any number are,
/// and more take memory.
const CHUNK: usize = 1_000;
/// The table of all days.
const EVENTS: &str = "events";

/// Rows as they are sent, with the day of those that are written into what is left of it.
#[derive(Default)]
pub(super) struct Encoded(Vec<(Option<i64>, Rows)>);

/// What a commit writes of its events besides, for which one has to look at all of them.
pub(super) struct Made {
    pub(super) encoded: Encoded,
    pub(super) filters: Filters,
}

impl Made {
    /// Of rows of a commit that arrives at such a time.
    ///
    /// # Errors
    /// When a field is longer than Postgres can take (1 GB).
    pub(super) async fn of(rows: &[Keyed<'_>], received_at: i64, going: &Going) -> Result<Self, StoreError> {
        let (mut all, mut filters) = (Vec::new(), Filters::default());
        for chunk in rows.chunks(CHUNK) {
            let mut tables: BTreeMap<Option<i64>, Rows> = BTreeMap::new();
            for (key, row) in chunk {
                let words = words(&row.text);
                let encoded = tables.entry(going.day(*key)).or_default();
                encode(encoded, *key, row, received_at, words.iter().map(AsRef::as_ref))?;
                filters.add(*key, row, &words);
            }
            all.extend(tables);
            // It is some 20 ms of work.
            tokio::task::yield_now().await;
        }
        Ok(Self {
            encoded: Encoded(all),
            filters,
        })
    }
}

/// Inserts rows whose ids and keys no other has.
pub(super) async fn insert_events(tx: &mut PgConnection, encoded: Encoded) -> Result<(), StoreError> {
    for (day, rows) in encoded.0 {
        let table = day.map_or_else(|| EVENTS.to_owned(), name_of);
        insert(tx, &table, rows).await?;
    }
    Ok(())
}

/// As [`insert_events`], of events that another store had.
pub(super) async fn insert_copies(tx: &mut PgConnection, events: &[EventRow]) -> Result<(), StoreError> {
    for chunk in events.chunks(CHUNK) {
        let mut encoded = Rows::default();
        for event in chunk {
            let words = event.words.iter().map(String::as_str);
            encode(&mut encoded, event.key, &event.event, event.received_at, words)?;
        }
        insert(tx, EVENTS, encoded).await?;
    }
    Ok(())
}

async fn insert(tx: &mut PgConnection, table: &str, rows: Rows) -> Result<(), StoreError> {
    let count = rows.count();
    let (columns, select) = rows.finish();
    let statement = format!("INSERT INTO {table} ({}, words) {select}", INSERT_COLUMNS.join(", "));
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for column in columns {
        query = query.bind(column);
    }
    let stored = query.execute(tx).await?.rows_affected();
    if stored != count {
        return Err(StoreError::Inconsistent(format!(
            "{stored} of {count} events were stored"
        )));
    }
    Ok(())
}

/// Writes one row, in the order of [`INSERT_COLUMNS`].
fn encode<'w>(
    rows: &mut Rows,
    key: EventKey,
    row: &PendingEvent,
    received_at: i64,
    words: impl Iterator<Item = &'w str> + Clone,
) -> Result<(), StoreError> {
    let event = &row.event;
    let tokens = event
        .tokens
        .as_ref()
        .and_then(|tokens| serde_json::to_string(tokens).ok());
    rows.row();
    rows.int(key.0)?;
    rows.int(row.project_id)?;
    rows.text(&event.event_id)?;
    rows.bytes(&row.event_hash)?;
    rows.int(event.time.micros())?;
    rows.int(received_at)?;
    rows.text(&event.kind)?;
    rows.maybe_text(event.name.as_deref())?;
    rows.maybe_text(event.message.as_deref())?;
    rows.int(event.severity.code())?;
    rows.int(event.status.code())?;
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
    rows.maybe_int(event.duration_us)?;
    rows.maybe_int(event.status_code)?;
    rows.maybe_text(event.provider.as_deref())?;
    rows.maybe_text(event.model.as_deref())?;
    rows.maybe_text(tokens.as_deref())?;
    rows.maybe_int(event.cost_nano_usd)?;
    rows.maybe_int(event.cost_source.map(eventglass_model::CostSource::code))?;
    for text in [&event.country, &event.city, &event.region, &event.device] {
        rows.maybe_text(text.as_deref())?;
    }
    rows.maybe_bytes(row.payload.as_deref())?;
    rows.words(words)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use super::super::{PostgresStore, cluster};
    use crate::clock::{Clock, SystemClock};
    use crate::ingest::{NewEvent, PendingEvent};
    use crate::store::{AccessStore, EventStore};

    /// A wait for a receipt that is held back takes 40 ms.
    const QUICK: Duration = Duration::from_millis(30);

    /// What a commit of so many events takes.
    async fn commit(store: &PostgresStore, project_id: i64, id: &str, size: usize) -> Duration {
        let now = SystemClock.now();
        let event = |n| NewEvent {
            message: Some("m".repeat(500)),
            ..NewEvent::new(format!("{id}.{n}"), now, "k".to_owned())
        };
        let events: Vec<PendingEvent> = (0..size).map(|n| event(n).prepare(project_id, false)).collect();
        let started = Instant::now();
        store.append(Arc::new(events), now).await.unwrap();
        started.elapsed()
    }

    fn median(mut took: Vec<Duration>) -> Duration {
        took.sort_unstable();
        took[took.len() / 2]
    }

    /// Nothing is held back on a socket of this machine, and whatever else the
    /// machine has to do makes both wait.
    #[tokio::test]
    async fn commits_do_not_stall_over_tcp() {
        let cluster = cluster::shared();
        let database = cluster.database();
        let by_tcp = PostgresStore::open(&cluster.over_tcp(&database)).await.unwrap();
        let by_socket = PostgresStore::open(&database).await.unwrap();
        let now = SystemClock.now();
        let owner = by_tcp.add_user("a", "", now).await.unwrap();
        let p = by_tcp.add_project(owner, "p", "p", "", now).await.unwrap().id;
        for size in [1, 5, 40] {
            let (mut tcp, mut socket) = (Vec::new(), Vec::new());
            for round in 0..30 {
                let tcp_took = commit(&by_tcp, p, &format!("tcp {size}.{round}"), size).await;
                let socket_took = commit(&by_socket, p, &format!("socket {size}.{round}"), size).await;
                // A new connection is quick in any case.
                if round >= 10 {
                    tcp.push(tcp_took);
                    socket.push(socket_took);
                }
            }
            let (tcp, socket) = (median(tcp), median(socket));
            assert!(
                tcp < socket + QUICK,
                "{size} a commit: {tcp:?} by TCP, {socket:?} without"
            );
        }
    }
}
