//! Measuring events one by one.

use sqlx::QueryBuilder;

use crate::query::EventSearch;
use crate::rollups::{Ask, ScannedRows};
use crate::store::StoreError;
use crate::store::row::{PAYLOAD, payload};
use crate::store::rollups::{FACTS, SCAN_EVENTS, StoredFacts, number_at};
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::read::push_search;

impl SqliteStore {
    pub(super) async fn scan_rows(
        &self,
        project_id: i64,
        ask: &Ask,
        search: &EventSearch,
        mut scanned: ScannedRows,
    ) -> Result<ScannedRows, StoreError> {
        let columns = match ask.attribute() {
            Some(_) => format!("{FACTS}, {PAYLOAD}"),
            None => FACTS.to_owned(),
        };
        let mut below: Option<i64> = None;
        loop {
            let mut query = QueryBuilder::new("");
            let walk = push_search(&mut query, &columns, project_id, search);
            if let Some(below) = below {
                query.push(format!(" AND {walk} < ")).push_bind(below);
            }
            query
                .push(format!(" ORDER BY {walk} DESC LIMIT "))
                .push_bind(SCAN_EVENTS);
            let rows = query.build().fetch_all(&self.readers).await?;
            for row in &rows {
                if scanned.is_over() {
                    return Ok(scanned);
                }
                let facts = StoredFacts::read(row)?;
                below = Some(facts.key);
                let value = match ask.attribute() {
                    Some(path) => number_at(payload(row)?.attributes.as_deref(), path),
                    None => None,
                };
                scanned.take(ask, &facts.facts(), value);
            }
            if rows.len() < usize::try_from(SCAN_EVENTS).unwrap_or(usize::MAX) {
                return Ok(scanned);
            }
        }
    }
}
