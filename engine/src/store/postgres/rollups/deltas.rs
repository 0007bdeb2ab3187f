//! Writing deltas, within whatever transaction changes events. That holds the
//! rows of its projects, so that nobody else writes theirs.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use crate::store::StoreError;
use crate::store::rollups::{Build, Change, FACTS, StoredFacts};

/// Writes the blobs of a transaction, at most one for each project.
pub(in crate::store::postgres) async fn write(
    tx: &mut PgConnection,
    blobs: Vec<(i64, Vec<u8>)>,
) -> Result<(), StoreError> {
    if blobs.is_empty() {
        return Ok(());
    }
    let (projects, data): (Vec<i64>, Vec<Vec<u8>>) = blobs.into_iter().unzip();
    sqlx::query(
        "INSERT INTO rollup_deltas (project_id, number, data) \
         SELECT id, 1 + coalesce((SELECT max(d.number) FROM rollup_deltas d WHERE d.project_id = n.id), 0), data \
         FROM UNNEST($1::bigint[], $2::bytea[]) AS n (id, data)",
    )
    .bind(projects)
    .bind(data)
    .execute(tx)
    .await?;
    Ok(())
}

/// An event as it is counted, before or after a change.
pub(in crate::store::postgres) async fn stored_facts(
    tx: &mut PgConnection,
    project_id: i64,
    key: i64,
) -> Result<Option<StoredFacts>, StoreError> {
    let query = format!("SELECT {FACTS} FROM events e WHERE e.project_id = $1 AND e.key = $2");
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(project_id)
        .bind(key)
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(StoredFacts::read).transpose()
}

/// Events as they are counted, by their keys; those that are not there are left out.
pub(in crate::store::postgres) async fn facts_of(
    tx: &mut PgConnection,
    project_id: i64,
    keys: &[i64],
) -> Result<BTreeMap<i64, StoredFacts>, StoreError> {
    let (Some(first), Some(last)) = (keys.iter().min(), keys.iter().max()) else {
        return Ok(BTreeMap::new());
    };
    // The bounds leave all other days aside.
    let query = format!(
        "SELECT {FACTS} FROM events e WHERE e.project_id = $1 AND e.key >= $2 AND e.key <= $3 AND e.key = ANY($4)"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(project_id)
        .bind(first)
        .bind(last)
        .bind(keys)
        .fetch_all(tx)
        .await?;
    rows.iter()
        .map(|row| StoredFacts::read(row).map(|facts| (facts.key, facts)))
        .collect()
}

/// What changes of rows of `events` mean: blobs for [`write`], in the
/// transaction that makes them and that holds the project's row. Exact for counts, sums and percentiles; distinct users only grow. For
/// whatever changes, removes or prices again an event that is stored: read the
/// row before and after with [`stored_facts`], and hand all over at once.
pub(in crate::store::postgres) async fn changed(
    tx: &mut PgConnection,
    project_id: i64,
    changes: &[Change],
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let build = sqlx::query_as("SELECT through, next_key, family FROM rollup_builds WHERE project_id = $1")
        .bind(project_id)
        .fetch_optional(tx)
        .await?;
    let build = build.map(Build::from_row).transpose()?;
    Ok(crate::store::rollups::changed(project_id, build, changes))
}
