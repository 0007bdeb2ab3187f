//! Writing deltas, within whatever transaction changes events.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use sqlx::SqliteConnection;

use super::Rollups;
use crate::store::StoreError;
use crate::store::rollups::{Build, Change, FACTS, StoredFacts};

const INSERT: &str = "INSERT INTO rollup_deltas (number, project_id, data) VALUES (?1, ?2, ?3)";
const BUILD: &str = "SELECT through, next_key, family FROM rollup_builds WHERE project_id = ?1";

/// Deltas that a transaction has written. When it is durable,
/// [`Self::committed`] must be called; not before, and by whoever is still
/// alone in writing. When it is not called, nobody knows whether they are
/// stored, and all that waits is read anew before the next fold.
#[must_use]
#[derive(Default)]
pub(in crate::store::sqlite) struct Deltas {
    rollups: Option<Arc<Rollups>>,
    written: Vec<(i64, i64, Vec<u8>)>,
}

impl Drop for Deltas {
    fn drop(&mut self) {
        if let (Some(rollups), false) = (&self.rollups, self.written.is_empty()) {
            rollups.damage();
        }
    }
}

impl Deltas {
    /// Writes the blobs of a commit, through rusqlite.
    pub(in crate::store::sqlite) fn write(
        tx: &Connection,
        rollups: &Arc<Rollups>,
        blobs: Vec<(i64, Vec<u8>)>,
    ) -> Result<Self, StoreError> {
        let mut deltas = Self::of(rollups);
        for (project_id, blob) in blobs {
            let number = rollups.live.next_number();
            tx.prepare_cached(INSERT)?.execute((number, project_id, &blob))?;
            deltas.written.push((number, project_id, blob));
        }
        Ok(deltas)
    }

    /// The same through sqlx.
    pub(in crate::store::sqlite) async fn write_with(
        tx: &mut SqliteConnection,
        rollups: &Arc<Rollups>,
        blobs: Vec<(i64, Vec<u8>)>,
    ) -> Result<Self, StoreError> {
        let mut deltas = Self::of(rollups);
        for (project_id, blob) in blobs {
            let number = rollups.live.next_number();
            let insert = sqlx::query(INSERT).bind(number).bind(project_id).bind(blob.clone());
            insert.execute(&mut *tx).await?;
            deltas.written.push((number, project_id, blob));
        }
        Ok(deltas)
    }

    /// Adds those of another part of the same transaction.
    pub(in crate::store::sqlite) fn extend(&mut self, mut other: Self) {
        self.rollups = self.rollups.take().or_else(|| other.rollups.clone());
        self.written.append(&mut other.written);
    }

    fn of(rollups: &Arc<Rollups>) -> Self {
        Self {
            rollups: Some(Arc::clone(rollups)),
            written: Vec::new(),
        }
    }

    /// Lets readers see them.
    pub(in crate::store::sqlite) fn committed(mut self) {
        let Some(rollups) = &self.rollups else { return };
        for (number, project_id, blob) in self.written.drain(..) {
            rollups.live.push(number, project_id, blob);
        }
    }
}

/// The rebuild that a project is in.
pub(in crate::store::sqlite) fn build_of(tx: &Connection, project_id: i64) -> Result<Option<Build>, StoreError> {
    let mut statement = tx.prepare_cached(BUILD)?;
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let build = statement.query_row([project_id], row).optional()?;
    build.map(Build::from_row).transpose()
}

/// An event as it is counted, before or after a change.
pub(in crate::store::sqlite) fn stored_facts(tx: &Connection, key: i64) -> Result<Option<StoredFacts>, StoreError> {
    let mut statement = tx.prepare_cached(&format!("SELECT {FACTS} FROM events e WHERE e.key = ?1"))?;
    let mut rows = statement.query([key])?;
    rows.next()?.map(StoredFacts::read).transpose()
}

/// Writes what changes of rows of `events` mean, in the transaction that makes
/// them, through sqlx: one delta for all of them. Exact for counts, sums and
/// percentiles; distinct users only grow. For whatever changes, removes or
/// prices again an event that is stored: read the row before and after with
/// [`stored_facts_with`], hand all over at once, commit, then [`Deltas::committed`].
pub(in crate::store::sqlite) async fn changed(
    tx: &mut SqliteConnection,
    rollups: &Arc<Rollups>,
    project_id: i64,
    changes: &[Change],
) -> Result<Deltas, StoreError> {
    let build = sqlx::query_as(BUILD).bind(project_id).fetch_optional(&mut *tx).await?;
    let build = build.map(Build::from_row).transpose()?;
    let blobs = crate::store::rollups::changed(project_id, build, changes);
    Deltas::write_with(tx, rollups, blobs).await
}

/// As [`stored_facts`], through sqlx.
pub(in crate::store::sqlite) async fn stored_facts_with(
    tx: &mut SqliteConnection,
    key: i64,
) -> Result<Option<StoredFacts>, StoreError> {
    let query = format!("SELECT {FACTS} FROM events e WHERE e.key = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(key)
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(StoredFacts::read).transpose()
}
