//! A page of events.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eventglass_model::{EventPage, EventSummary};

use super::fields::{AskedField, values};
use super::{EventSearch, Filter, Plan, take};
use crate::store::row::{self, Columns};
use crate::store::{EventKey, Store, StoreError, Visit, token};

/// A page of a project's events that match, newest first.
///
/// # Errors
/// [`StoreError::BadToken`] for a foreign cursor or watermark; those of the store.
pub async fn events(
    store: &dyn Store,
    project_id: i64,
    search: &EventSearch,
    budget: Duration,
) -> Result<EventPage, StoreError> {
    let deadline = Instant::now() + budget;
    let read = |text: &Option<String>, name| text.as_deref().map(|text| token(text, name)).transpose();
    let (cursor, after) = (
        read(&search.cursor, "cursor")?,
        read(&search.arrived_after, "arrived_after")?,
    );
    let plan = Plan::new(store, project_id, search, deadline).await?;
    let mut walk = plan.walk(project_id, row::SUMMARY, deadline);
    let names: Vec<&str> = search.fields.iter().map(AskedField::column).collect();
    walk.read(&names);
    walk.expected = search.limit + 1;
    walk.arrived_after = after;
    if let Some(cursor) = cursor {
        let cursor = EventKey(cursor);
        walk.below = Some(walk.below.map_or(cursor, |below| below.min(cursor)));
    }
    let page = Page {
        filter: Arc::clone(&plan.filter),
        fields: search.fields.clone(),
        most: search.limit + 1,
        items: Vec::new(),
    };
    let page = Arc::new(Mutex::new(page));
    let walked = store.walk(walk, Arc::clone(&page) as _).await?;
    let mut items = take(page)?.items;

    let more = items.len() > search.limit;
    items.truncate(search.limit);
    let stopped_at = match (more, walked.out_of_time) {
        (true, _) => items.last().map(|(key, _)| *key),
        (false, true) => walked.last,
        (false, false) => None,
    };
    let partial = walked.out_of_time && !more;
    items.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
    Ok(EventPage {
        items: items.into_iter().map(|(_, item)| item).collect(),
        // What arrived has no second page: whoever polls shows the newest.
        next_cursor: stopped_at.filter(|_| after.is_none()).map(|key| format!("{:x}", key.0)),
        watermark: format!("{:x}", walked.watermark.unwrap_or(0)),
        partial,
        searched_to: walked.last.filter(|_| partial).map(EventKey::time),
    })
}

struct Page {
    filter: Arc<Filter>,
    fields: Vec<AskedField>,
    most: usize,
    items: Vec<(EventKey, EventSummary)>,
}

impl Visit for Page {
    fn visit(&mut self, key: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError> {
        if self.filter.matches(row)? {
            let item = EventSummary {
                fields: values(&self.fields, row)?,
                ..row::summary(&row)?
            };
            self.items.push((key, item));
        }
        Ok(if self.items.len() < self.most {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    }
}
