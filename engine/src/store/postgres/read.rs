//! Reading events.

use std::sync::Arc;

use async_trait::async_trait;
use eventglass_model::{Event, Severity, Timestamp};
use sqlx::{Postgres, QueryBuilder};

use super::bounded::Bounded;
use uuid::Uuid;

use super::append::Appender;
use super::encode::stored;
use super::{PostgresStore, days, in_order, sql};
use crate::ingest::{PendingEvent, PendingPart, id_hash};
use crate::query::PulseSearch;
use crate::store::pattern::contains_pattern;
use crate::store::row::{self, Columns};
use crate::store::{
    EventKey, EventStore, Merged, PulseCounts, SharedVisit, StoreError, Walk, Walked, Written, tail_matches,
};

impl PostgresStore {
    fn appender(&self, pool: &Bounded) -> Appender {
        Appender {
            pool: pool.clone(),
            partitions: Arc::clone(&self.partitions),
            arrivals: Arc::clone(&self.arrivals),
        }
    }
}

#[async_trait]
impl EventStore for PostgresStore {
    async fn write(&self, events: Arc<Vec<PendingEvent>>, now: Timestamp) -> Result<Written, StoreError> {
        // A task of its own: who waits for it may give up, the commit does not.
        let (appender, writing) = (self.appender(&self.groups), Arc::clone(&self.writing));
        let append = async move {
            let connection = appender.pool.acquire().await?;
            let _underway = writing.begin();
            appender.append(connection, &events, now).await
        };
        let appended = tokio::spawn(append).await.map_err(StoreError::panicked)??;
        Ok(Written::on_disk(appended))
    }

    async fn merge(&self, parts: Arc<Vec<PendingPart>>, now: Timestamp) -> Result<Merged, StoreError> {
        let appender = self.appender(&self.writers);
        tokio::spawn(async move { appender.merge(&parts, now).await })
            .await
            .map_err(StoreError::panicked)?
    }

    async fn locate(&self, project_id: i64, id: &str) -> Result<Option<EventKey>, StoreError> {
        let mut reader = self.readers.begin().await?;
        if let Some((key, tail)) = Uuid::parse_str(id).ok().and_then(EventKey::from_id) {
            let mut query = select("e.event_hash", project_id);
            query.push(" AND e.key = ").push_bind(key.0);
            let found = query.build().fetch_optional(&mut *reader).await?;
            if let Some(found) = found
                && tail_matches(tail, &found.bytes("event_hash")?)
            {
                return Ok(Some(key));
            }
        }
        // First its key, by which Postgres knows the day.
        let key: Option<i64> =
            sqlx::query_scalar("SELECT key FROM event_ids WHERE project_id = $1 AND event_hash = $2")
                .bind(project_id)
                .bind(id_hash(project_id, id).to_vec())
                .fetch_optional(&mut *reader)
                .await?;
        let Some(key) = key else { return Ok(None) };
        let mut query = select("e.key", project_id);
        query.push(" AND e.key = ").push_bind(key);
        query.push(" AND e.event_id = ").push_bind(stored(id).into_owned());
        let found = query.build().fetch_optional(&mut *reader).await?;
        found.as_ref().map(row::key).transpose()
    }

    async fn ends(&self, project_id: i64) -> Result<Option<(EventKey, EventKey)>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let ends = days::ends(&mut tx, &self.partitions, project_id).await?;
        tx.commit().await?;
        Ok(ends)
    }

    async fn walk(&self, walk: Walk, visitor: SharedVisit) -> Result<Walked, StoreError> {
        self.walk_through(walk, &visitor).await
    }

    async fn event(&self, project_id: i64, id: &str) -> Result<Option<Event>, StoreError> {
        let Some(key) = self.locate(project_id, id).await? else {
            return Ok(None);
        };
        let mut query = select(row::WHOLE, project_id);
        query.push(" AND e.key = ").push_bind(key.0);
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
        let total: i64 = sqlx::query_scalar("SELECT event_count FROM projects WHERE id = $1")
            .bind(project_id)
            .fetch_one(&mut *tx)
            .await?;
        let mut counting = QueryBuilder::new("SELECT count(*) FROM (");
        push_pulse(&mut counting, "1", project_id, search);
        counting.push(" LIMIT ").push_bind(count_most).push(") counted");
        let matching: i64 = counting.build_query_scalar().fetch_one(&mut *tx).await?;
        // Few are quickly sorted; of many, the first are soon met.
        if i128::from(search.offset.saturating_add(search.limit)) * i128::from(total)
            < i128::from(matching) * i128::from(matching)
        {
            in_order::plan(&mut tx).await?;
        }

        let mut query = QueryBuilder::new("");
        push_pulse(&mut query, row::WHOLE, project_id, search);
        query
            .push(" ORDER BY e.key DESC LIMIT ")
            .push_bind(search.limit)
            .push(" OFFSET ")
            .push_bind(search.offset);
        let rows = query.build().fetch_all(&mut *tx).await?;
        tx.commit().await?;
        let events = rows.iter().map(row::event).collect::<Result<_, _>>()?;
        Ok((events, PulseCounts { total, matching }))
    }
}

fn select(columns: &str, project_id: i64) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new("");
    push_select(&mut query, columns, project_id);
    query
}

fn push_select(query: &mut QueryBuilder<Postgres>, columns: &str, project_id: i64) {
    query
        .push(format!("SELECT {columns} FROM events e WHERE e.project_id = "))
        .push_bind(project_id);
}

/// Adds `SELECT … FROM … WHERE …` with PulseStream's filters.
fn push_pulse(query: &mut QueryBuilder<Postgres>, columns: &str, project_id: i64, search: &PulseSearch) {
    push_select(query, columns, project_id);
    sql::push_words(
        query,
        search
            .narrow(project_id)
            .map(|narrow| narrow.write(&super::walk::SYNTAX)),
    );
    // The older search counts its end in.
    let to = search.end_time.map(|end| end.plus_micros(1));
    sql::push_times(query, search.start_time, to);
    sql::push_any_of(query, "e.kind", &sql::texts(&search.event_type));
    sql::push_any_of(query, "e.severity", search.severity.map(Severity::code).as_slice());
    sql::push_any_of(query, "e.endpoint", &sql::texts(&search.endpoint));
    sql::push_any_of(query, "e.status_code", search.status_code.as_slice());
    sql::push_any_of(query, "e.user_id", &sql::texts(&search.user_id));
    if let Some(service) = &search.service {
        sql::push_contains(query, " AND", "service", contains_pattern(&stored(service)));
    }
}
