//! Reading events.

use async_trait::async_trait;
use eventglass_model::{Event, EventPage, EventSummary, Facets, Severity, Timestamp};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use uuid::Uuid;

use super::ids::ShortHash;
use super::{SqliteStore, sql};
use crate::ingest::{PendingEvent, PendingPart, field_token, id_hash, severity_token};
use crate::query::{EventSearch, Only, PulseSearch, Words};
use crate::store::facets::facets_of;
use crate::store::page::{page, token};
use crate::store::pattern::contains_pattern;
use crate::store::row::{self, Columns};
use crate::store::{Appended, EventKey, EventStore, Merged, PulseCounts, StoreError, tail_matches};

#[async_trait]
impl EventStore for SqliteStore {
    async fn append(
        &self,
        events: std::sync::Arc<Vec<PendingEvent>>,
        now: Timestamp,
    ) -> Result<Vec<Appended>, StoreError> {
        let mut writer = std::sync::Arc::clone(&self.writer).lock_owned().await;
        tokio::task::spawn_blocking(move || writer.appender.append(&events, now))
            .await
            .map_err(StoreError::panicked)?
    }

    async fn merge(&self, parts: std::sync::Arc<Vec<PendingPart>>, now: Timestamp) -> Result<Merged, StoreError> {
        let mut writer = std::sync::Arc::clone(&self.writer).lock_owned().await;
        tokio::task::spawn_blocking(move || writer.appender.merge(&parts, now))
            .await
            .map_err(StoreError::panicked)?
    }

    async fn search(&self, project_id: i64, search: &EventSearch) -> Result<EventPage, StoreError> {
        let named = self.named(project_id, search);
        // One transaction: the watermark and the page are of the same moment.
        let mut tx = self.readers.begin().await?;
        let watermark: Option<i64> = sqlx::query_scalar("SELECT last_event_at FROM projects WHERE id = $1")
            .bind(project_id)
            .fetch_one(&mut *tx)
            .await?;
        let items = find(&mut tx, project_id, search, &named).await?;
        tx.commit().await?;

        Ok(page(items, search, watermark))
    }

    async fn event(&self, project_id: i64, id: &str) -> Result<Option<Event>, StoreError> {
        let by_key = Uuid::parse_str(id).ok().and_then(EventKey::from_id);
        let mut reader = self.readers.acquire().await?;
        if let Some((key, tail)) = by_key {
            let mut query = QueryBuilder::new(format!("SELECT {} FROM events e WHERE e.key = ", row::WHOLE));
            query
                .push_bind(key.0)
                .push(" AND e.project_id = ")
                .push_bind(project_id);
            if let Some(found) = query.build().fetch_optional(&mut *reader).await?
                && tail_matches(tail, &found.bytes("event_hash")?)
            {
                return row::event(&found).map(Some);
            }
        }
        let recent = self.recent.find(ShortHash::of(&id_hash(project_id, id)));
        let Some(key) = key_of(&mut reader, project_id, id, &recent).await? else {
            return Ok(None);
        };
        let mut query = QueryBuilder::new(format!("SELECT {} FROM events e WHERE e.key = ", row::WHOLE));
        query.push_bind(key.0);
        let found = query.build().fetch_optional(&mut *reader).await?;
        found.as_ref().map(row::event).transpose()
    }

    async fn facets(
        &self,
        project_id: i64,
        search: &EventSearch,
        fields: &[&str],
        most: usize,
    ) -> Result<Facets, StoreError> {
        let named = self.named(project_id, search);
        let mut tx = self.readers.begin().await?;
        let search = &resolve_id(&mut tx, project_id, search, &named).await?;
        let mut query = QueryBuilder::new("SELECT severity, kind, service, environment, count(*) AS events FROM (");
        let walk = push_search(
            &mut query,
            "e.severity, e.kind, e.service, e.environment",
            project_id,
            search,
        );
        query
            .push(format!(" ORDER BY {walk} DESC LIMIT "))
            .push_bind(to_i64(most))
            .push(") GROUP BY 1, 2, 3, 4");
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

/// Up to one more than the limit; by key descending, or, for what arrived
/// after a watermark, the latest arrivals.
async fn find(
    tx: &mut SqliteConnection,
    project_id: i64,
    search: &EventSearch,
    named: &[EventKey],
) -> Result<Vec<(EventKey, EventSummary)>, StoreError> {
    let search = &resolve_id(tx, project_id, search, named).await?;
    let mut query = QueryBuilder::new("");
    let walk;
    if let Some(watermark) = &search.arrived_after {
        let after = token(watermark, "arrived_after")?;
        query.push(format!(
            "SELECT {} FROM events e INDEXED BY events_by_arrival WHERE e.received_at > ",
            row::SUMMARY
        ));
        query.push_bind(after);
        if let Some(expression) = sql::match_expression(project_id, search) {
            query
                .push(" AND EXISTS (SELECT 1 FROM event_text t WHERE t.event_text MATCH ")
                .push_bind(expression);
            query.push(" AND t.rowid = e.key)");
        }
        sql::push_conditions(&mut query, project_id, search);
        walk = "e.received_at DESC, e.key";
    } else {
        walk = push_search(&mut query, row::SUMMARY, project_id, search);
    }
    if let Some(cursor) = &search.cursor {
        let below = token(cursor, "cursor")?;
        let key = if walk == "t.rowid" { walk } else { "e.key" };
        query.push(format!(" AND {key} < ")).push_bind(below);
    }
    query
        .push(format!(" ORDER BY {walk} DESC LIMIT "))
        .push_bind(to_i64(search.limit + 1));
    let rows = query.build().fetch_all(tx).await?;
    rows.iter()
        .map(|found| Ok((row::key(found)?, row::summary(found)?)))
        .collect()
}

impl SqliteStore {
    /// Where the event may be whose id the search names; to be asked before the
    /// transaction of the search begins.
    fn named(&self, project_id: i64, search: &EventSearch) -> Vec<EventKey> {
        let id = search.words.id.as_deref();
        id.map(|id| self.recent.find(ShortHash::of(&id_hash(project_id, id))))
            .unwrap_or_default()
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
    let mut query = QueryBuilder::new("SELECT key FROM events WHERE (key IN (SELECT key FROM event_ids WHERE hash = ");
    query.push_bind(hash.bytes().to_vec()).push(")");
    for key in recent {
        query.push(" OR key = ").push_bind(key.0);
    }
    query.push(") AND project_id = ").push_bind(project_id);
    query.push(" AND event_id = ").push_bind(event_id.to_owned());
    let key: Option<i64> = query.build_query_scalar().fetch_optional(connection).await?;
    Ok(key.map(EventKey))
}

/// The search, for one event or trace alone when its words are the id of one.
async fn resolve_id(
    tx: &mut SqliteConnection,
    project_id: i64,
    search: &EventSearch,
    named: &[EventKey],
) -> Result<EventSearch, StoreError> {
    let mut resolved = search.clone();
    let Some(id) = &search.words.id else {
        return Ok(resolved);
    };
    let mut key = None;
    if let Some((by_server, _)) = Uuid::parse_str(id).ok().and_then(EventKey::from_id) {
        let found: Option<i64> = sqlx::query_scalar("SELECT key FROM events WHERE key = $1 AND project_id = $2")
            .bind(by_server.0)
            .bind(project_id)
            .fetch_optional(&mut *tx)
            .await?;
        key = found.map(EventKey);
    }
    if key.is_none() {
        key = key_of(tx, project_id, id, named).await?;
    }
    if let Some(key) = key {
        resolved.only = Some(Only::Key(key));
        resolved.words = Words::default();
        return Ok(resolved);
    }
    let by_trace = EventSearch {
        only: Some(Only::Trace(id.clone())),
        ..EventSearch::default()
    };
    let mut query = QueryBuilder::new("");
    push_search(&mut query, "1", project_id, &by_trace);
    query.push(" LIMIT 1");
    if query.build().fetch_optional(&mut *tx).await?.is_some() {
        resolved.only = by_trace.only;
        resolved.words = Words::default();
    }
    Ok(resolved)
}

/// Adds `SELECT … FROM … WHERE …`, through the text index where it has a say.
/// More conditions may follow.
pub(super) fn push_search(
    query: &mut QueryBuilder<Sqlite>,
    columns: &str,
    project_id: i64,
    search: &EventSearch,
) -> &'static str {
    let (from, to) = (search.from, search.to);
    let walk = if matches!(search.only, Some(Only::Key(_))) {
        query.push(format!("SELECT {columns} FROM events e WHERE 1"));
        "e.key"
    } else {
        push_source(query, columns, sql::match_expression(project_id, search), from, to)
    };
    sql::push_conditions(query, project_id, search);
    walk
}

/// Adds `SELECT … FROM … WHERE`, and a first condition. Gives the name of the
/// key by which this source can be walked: the text index sorts everything it
/// finds when it is asked for the table's.
fn push_source(
    query: &mut QueryBuilder<Sqlite>,
    columns: &str,
    expression: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> &'static str {
    let Some(expression) = expression else {
        query.push(format!(
            "SELECT {columns} FROM events e INDEXED BY events_by_project WHERE 1"
        ));
        return "e.key";
    };
    // CROSS JOIN: the text index first, as it walks newest first and stops at the limit.
    query.push(format!(
        "SELECT {columns} FROM event_text t CROSS JOIN events e ON e.key = t.rowid WHERE t.event_text MATCH "
    ));
    query.push_bind(expression);
    if let Some(from) = from {
        query.push(" AND t.rowid >= ").push_bind(EventKey::from_time(from).0);
    }
    if let Some(to) = to {
        query.push(" AND t.rowid < ").push_bind(EventKey::before_time(to).0);
    }
    "t.rowid"
}

/// As [`push_search`], with PulseStream's filters.
fn push_pulse(query: &mut QueryBuilder<Sqlite>, columns: &str, project_id: i64, search: &PulseSearch) -> &'static str {
    let mut words: Vec<String> = Vec::new();
    words.extend(search.event_type.as_deref().map(|kind| field_token("k", kind)));
    words.extend(search.severity.map(severity_token));
    let expression = (!words.is_empty()).then(|| {
        words.push(field_token("p", &project_id.to_string()));
        words.join(" AND ")
    });
    // The older search counts its end in.
    let to = search.end_time.map(|end| end.plus_micros(1));
    let walk = push_source(query, columns, expression, search.start_time, to);
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

fn to_i64(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
