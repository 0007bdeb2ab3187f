//! The ids of events, and their keys.

use std::collections::{HashMap, HashSet};

use sqlx::{PgConnection, Row};

use super::append::Keyed;
use crate::ingest::IdHash;
use crate::store::StoreError;

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
            let hash =
                IdHash::try_from(hash).map_err(|_| StoreError::Inconsistent("a hash of another length".into()))?;
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
pub(super) async fn stored_keys(tx: &mut PgConnection, rows: &[Keyed<'_>]) -> Result<Vec<(i64, i64)>, StoreError> {
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
