//! Reading events.

use std::sync::Arc;

use async_trait::async_trait;
use eventglass_model::{Event, EventPage, EventSummary, Facets, Severity, Timestamp};
use sqlx::{PgConnection, PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

use super::append::Appender;
use super::encode::{sent, stored};
use super::{PostgresStore, sql, words};
use crate::ingest::{PendingEvent, PendingPart};
use crate::query::{EventSearch, Only, PulseSearch, Words};
use crate::store::facets::facets_of;
use crate::store::page::{page, token};
use crate::store::pattern::contains_pattern;
use crate::store::row::{self, Columns};
use crate::store::{Appended, EventKey, EventStore, Merged, PulseCounts, StoreError, tail_matches};

impl PostgresStore {
    fn appender(&self, pool: &PgPool) -> Appender {
        Appender {
            pool: pool.clone(),
            partitions: Arc::clone(&self.partitions),
            arrivals: Arc::clone(&self.arrivals),
        }
    }
}

#[async_trait]
impl EventStore for PostgresStore {
    async fn append(&self, events: Arc<Vec<PendingEvent>>, now: Timestamp) -> Result<Vec<Appended>, StoreError> {
        // A task of its own: who waits for it may give up, the commit does not.
        let appender = self.appender(&self.groups);
        tokio::spawn(async move { appender.append(&events, now).await })
            .await
            .map_err(StoreError::panicked)?
    }

    async fn merge(&self, parts: Arc<Vec<PendingPart>>, now: Timestamp) -> Result<Merged, StoreError> {
        let appender = self.appender(&self.writers);
        tokio::spawn(async move { appender.merge(&parts, now).await })
            .await
            .map_err(StoreError::panicked)?
    }

    async fn search(&self, project_id: i64, search: &EventSearch) -> Result<EventPage, StoreError> {
        // One transaction: the watermark and the page are of the same moment.
        let mut tx = self.readers.begin().await?;
        let watermark: Option<i64> = sqlx::query_scalar("SELECT last_event_at FROM projects WHERE id = $1")
            .bind(project_id)
            .fetch_one(&mut *tx)
            .await?;
        let items = find(&mut tx, project_id, search).await?;
        tx.commit().await?;
        Ok(page(items, search, watermark))
    }

    async fn event(&self, project_id: i64, id: &str) -> Result<Option<Event>, StoreError> {
        let by_key = Uuid::parse_str(id).ok().and_then(EventKey::from_id);
        let mut tx = self.readers.begin().await?;
        if let Some((key, tail)) = by_key {
            let mut query = select(row::WHOLE, project_id);
            query.push(" AND e.key = ").push_bind(key.0);
            if let Some(found) = query.build().fetch_optional(&mut *tx).await?
                && tail_matches(tail, &found.bytes("event_hash")?)
            {
                return row::event(&found).map(Some);
            }
        }
        let mut query = select(row::WHOLE, project_id);
        sql::push_event_id(&mut query, project_id, id);
        let found = query.build().fetch_optional(&mut *tx).await?;
        found.as_ref().map(row::event).transpose()
    }

    async fn facets(
        &self,
        project_id: i64,
        search: &EventSearch,
        fields: &[&str],
        most: usize,
    ) -> Result<Facets, StoreError> {
        let mut tx = self.readers.begin().await?;
        let search = &resolve_id(&mut tx, project_id, search).await?;
        let mut query = QueryBuilder::new("SELECT severity, kind, service, environment, count(*) AS events FROM (");
        push_search(
            &mut query,
            "e.severity, e.kind, e.service, e.environment",
            project_id,
            search,
        );
        query
            .push(" ORDER BY e.key DESC LIMIT ")
            .push_bind(to_i64(most))
            .push(") newest GROUP BY 1, 2, 3, 4");
        let groups = query.build().fetch_all(&mut *tx).await?;
        facets_of(&groups, fields, most)
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
        counting.push(" LIMIT ").push_bind(count_most).push(") counted");
        let matching = counting.build_query_scalar().fetch_one(&mut *tx).await?;

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

/// Up to one more than the limit; by key descending, or, for what arrived
/// after a watermark, the latest arrivals.
async fn find(
    tx: &mut PgConnection,
    project_id: i64,
    search: &EventSearch,
) -> Result<Vec<(EventKey, EventSummary)>, StoreError> {
    let after = search
        .arrived_after
        .as_deref()
        .map(|watermark| token(watermark, "arrived_after"))
        .transpose()?;
    let below = search
        .cursor
        .as_deref()
        .map(|cursor| token(cursor, "cursor"))
        .transpose()?;
    let search = &resolve_id(tx, project_id, search).await?;
    let mut query = QueryBuilder::new("");
    push_search(&mut query, row::SUMMARY, project_id, search);
    if let Some(below) = below {
        query.push(" AND e.key < ").push_bind(below);
    }
    if let Some(after) = after {
        query.push(" AND e.received_at > ").push_bind(after);
        query.push(" ORDER BY e.received_at DESC, e.key DESC LIMIT ");
    } else {
        query.push(" ORDER BY e.key DESC LIMIT ");
    }
    query.push_bind(to_i64(search.limit + 1));
    let rows = query.build().fetch_all(tx).await?;
    rows.iter()
        .map(|found| Ok((row::key(found)?, row::summary(found)?)))
        .collect()
}

/// The search, for one event or trace alone when its words are the id of one.
async fn resolve_id(tx: &mut PgConnection, project_id: i64, search: &EventSearch) -> Result<EventSearch, StoreError> {
    let mut resolved = search.clone();
    let Some(id) = &search.words.id else {
        return Ok(resolved);
    };
    // The server's own id of an event leads to the client's.
    if let Some((key, _)) = Uuid::parse_str(id).ok().and_then(EventKey::from_id) {
        let event_id: Option<String> =
            sqlx::query_scalar("SELECT event_id FROM events WHERE key = $1 AND project_id = $2")
                .bind(key.0)
                .bind(project_id)
                .fetch_optional(&mut *tx)
                .await?;
        if let Some(event_id) = event_id {
            resolved.only = Some(Only::Event(sent(event_id)));
            resolved.words = Words::default();
            return Ok(resolved);
        }
    }
    for only in [Only::Event(id.clone()), Only::Trace(id.clone())] {
        let by_id = EventSearch {
            only: Some(only),
            ..EventSearch::default()
        };
        let mut query = QueryBuilder::new("");
        push_search(&mut query, "1", project_id, &by_id);
        query.push(" LIMIT 1");
        if query.build().fetch_optional(&mut *tx).await?.is_some() {
            resolved.only = by_id.only;
            resolved.words = Words::default();
            break;
        }
    }
    Ok(resolved)
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

/// Adds `SELECT … FROM … WHERE …`. More conditions may follow.
pub(super) fn push_search(query: &mut QueryBuilder<Postgres>, columns: &str, project_id: i64, search: &EventSearch) {
    push_select(query, columns, project_id);
    sql::push_words(query, words::query(project_id, search));
    sql::push_conditions(query, project_id, search);
}

/// As [`push_search`], with PulseStream's filters.
fn push_pulse(query: &mut QueryBuilder<Postgres>, columns: &str, project_id: i64, search: &PulseSearch) {
    push_select(query, columns, project_id);
    let asked = words::pulse_query(project_id, search.event_type.as_deref(), search.severity);
    sql::push_words(query, asked);
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

fn to_i64(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
