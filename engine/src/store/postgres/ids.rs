//! The ids of events, and their keys.

use std::collections::{BTreeMap, HashMap, HashSet};

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::append::Keyed;
use super::partitions::{Going, name_of};
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
        .map(|row| Ok((row.try_get(0)?, hash_of(row.try_get(1)?)?)))
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

/// The keys of those ids that are stored.
pub(super) async fn keys_of_ids(
    tx: &mut PgConnection,
    ids: &[(i64, IdHash)],
) -> Result<HashMap<(i64, IdHash), i64>, StoreError> {
    let (projects, hashes): (Vec<i64>, Vec<Vec<u8>>) = ids.iter().map(|(p, hash)| (*p, hash.to_vec())).unzip();
    let found: Vec<(i64, Vec<u8>, i64)> = sqlx::query_as(
        "SELECT i.project_id, i.event_hash, i.key FROM UNNEST($1::bigint[], $2::bytea[]) AS n (project_id, hash) \
         JOIN event_ids i ON i.project_id = n.project_id AND i.event_hash = n.hash",
    )
    .bind(projects)
    .bind(hashes)
    .fetch_all(tx)
    .await?;
    found
        .into_iter()
        .map(|(project_id, hash, key)| Ok(((project_id, hash_of(hash)?), key)))
        .collect()
}

/// A hash as it is stored.
pub(super) fn hash_of(bytes: Vec<u8>) -> Result<IdHash, StoreError> {
    IdHash::try_from(bytes).map_err(|_| StoreError::Inconsistent("a hash of another length".into()))
}

/// The rows' keys that stored events have.
pub(super) async fn stored_keys(
    tx: &mut PgConnection,
    rows: &[Keyed<'_>],
    going: &Going,
) -> Result<Vec<(i64, i64)>, StoreError> {
    // What goes is no part of the table any more.
    let mut by_place: BTreeMap<(Option<i64>, i64), Vec<i64>> = BTreeMap::new();
    for (key, row) in rows {
        by_place
            .entry((going.day(*key), row.project_id))
            .or_default()
            .push(key.0);
    }
    let mut stored = Vec::new();
    for ((day, project_id), keys) in by_place {
        let table = day.map_or_else(|| "events".to_owned(), name_of);
        // The bounds leave all days aside in which there is nothing to look up.
        let found: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT key FROM {table} WHERE project_id = $1 AND key >= $2 AND key <= $3 AND key = ANY($4)"
        )))
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
