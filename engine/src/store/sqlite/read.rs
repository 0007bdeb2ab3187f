//! Reading events.

use async_trait::async_trait;
use eventglass_model::{Event, Severity, Timestamp};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use uuid::Uuid;

use super::append::Appender;
use super::ids::ShortHash;
use super::{SqliteStore, sql};
use crate::ingest::{PendingEvent, PendingPart, id_hash};
use crate::query::PulseSearch;
use crate::store::pattern::contains_pattern;
use crate::store::row;
use crate::store::{
    Appended, EventKey, EventStore, Merged, PulseCounts, SharedVisit, StoreError, Walk, Walked, Written, tail_matches,
};

#[async_trait]
impl EventStore for SqliteStore {
    async fn write(&self, events: std::sync::Arc<Vec<PendingEvent>>, now: Timestamp) -> Result<Written, StoreError> {
        self.flusher.check()?;
        let large = Appender::is_flushed_after(events.len());
        let mut writer = std::sync::Arc::clone(&self.writer).lock_owned().await;
        let appended = tokio::task::spawn_blocking(move || writer.appender.append(&events, now))
            .await
            .map_err(StoreError::panicked)??;
        // What is a repeat may be on its way to the disk: it promises what was written before.
        if large || appended.contains(&Appended::Duplicate) {
            Ok(Written::until(appended, self.flusher.flush()))
        } else {
            Ok(Written::on_disk(appended))
        }
    }

    async fn merge(&self, parts: std::sync::Arc<Vec<PendingPart>>, now: Timestamp) -> Result<Merged, StoreError> {
        self.flusher.check()?;
        let mut writer = std::sync::Arc::clone(&self.writer).lock_owned().await;
        tokio::task::spawn_blocking(move || writer.appender.merge(&parts, now))
            .await
            .map_err(StoreError::panicked)?
    }

    async fn locate(&self, project_id: i64, id: &str) -> Result<Option<EventKey>, StoreError> {
        // Ids in memory are asked before the transaction begins.
        let recent = self.recent.find(ShortHash::of(&id_hash(project_id, id)));
        let mut reader = self.readers.acquire().await?;
        if let Some((key, tail)) = Uuid::parse_str(id).ok().and_then(EventKey::from_id) {
            let hash: Option<Vec<u8>> =
                sqlx::query_scalar("SELECT event_hash FROM events WHERE key = $1 AND project_id = $2")
                    .bind(key.0)
                    .bind(project_id)
                    .fetch_optional(&mut *reader)
                    .await?;
            if hash.is_some_and(|hash| tail_matches(tail, &hash)) {
                return Ok(Some(key));
            }
        }
        key_of(&mut reader, project_id, id, &recent).await
    }

    async fn ends(&self, project_id: i64) -> Result<Option<(EventKey, EventKey)>, StoreError> {
        let end = |order| {
            format!(
                "SELECT key FROM events INDEXED BY events_by_project WHERE project_id = $1 ORDER BY key {order} LIMIT 1"
            )
        };
        let mut tx = self.readers.begin().await?;
        let mut keys = [None, None];
        for (order, key) in ["ASC", "DESC"].into_iter().zip(&mut keys) {
            let mut query = QueryBuilder::<Sqlite>::new(end(order));
            *key = query
                .build_query_scalar()
                .bind(project_id)
                .fetch_optional(&mut *tx)
                .await?;
        }
        let [oldest, newest] = keys.map(|key: Option<i64>| key.map(EventKey));
        Ok(oldest.zip(newest))
    }

    async fn walk(&self, walk: Walk, visitor: SharedVisit) -> Result<Walked, StoreError> {
        self.walkers
            .run(move |connection, abandoned| super::walk::walk(connection, &walk, &visitor, abandoned))
            .await
    }

    async fn event(&self, project_id: i64, id: &str) -> Result<Option<Event>, StoreError> {
        let Some(key) = self.locate(project_id, id).await? else {
            return Ok(None);
        };
        let mut query = QueryBuilder::new(format!("SELECT {} FROM events e WHERE e.key = ", row::WHOLE));
        query
            .push_bind(key.0)
            .push(" AND e.project_id = ")
            .push_bind(project_id);
        let found = query.build().fetch_optional(&self.readers).await?;
        found.as_ref().map(row::event).transpose()
    }

    async fn pulse_search(
        &self,
        project_id: i64,
        search: &PulseSearch,
        count_most: i64,
    ) -> Result<(Vec<Event>, PulseCounts), StoreError> {
        let mut tx = self.readers.begin().await?;
        let total = sqlx::query_scalar("SELECT event_count FROM projects WHERE id = $1")
            .bind(project_id)
            .fetch_one(&mut *tx)
            .await?;
        let mut counting = QueryBuilder::new("SELECT count(*) FROM (");
        push_pulse(&mut counting, "1", project_id, search);
        counting.push(" LIMIT ").push_bind(count_most).push(")");
        let matching = counting.build_query_scalar().fetch_one(&mut *tx).await?;

        let mut query = QueryBuilder::new("");
        let walk = push_pulse(&mut query, row::WHOLE, project_id, search);
        query
            .push(format!(" ORDER BY {walk} DESC LIMIT "))
            .push_bind(search.limit)
            .push(" OFFSET ")
            .push_bind(search.offset);
        let rows = query.build().fetch_all(&mut *tx).await?;
        tx.commit().await?;
        let events = rows.iter().map(row::event).collect::<Result<_, _>>()?;
        Ok((events, PulseCounts { total, matching }))
    }
}

/// The key of the event with this id of the client's. `recent`: where the ids
/// in memory say that it may be.
pub(super) async fn key_of(
    connection: &mut SqliteConnection,
    project_id: i64,
    event_id: &str,
    recent: &[EventKey],
) -> Result<Option<EventKey>, StoreError> {
    let hash = ShortHash::of(&id_hash(project_id, event_id));
    let mut query = QueryBuilder::new(
        "SELECT key FROM events INDEXED BY events_by_key WHERE key IN (SELECT key FROM event_ids WHERE hash = ",
    );
    query.push_bind(hash.bytes().to_vec());
    for key in recent {
        query.push(" UNION ALL SELECT ").push_bind(key.0);
    }
    query.push(") AND project_id = ").push_bind(project_id);
    query.push(" AND event_id = ").push_bind(event_id.to_owned());
    let key: Option<i64> = query.build_query_scalar().fetch_optional(connection).await?;
    Ok(key.map(EventKey))
}

/// Adds `SELECT … FROM … WHERE …` with PulseStream's filters. Gives the name of
/// the key by which it can be walked: the text index sorts everything it finds
/// when it is asked for the table's.
fn push_pulse(query: &mut QueryBuilder<Sqlite>, columns: &str, project_id: i64, search: &PulseSearch) -> &'static str {
    // The older search counts its end in.
    let to = search.end_time.map(|end| end.plus_micros(1));
    let walk = if let Some(narrow) = search.narrow(project_id) {
        query.push(format!(
            "SELECT {columns} FROM event_text t CROSS JOIN events e ON e.key = t.rowid WHERE t.event_text MATCH "
        ));
        query.push_bind(narrow.write(&super::walk::SYNTAX));
        if let Some(from) = search.start_time {
            query.push(" AND t.rowid >= ").push_bind(EventKey::from_time(from).0);
        }
        if let Some(to) = to {
            query.push(" AND t.rowid < ").push_bind(EventKey::before_time(to).0);
        }
        "t.rowid"
    } else {
        query.push(format!(
            "SELECT {columns} FROM events e INDEXED BY events_by_project WHERE 1"
        ));
        "e.key"
    };
    query.push(" AND e.project_id = ").push_bind(project_id);
    sql::push_times(query, search.start_time, to);
    sql::push_any_of(query, "e.kind", search.event_type.as_slice());
    sql::push_any_of(query, "e.severity", search.severity.map(Severity::code).as_slice());
    sql::push_any_of(query, "e.endpoint", search.endpoint.as_slice());
    sql::push_any_of(query, "e.status_code", search.status_code.as_slice());
    sql::push_any_of(query, "e.user_id", search.user_id.as_slice());
    if let Some(service) = &search.service {
        query
            .push(" AND e.service LIKE ")
            .push_bind(contains_pattern(service))
            .push(" ESCAPE '\\'");
    }
    walk
}
