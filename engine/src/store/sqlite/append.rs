//! Writing events: one group, one transaction, one sync.
//!
//! This path speaks to SQLite through `rusqlite`, on a thread of its own:
//! values are bound where they lie, and nothing waits for a channel between
//! two statements, which is a third of the time of a commit.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use eventglass_model::Timestamp;
use rusqlite::{CachedStatement, Connection, OpenFlags, Statement, ToSql, Transaction, TransactionBehavior};

use super::ids::{Entry, IdLog, Lookup, RecentIds, ShortHash, Step};
use super::rollups::{Deltas, Rollups};
use super::sql;
use crate::guard::Month;
use crate::ingest::{IdHash, PendingEvent};
use crate::rollups::{DeltaBuilder, Facts};
use crate::store::row::INSERT_COLUMNS;
use crate::store::{Appended, EventKey, StoreError};

/// How long a commit waits for another program that holds the file.
const BUSY: Duration = Duration::from_millis(500);
/// So many events take longer to add up than a thread to start (some 30 µs).
const WORTH_A_THREAD: usize = 50;
/// So many events take longer to write than the disk takes to flush them.
const WORTH_A_FLUSH_OF_ITS_OWN: usize = 64;
/// Inserts one row. Of many at once, SQLite would keep a copy of every page it
/// touches, to take them back together; one at a time is a fifth faster.
static INSERT_EVENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO events ({}) VALUES ({}) ON CONFLICT DO NOTHING",
        INSERT_COLUMNS.join(", "),
        sql::placeholders(INSERT_COLUMNS.len())
    )
});

/// The one connection that appends, and what it remembers between commits.
pub(super) struct Appender {
    path: PathBuf,
    identity: Identity,
    /// `None` after a failure: the next append opens the file anew.
    connection: Option<Connection>,
    /// Numbers events in the order of arrival; see [`crate::store::EventKey`].
    arrivals: u64,
    /// `received_at` of the last commit, in microseconds.
    last_commit: i64,
    ids: IdLog,
    rollups: Arc<Rollups>,
}

impl Appender {
    /// Opens the file, which exists and has its schema.
    pub(super) fn open(path: &Path, recent: RecentIds) -> Result<Self, StoreError> {
        let connection = open(path)?;
        let ids = IdLog::load(&connection, recent)?;
        let rollups = Arc::new(Rollups::load(path, &connection)?);
        let last_commit: Option<i64> =
            connection.query_row("SELECT max(last_event_at) FROM projects", [], |row| row.get(0))?;
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).map_err(|e| StoreError::Inconsistent(format!("no randomness: {e}")))?;
        Ok(Self {
            path: path.to_owned(),
            identity: Identity::of(path)?,
            connection: Some(connection),
            arrivals: u64::from_le_bytes(seed) >> 8,
            last_commit: last_commit.unwrap_or(0),
            ids,
            rollups,
        })
    }

    /// See [`crate::store::EventStore::append`].
    /// What is worth it is not on disk yet ([`Self::is_flushed_after`]).
    pub(super) fn append(&mut self, events: &[PendingEvent], now: Timestamp) -> Result<Vec<Appended>, StoreError> {
        self.with_connection(|appender, connection| {
            if Self::is_flushed_after(events.len()) {
                without_waiting(connection, |connection| appender.write(connection, events, now))
            } else {
                appender.write(connection, events, now)
            }
        })
    }

    /// Whether a group of so many events is put on disk beside the next one. The
    /// disk costs a small group less than a commit does, and those that come
    /// while a small one waits for it share the next.
    pub(super) const fn is_flushed_after(events: usize) -> bool {
        events >= WORTH_A_FLUSH_OF_ITS_OWN
    }

    /// Lends the connection, which is opened anew after a failure.
    pub(super) fn with_connection<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if Identity::of(&self.path)? != self.identity {
            // Writing on would fill a file that nobody can find any more.
            return Err(StoreError::Inconsistent(format!(
                "{} is another file than the one that was opened",
                self.path.display()
            )));
        }
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let connection = open(&self.path)?;
                self.ids = IdLog::load(&connection, self.ids.recent().clone())?;
                connection
            }
        };
        let done = work(self, &mut connection)?;
        self.connection = Some(connection);
        Ok(done)
    }

    /// `received_at` of the next commit: always rising.
    pub(super) fn next_commit(&self, now: Timestamp) -> i64 {
        now.micros().max(self.last_commit + 1)
    }

    /// That commit has succeeded, and has written these ids.
    pub(super) fn committed(&mut self, received_at: i64, ids: &[Entry], step: &Step) {
        self.last_commit = received_at;
        self.ids.committed(step, ids);
    }

    /// The ids of what is stored.
    pub(super) const fn ids(&self) -> &IdLog {
        &self.ids
    }

    /// What is added up.
    pub(super) const fn rollups(&self) -> &Arc<Rollups> {
        &self.rollups
    }

    /// A key for the next event to arrive.
    pub(super) fn key(&mut self, time: Timestamp) -> EventKey {
        self.arrivals += 1;
        EventKey::new(time, self.arrivals)
    }

    /// The number of the last arrival.
    pub(super) const fn arrivals_mut(&mut self) -> &mut u64 {
        &mut self.arrivals
    }

    /// The places of events and their keys, in the order of those: the table and
    /// the text index are both cheapest to write forwards. Of several events with
    /// one id only the first in the group has one.
    fn places_in_order(&mut self, events: &[PendingEvent]) -> Vec<(usize, EventKey)> {
        let mut seen: HashSet<(i64, &IdHash), foldhash::fast::RandomState> =
            HashSet::with_capacity_and_hasher(events.len(), foldhash::fast::RandomState::default());
        let mut places = Vec::with_capacity(events.len());
        for (place, event) in events.iter().enumerate() {
            if seen.insert((event.project_id, &event.event_hash)) {
                places.push((place, self.key(event.event.time)));
            }
        }
        places.sort_by_key(|(_, key)| *key);
        places
    }

    /// Adds up the events beside inserting them, where they are worth a thread:
    /// all appending goes through this one, and what it need not do itself it
    /// leaves to another core.
    fn write(
        &mut self,
        connection: &mut Connection,
        events: &[PendingEvent],
        now: Timestamp,
    ) -> Result<Vec<Appended>, StoreError> {
        std::thread::scope(|scope| {
            let beside = || std::thread::Builder::new().spawn_scoped(scope, || sums(events.iter()));
            // Where there is no thread to be had, they are added up afterwards.
            let sums_if_all_new = (events.len() >= WORTH_A_THREAD).then(beside).and_then(Result::ok);
            self.write_beside(connection, events, now, sums_if_all_new)
        })
    }

    fn write_beside(
        &mut self,
        connection: &mut Connection,
        events: &[PendingEvent],
        now: Timestamp,
        sums_if_all_new: Option<ScopedJoinHandle<'_, Sums>>,
    ) -> Result<Vec<Appended>, StoreError> {
        let started = Instant::now();
        let received_at = self.next_commit(now);
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut outcomes = vec![Appended::Duplicate; events.len()];
        let mut rows = Vec::with_capacity(events.len());
        let mut insert = Insert::new(&tx, self.ids.recent().clone(), received_at)?;
        for (place, key) in self.places_in_order(events) {
            let (Some(event), Some(outcome)) = (events.get(place), outcomes.get_mut(place)) else {
                continue;
            };
            if let Some(key) = insert.event(key, event, &mut self.arrivals)? {
                *outcome = Appended::New;
                rows.push((key, event));
            }
        }
        drop(insert);
        let ids: Vec<Entry> = rows
            .iter()
            .map(|(key, row)| (ShortHash::of(&row.event_hash), *key))
            .collect();
        let step = self.ids.write(&tx, &ids)?;
        // An event whose key was taken has another one now.
        rows.sort_by_key(|(key, _)| *key);
        let inserted = Instant::now();
        insert_texts(&tx, &rows)?;
        note_unacknowledged(&tx, &rows, received_at)?;
        count_events(&tx, &rows, received_at, now)?;
        let added_up = sums_if_all_new.filter(|_| rows.len() == events.len());
        let sums = match added_up.map(ScopedJoinHandle::join) {
            Some(Ok(sums)) => sums,
            Some(Err(_)) | None => sums(rows.iter().map(|(_, row)| *row)),
        };
        let deltas = Deltas::write(&tx, &self.rollups, sums)?;
        let indexed = Instant::now();
        tx.commit()?;

        self.committed(received_at, &ids, &step);
        deltas.committed();
        for (stage, from, to) in [("insert", started, inserted), ("text", inserted, indexed)] {
            metrics::histogram!("eventglass_stage_seconds", "stage" => stage)
                .record(to.duration_since(from).as_secs_f64());
        }
        metrics::histogram!("eventglass_stage_seconds", "stage" => "sync").record(indexed.elapsed().as_secs_f64());
        Ok(outcomes)
    }
}

/// Which file it is, by whatever name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity(u64, u64);

impl Identity {
    fn of(path: &Path) -> Result<Self, StoreError> {
        let metadata =
            std::fs::metadata(path).map_err(|e| StoreError::Inconsistent(format!("{}: {e}", path.display())))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Ok(Self(metadata.dev(), metadata.ino()))
        }
        #[cfg(not(unix))]
        {
            drop(metadata);
            Ok(Self(0, 0))
        }
    }
}

/// Opens the file for appending. It must be there: a missing file is a
/// failure, not a new installation.
fn open(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    for (name, value) in [
        ("synchronous", "FULL"),
        ("foreign_keys", "ON"),
        ("temp_store", "memory"),
        ("cache_size", super::WRITER_CACHE),
        ("wal_autocheckpoint", "0"),
    ] {
        connection.pragma_update(None, name, value)?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Commits to the log without waiting until that is on disk; whatever is to be
/// acknowledged waits for [`super::flush::Flusher::flush`] afterwards. A failure on the
/// way closes the connection, so that it is not left like this.
pub(super) fn without_waiting<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let done = work(connection)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(done)
}

/// Does some work as one transaction.
pub(super) fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&tx)?;
    tx.commit()?;
    Ok(done)
}

/// Inserts events, one after the other.
pub(super) struct Insert<'tx> {
    statement: CachedStatement<'tx>,
    stored: Lookup<'tx>,
    recent: RecentIds,
    received_at: i64,
}

impl<'tx> Insert<'tx> {
    pub(super) fn new(tx: &'tx Connection, recent: RecentIds, received_at: i64) -> Result<Self, StoreError> {
        Ok(Self {
            statement: tx.prepare_cached(&INSERT_EVENT)?,
            stored: Lookup::new(tx)?,
            recent,
            received_at,
        })
    }

    /// Inserts an event, under another key where this one is taken, and gives
    /// the key; `None` when its id is stored already.
    pub(super) fn event(
        &mut self,
        key: EventKey,
        row: &PendingEvent,
        arrivals: &mut u64,
    ) -> Result<Option<EventKey>, StoreError> {
        let id = &row.event.event_id;
        if self
            .stored
            .key(&self.recent, row.project_id, id, &row.event_hash)?
            .is_some()
        {
            return Ok(None);
        }
        let mut key = key;
        while !self.insert(key, row)? {
            *arrivals += 1;
            key = EventKey::elsewhere(row.event.time, *arrivals);
        }
        Ok(Some(key))
    }

    fn insert(&mut self, key: EventKey, row: &PendingEvent) -> Result<bool, StoreError> {
        let mut binder = Binder::new(&mut self.statement);
        bind_event(&mut binder, key, row, self.received_at)?;
        Ok(self.statement.raw_execute()? == 1)
    }
}

/// A blob for each project.
type Sums = Vec<(i64, Vec<u8>)>;

/// What new events add up to.
fn sums<'a>(rows: impl Iterator<Item = &'a PendingEvent>) -> Sums {
    let mut delta = DeltaBuilder::default();
    for row in rows {
        delta.add(row.project_id, &Facts::from(&row.event));
    }
    delta.finish()
}

pub(super) fn insert_texts(tx: &Transaction<'_>, rows: &[(EventKey, &PendingEvent)]) -> Result<(), StoreError> {
    let mut insert = tx.prepare_cached("INSERT INTO event_text (rowid, text) VALUES (?1, ?2)")?;
    for (key, row) in rows {
        insert.execute((key.0, row.text.as_str()))?;
    }
    Ok(())
}

fn note_unacknowledged(
    tx: &Transaction<'_>,
    rows: &[(EventKey, &PendingEvent)],
    received_at: i64,
) -> Result<(), StoreError> {
    for (_, row) in rows.iter().filter(|(_, row)| row.await_ack) {
        tx.prepare_cached("INSERT INTO unacknowledged (event_hash, since) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute((&row.event_hash[..], received_at))?;
    }
    Ok(())
}

pub(super) fn count_events(
    tx: &Transaction<'_>,
    rows: &[(EventKey, &PendingEvent)],
    received_at: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut by_project: BTreeMap<i64, i64> = BTreeMap::new();
    for (_, row) in rows {
        *by_project.entry(row.project_id).or_default() += 1;
    }
    let mut count_up =
        tx.prepare_cached("UPDATE projects SET event_count = event_count + ?1, last_event_at = ?2 WHERE id = ?3")?;
    let mut use_up = tx.prepare_cached(
        "INSERT INTO usage (project_id, month, events) VALUES (?1, ?2, ?3) \
         ON CONFLICT DO UPDATE SET events = events + excluded.events",
    )?;
    let month = Month::of(now).number();
    for (project_id, count) in by_project {
        count_up.execute((count, received_at, project_id))?;
        use_up.execute((project_id, month, count))?;
    }
    Ok(())
}

/// Binds values one after the other.
struct Binder<'s, 'c> {
    statement: &'s mut Statement<'c>,
    next: usize,
}

impl<'s, 'c> Binder<'s, 'c> {
    fn new(statement: &'s mut Statement<'c>) -> Self {
        Self { statement, next: 1 }
    }

    fn bind(&mut self, value: impl ToSql) -> Result<(), StoreError> {
        self.statement.raw_bind_parameter(self.next, value)?;
        self.next += 1;
        Ok(())
    }
}

/// Binds one row, in the order of [`INSERT_COLUMNS`].
fn bind_event(
    binder: &mut Binder<'_, '_>,
    key: EventKey,
    row: &PendingEvent,
    received_at: i64,
) -> Result<(), StoreError> {
    let event = &row.event;
    let tokens = event
        .tokens
        .as_ref()
        .and_then(|tokens| serde_json::to_string(tokens).ok());
    binder.bind(key.0)?;
    binder.bind(row.project_id)?;
    binder.bind(event.event_id.as_str())?;
    binder.bind(row.event_hash.as_slice())?;
    binder.bind(event.time.micros())?;
    binder.bind(received_at)?;
    binder.bind(event.kind.as_str())?;
    binder.bind(event.name.as_deref())?;
    binder.bind(event.message.as_deref())?;
    binder.bind(event.severity.code())?;
    binder.bind(event.status.code())?;
    binder.bind(event.service.as_deref())?;
    binder.bind(event.endpoint.as_deref())?;
    binder.bind(event.method.as_deref())?;
    binder.bind(event.version.as_deref())?;
    binder.bind(event.environment.as_deref())?;
    binder.bind(event.topic.as_deref())?;
    binder.bind(event.user_id.as_deref())?;
    binder.bind(event.session_id.as_deref())?;
    binder.bind(event.request_id.as_deref())?;
    binder.bind(event.trace_id.as_deref())?;
    binder.bind(event.span_id.as_deref())?;
    binder.bind(event.parent_span_id.as_deref())?;
    binder.bind(event.duration_us)?;
    binder.bind(event.status_code)?;
    binder.bind(event.provider.as_deref())?;
    binder.bind(event.model.as_deref())?;
    binder.bind(tokens)?;
    binder.bind(event.cost_nano_usd)?;
    binder.bind(event.cost_source.map(eventglass_model::CostSource::code))?;
    binder.bind(event.country.as_deref())?;
    binder.bind(event.city.as_deref())?;
    binder.bind(event.region.as_deref())?;
    binder.bind(event.device.as_deref())?;
    binder.bind(row.payload.as_deref())?;
    Ok(())
}
