//! Moves an installation from SQLite to Postgres.
//!
//! Every table that both stores have is copied row by row, whatever is in it,
//! found by looking: a table that a migration adds is copied without a word
//! here, and one that only one of the stores has is refused until it is named
//! in [`tables`]. Events go through the canonical event, as the stores keep
//! them differently.
//!
//! A batch and the note of how far the copy is are one transaction of the
//! target, so that a copy that was killed goes on where it was. At the end both
//! sides are read again, and must have the same number of rows and the same sums.

mod event;
mod tables;
mod value;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub(crate) use self::event::{EventRow, values};
pub(crate) use self::tables::{Column, Kind, Table};
pub(crate) use self::value::{Sum, Value};
use crate::store::StoreError;
use crate::store::postgres::transfer::Target;
use crate::store::sqlite::transfer::Source;

/// Rows of a batch, and events of one.
const ROWS: usize = 2_000;
/// What events are called, as a table.
const EVENTS: &str = "events";

/// Told of what is going on.
pub trait Watcher {
    /// Begins a table: its name, what is done with it, and how many rows it has.
    fn begin(&mut self, table: &str, what: Doing, rows: u64);
    /// So many rows more.
    fn advance(&mut self, rows: u64);
    /// The table is done.
    fn end(&mut self);
}

/// What is done with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Its rows are copied.
    Copying,
    /// Both sides are read, one after the other, and compared.
    Comparing,
}

/// A table that was copied, and found to be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// The sum of the hashes of its rows, in hexadecimal.
    pub checksum: String,
}

/// How far a table is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// The key of the last row that was copied.
    pub(crate) after: Option<Vec<Value>>,
    pub(crate) rows: u64,
    pub(crate) done: bool,
}

/// Copies all that is in the SQLite database `from` to the Postgres database of
/// the URL `to`, which is empty or holds the beginning of such a copy. No server
/// may be using either. Reads from SQLite block the thread.
///
/// # Errors
/// When a side is in use or cannot be read or written, when `to` holds
/// something else, and when the sides turn out to differ.
pub async fn copy(from: &Path, to: &str, watcher: &mut dyn Watcher) -> Result<Vec<CopiedTable>, StoreError> {
    let mut source = Source::open(from).await?;
    let mut target = Target::open(to).await?;
    let tables = tables::pair(source.tables().await?, target.tables().await?)?;
    target.begin(&source.fingerprint().await?).await?;

    for (here, there) in &tables {
        let mut mark = target.mark(&here.name).await?;
        watcher.begin(&here.name, Doing::Copying, source.count(&here.name).await?);
        watcher.advance(mark.rows);
        while !mark.done {
            let rows = source.rows(here, mark.after.as_deref(), ROWS).await?;
            advance(&mut mark, here, &rows);
            target.insert(there, &rows, &mark).await?;
            watcher.advance(count(rows.len()));
        }
        watcher.end();
    }
    let mut mark = target.mark(EVENTS).await?;
    watcher.begin(EVENTS, Doing::Copying, source.count(EVENTS).await?);
    watcher.advance(mark.rows);
    while !mark.done {
        let events = source.events(last_key(&mark), ROWS).await?;
        mark.rows += count(events.len());
        mark.done = events.len() < ROWS;
        if let Some(last) = events.last() {
            mark.after = Some(vec![Value::Int(last.key.0)]);
        }
        target.insert_events(&events, &mark).await?;
        watcher.advance(count(events.len()));
    }
    watcher.end();
    target.set_counters(&source.sequences().await?).await?;

    let mut report = Vec::new();
    for (here, there) in &tables {
        watcher.begin(&here.name, Doing::Comparing, 2 * source.count(&here.name).await?);
        let before = source.sum(here, watcher).await?;
        let after = target.sum(there, watcher).await?;
        report.push(same(&here.name, &before, &after)?);
        watcher.end();
    }
    watcher.begin(EVENTS, Doing::Comparing, 2 * source.count(EVENTS).await?);
    let before = source.sum_of_events(watcher).await?;
    let after = target.sum_of_events(watcher).await?;
    report.push(same(EVENTS, &before, &after)?);
    watcher.end();
    target.end().await?;
    Ok(report)
}

impl Source {
    async fn sum(&mut self, table: &Table, watcher: &mut dyn Watcher) -> Result<Sum, StoreError> {
        let (mut sum, mut mark) = (Sum::default(), Mark::default());
        while !mark.done {
            let rows = self.rows(table, mark.after.as_deref(), ROWS).await?;
            advance(&mut mark, table, &rows);
            rows.iter().for_each(|row| sum.add(row));
            watcher.advance(count(rows.len()));
        }
        Ok(sum)
    }

    async fn sum_of_events(&mut self, watcher: &mut dyn Watcher) -> Result<Sum, StoreError> {
        let (mut sum, mut after) = (Sum::default(), None);
        loop {
            let events = self.events(after, ROWS).await?;
            events.iter().for_each(|event| sum.add(&values(event)));
            watcher.advance(count(events.len()));
            match events.last() {
                Some(last) => after = Some(last.key.0),
                None => return Ok(sum),
            }
        }
    }
}

fn advance(mark: &mut Mark, table: &Table, rows: &[Vec<Value>]) {
    mark.rows += count(rows.len());
    mark.done = rows.len() < ROWS;
    if let Some(last) = rows.last() {
        mark.after = Some(table.key_of(last));
    }
}

fn last_key(mark: &Mark) -> Option<i64> {
    match mark.after.as_deref() {
        Some([Value::Int(key)]) => Some(*key),
        _ => None,
    }
}

fn same(table: &str, before: &Sum, after: &Sum) -> Result<CopiedTable, StoreError> {
    if before != after {
        return Err(StoreError::Inconsistent(format!(
            "{table} differs: {} rows with the sum {} here, {} rows with the sum {} there. Was the source used since \
             the copy began? Make the target anew and copy again",
            before.rows(),
            before.hex(),
            after.rows(),
            after.hex()
        )));
    }
    Ok(CopiedTable {
        name: table.to_owned(),
        rows: after.rows(),
        checksum: after.hex(),
    })
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
