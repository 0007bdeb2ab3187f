//! Links that need no login.

use eventglass_model::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::ingest::{IdHash, id_hash};
use crate::store::{ShareRow, StoreError};

const COLUMNS: &str = "id, project_id, trace_id, created_at, created_by";

pub(super) fn add(tx: &Connection, token_hash: &[u8], share: &ShareRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO trace_shares (token_hash, project_id, trace_hash, trace_id, id, created_at, created_by) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            token_hash,
            share.project_id,
            id_hash(share.project_id, &share.trace_id),
            &share.trace_id,
            &share.id,
            share.created_at.micros(),
            &share.created_by,
        ),
    )?;
    Ok(())
}

pub(super) fn of_trace(tx: &Connection, project_id: i64, hash: &IdHash) -> Result<Vec<ShareRow>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM trace_shares WHERE project_id = ?1 AND trace_hash = ?2 \
         ORDER BY created_at DESC, id LIMIT 100"
    ))?;
    let shares = statement.query_map((project_id, hash), share)?;
    Ok(shares.collect::<Result<_, _>>()?)
}

pub(super) fn remove(tx: &Connection, project_id: i64, hash: &IdHash, id: Option<&str>) -> Result<u64, StoreError> {
    let removed = tx.execute(
        "DELETE FROM trace_shares WHERE project_id = ?1 AND trace_hash = ?2 AND (?3 IS NULL OR id = ?3)",
        (project_id, hash, id),
    )?;
    Ok(removed as u64)
}

pub(super) fn by_token(tx: &Connection, token_hash: &[u8]) -> Result<Option<ShareRow>, StoreError> {
    let found = tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM trace_shares WHERE token_hash = ?1"))?
        .query_row([token_hash], share)
        .optional()?;
    Ok(found)
}

fn share(row: &Row<'_>) -> rusqlite::Result<ShareRow> {
    Ok(ShareRow {
        id: row.get(0)?,
        project_id: row.get(1)?,
        trace_id: row.get(2)?,
        created_at: Timestamp::from_micros(row.get(3)?),
        created_by: row.get(4)?,
    })
}
