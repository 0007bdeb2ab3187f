//! A page of events, its cursor and its watermark.

use eventglass_model::{EventPage, EventSummary};

use crate::query::EventSearch;
use crate::store::{EventKey, StoreError};

/// A page of what was found, which is up to one more than the limit.
pub(crate) fn page(
    mut items: Vec<(EventKey, EventSummary)>,
    search: &EventSearch,
    watermark: Option<i64>,
) -> EventPage {
    let more = items.len() > search.limit;
    items.truncate(search.limit);
    let last = items.last().filter(|_| more && search.arrived_after.is_none());
    let next_cursor = last.map(|(key, _)| format!("{:x}", key.0));
    items.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
    EventPage {
        items: items.into_iter().map(|(_, item)| item).collect(),
        next_cursor,
        watermark: format!("{:x}", watermark.unwrap_or(0)),
        partial: false,
        searched_to: None,
    }
}

/// Reads a cursor or a watermark, which goes by the name of its parameter.
pub(crate) fn token(text: &str, name: &'static str) -> Result<i64, StoreError> {
    i64::from_str_radix(text, 16).map_err(|_| StoreError::BadToken(name))
}
