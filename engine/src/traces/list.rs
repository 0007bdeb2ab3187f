//! Lists of traces.

use eventglass_model::{DEFAULT_PAGE, EventQuery, FieldError, TracePage, TraceQuery};

use super::Traces;
use crate::query::{EventSearch, events};
use crate::store::{StoreError, TraceFilter, TracePlace, TraceWalk};
use crate::traces::TraceState;

/// Pages of events that a search for traces looks through to fill one page.
const EVENT_PAGES: usize = 20;
/// Events of such a page.
const EVENT_PAGE: usize = 200;

impl Traces {
    /// The events that a query asks for by `q`; none when it does not.
    ///
    /// # Errors
    /// What is wrong with `q`, and where.
    pub fn events_of(&self, query: &TraceQuery) -> Result<Option<EventSearch>, FieldError> {
        if query.q.trim().is_empty() {
            return Ok(None);
        }
        let events = EventQuery {
            q: query.q.clone(),
            from: query.from,
            to: query.to,
            limit: Some(EVENT_PAGE),
            cursor: query.cursor.clone(),
            ..EventQuery::default()
        };
        EventSearch::new(events, self.clock.now()).map(Some)
    }

    /// A page of traces: by their start, or, when events are asked for
    /// ([`Self::events_of`]), by the newest event of each that matches.
    ///
    /// # Errors
    /// [`StoreError::BadToken`] for a foreign cursor; when the store fails.
    pub async fn list(
        &self,
        project_id: i64,
        query: TraceQuery,
        search: Option<EventSearch>,
    ) -> Result<TracePage, StoreError> {
        let behind = self.catch_up(project_id).await?;
        let (items, next_cursor) = match search {
            None => self.walk(project_id, &query).await?,
            Some(search) => self.search(project_id, &query, search).await?,
        };
        let now = self.clock.now();
        Ok(TracePage {
            items: items.iter().map(|state| state.summary(now)).collect(),
            next_cursor,
            behind,
        })
    }

    async fn walk(&self, project_id: i64, query: &TraceQuery) -> Result<(Vec<TraceState>, Option<String>), StoreError> {
        let limit = query.limit.unwrap_or(DEFAULT_PAGE);
        let walk = TraceWalk {
            filter: self.filter(query),
            after: query.cursor.as_deref().map(TracePlace::parse).transpose()?,
            limit,
            most: self.limits.scan.max(limit + 1),
        };
        let found = self.store.traces(project_id, &walk).await?;
        let mut items = found.items;
        let more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().map(|state| TracePlace::of(project_id, state));
        let next = if more { last } else { found.stopped };
        Ok((items, next.map(|place| place.token())))
    }

    /// Walks the events that match, newest first. A trace stands where its
    /// newest match stands, so that every page follows from the cursor alone.
    async fn search(
        &self,
        project_id: i64,
        query: &TraceQuery,
        mut search: EventSearch,
    ) -> Result<(Vec<TraceState>, Option<String>), StoreError> {
        let limit = query.limit.unwrap_or(DEFAULT_PAGE);
        let filter = self.filter(query);
        let mut items: Vec<TraceState> = Vec::new();
        for _ in 0..EVENT_PAGES {
            let page = events(&*self.store, project_id, &search, self.limits.budget).await?;
            let mut last_key = search.cursor.clone();
            for event in &page.items {
                if items.len() == limit {
                    return Ok((items, last_key));
                }
                last_key = uuid::Uuid::parse_str(&event.id)
                    .ok()
                    .and_then(crate::store::EventKey::from_id)
                    .map(|(key, _)| format!("{:x}", key.0));
                let Some(trace_id) = &event.trace_id else { continue };
                if !self.is_newest_match(project_id, &search, trace_id, &event.id).await? {
                    continue;
                }
                let found = self
                    .store
                    .traces_by_id(project_id, std::slice::from_ref(trace_id))
                    .await?;
                items.extend(found.into_iter().filter(|state| filter.takes(state)));
            }
            match page.next_cursor {
                Some(next) => search.cursor = Some(next),
                None => return Ok((items, None)),
            }
        }
        Ok((items, search.cursor))
    }

    async fn is_newest_match(
        &self,
        project_id: i64,
        search: &EventSearch,
        trace_id: &str,
        event: &str,
    ) -> Result<bool, StoreError> {
        let in_trace = EventSearch {
            cursor: None,
            limit: 1,
            ..search.clone().in_trace(trace_id)
        };
        let newest = events(&*self.store, project_id, &in_trace, self.limits.budget).await?;
        Ok(newest.items.first().is_none_or(|newest| newest.id == event))
    }

    fn filter(&self, query: &TraceQuery) -> TraceFilter {
        let now = self.clock.now();
        TraceFilter {
            from: query.from.map(|from| from.resolve(now).micros()),
            to: query.to.map(|to| to.resolve(now).micros()),
            name: query.name.clone(),
            services: query.service.clone(),
            models: query.model.clone(),
            users: query.user.clone(),
            sessions: query.session.clone(),
            environments: query.environment.clone(),
            errors: query.errors,
            min_duration_us: query.min_duration_ms.map(|ms| scaled(ms, 1e3)),
            min_cost_nano_usd: query.min_cost_usd.map(|usd| scaled(usd, 1e9)),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn scaled(amount: f64, scale: f64) -> i64 {
    (amount * scale).round() as i64
}
