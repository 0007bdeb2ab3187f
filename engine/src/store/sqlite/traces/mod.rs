//! Traces in SQLite. These reads take tens of thousands of rows at once and
//! go through `rusqlite`, on threads of their own.

mod columns;
mod fold;
mod groups;
mod list;
mod rows;
mod shares;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use eventglass_model::Event;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use super::SqliteStore;
use super::append::{in_transaction, without_waiting};
use crate::ingest::id_hash;
use crate::store::{
    FoldInput, FoldOutput, GroupBucket, GroupBy, GroupTotals, GroupWalk, GroupsFound, ShareRow, StoreError, TraceRows,
    TraceStore, TraceWalk, TracesFound,
};
use crate::traces::TraceState;

pub(super) use fold::{mark, mark_trace_of};

/// Reads of traces at once. Each may take megabytes.
const READS: usize = 3;

/// Connections that read, opened when needed and kept.
#[derive(Clone)]
pub(super) struct TraceReaders {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    room: Arc<Semaphore>,
}

impl TraceReaders {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            idle: Arc::default(),
            room: Arc::new(Semaphore::new(READS)),
        }
    }

    /// Reads in one transaction, on a thread where that may take its time.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let room = Arc::clone(&self.room).acquire_owned().await;
        let (path, idle) = (self.path.clone(), Arc::clone(&self.idle));
        tokio::task::spawn_blocking(move || {
            let _room = room;
            let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match kept {
                Some(connection) => connection,
                None => open(&path)?,
            };
            // A connection whose work has failed is not used again.
            let done = {
                let tx = connection.unchecked_transaction()?;
                let done = work(&tx)?;
                tx.commit()?;
                done
            };
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            Ok(done)
        })
        .await
        .map_err(StoreError::panicked)?
    }

    /// Closes what is open.
    pub(super) fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(super::BUSY)?;
    connection.pragma_update(None, "cache_size", super::READER_CACHE)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

impl SqliteStore {
    /// Writes what can be made again: it need not be on the disk before the next event is.
    async fn write_derived<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.write_beside_events(|connection| {
            without_waiting(connection, |connection| in_transaction(connection, |tx| work(tx)))
        })
        .await
    }

    /// Writes what must be on the disk when it returns.
    async fn write_durable<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.write_beside_events(|connection| in_transaction(connection, |tx| work(tx)))
            .await
    }

    /// Writes on the connection that appends, so that its cache stays good.
    async fn write_beside_events<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        tokio::task::spawn_blocking(move || writer.appender.with_connection(|_, connection| work(connection)))
            .await
            .map_err(StoreError::panicked)?
    }
}

#[async_trait]
impl TraceStore for SqliteStore {
    async fn trace_rows(
        &self,
        project_id: i64,
        trace_id: &str,
        most: usize,
        upto: Option<i64>,
    ) -> Result<TraceRows, StoreError> {
        let trace_id = trace_id.to_owned();
        self.traces
            .read(move |tx| rows::of_trace(tx, project_id, &trace_id, most, upto))
            .await
    }

    async fn trace_events(
        &self,
        project_id: i64,
        trace_id: &str,
        said_in: Option<&[String]>,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let (trace_id, said_in) = (trace_id.to_owned(), said_in.map(<[String]>::to_vec));
        self.traces
            .read(move |tx| rows::events(tx, project_id, &trace_id, said_in.as_deref(), most))
            .await
    }

    async fn trace_grew(&self, project_id: i64, trace_id: &str, after: i64) -> Result<(bool, i64), StoreError> {
        let trace_id = trace_id.to_owned();
        self.traces
            .read(move |tx| rows::grew(tx, project_id, &trace_id, after))
            .await
    }

    async fn projects_to_fold(&self, most: usize) -> Result<Vec<i64>, StoreError> {
        self.traces.read(move |tx| fold::projects(tx, most)).await
    }

    async fn fold_input(&self, project_id: i64, most: usize) -> Result<Option<FoldInput>, StoreError> {
        self.traces.read(move |tx| fold::input(tx, project_id, most)).await
    }

    async fn fold_output(&self, project_id: i64, output: FoldOutput) -> Result<bool, StoreError> {
        self.write_derived(move |tx| fold::output(tx, project_id, &output))
            .await
    }

    async fn mark_traces(&self, project_id: i64, trace_ids: &[String]) -> Result<(), StoreError> {
        let trace_ids = trace_ids.to_vec();
        self.write_durable(move |tx| trace_ids.iter().try_for_each(|trace_id| mark(tx, project_id, trace_id)))
            .await
    }

    async fn traces(&self, project_id: i64, walk: &TraceWalk) -> Result<TracesFound, StoreError> {
        let walk = walk.clone();
        self.traces.read(move |tx| list::find(tx, project_id, &walk)).await
    }

    async fn traces_by_id(&self, project_id: i64, trace_ids: &[String]) -> Result<Vec<TraceState>, StoreError> {
        let trace_ids = trace_ids.to_vec();
        self.traces
            .read(move |tx| list::by_id(tx, project_id, trace_ids.iter().map(String::as_str)))
            .await
    }

    async fn trace_groups(&self, project_id: i64, walk: &GroupWalk) -> Result<GroupsFound, StoreError> {
        let walk = walk.clone();
        self.traces.read(move |tx| groups::find(tx, project_id, &walk)).await
    }

    async fn group_totals(
        &self,
        project_id: i64,
        by: GroupBy,
        id: &str,
        times: (Option<i64>, Option<i64>),
        most: usize,
    ) -> Result<Option<GroupTotals>, StoreError> {
        let id = id.to_owned();
        self.traces
            .read(move |tx| groups::totals(tx, project_id, by, &id, times, most))
            .await
    }

    async fn group_buckets(
        &self,
        project_id: i64,
        by: GroupBy,
        id: &str,
        times: (Option<i64>, Option<i64>),
        bucket_us: i64,
        most: usize,
    ) -> Result<Vec<GroupBucket>, StoreError> {
        let id = id.to_owned();
        self.traces
            .read(move |tx| groups::buckets(tx, project_id, by, &id, times, bucket_us, most))
            .await
    }

    async fn add_share(&self, token_hash: [u8; 32], share: &ShareRow) -> Result<(), StoreError> {
        let share = share.clone();
        self.write_durable(move |tx| shares::add(tx, &token_hash, &share)).await
    }

    async fn shares_of(&self, project_id: i64, trace_id: &str) -> Result<Vec<ShareRow>, StoreError> {
        let hash = id_hash(project_id, trace_id);
        self.traces
            .read(move |tx| shares::of_trace(tx, project_id, &hash))
            .await
    }

    async fn remove_shares(&self, project_id: i64, trace_id: &str, id: Option<&str>) -> Result<u64, StoreError> {
        let (hash, id) = (id_hash(project_id, trace_id), id.map(str::to_owned));
        self.write_durable(move |tx| shares::remove(tx, project_id, &hash, id.as_deref()))
            .await
    }

    async fn share_by_token(&self, token_hash: [u8; 32]) -> Result<Option<ShareRow>, StoreError> {
        self.traces.read(move |tx| shares::by_token(tx, &token_hash)).await
    }
}

/// A number of rows, as SQLite takes it.
fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
