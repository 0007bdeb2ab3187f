//! Pieces of SQL.

use eventglass_model::Timestamp;
use sqlx::{QueryBuilder, Sqlite};

use crate::store::EventKey;

/// Makes an event an empty row that belongs to nobody. Binds: its key.
pub(super) const EMPTY_EVENT: &str = "UPDATE events SET project_id = 0, event_id = '', event_hash = randomblob(16), \
     kind = '', name = NULL, message = NULL, service = NULL, endpoint = NULL, method = NULL, version = NULL, \
     environment = NULL, topic = NULL, user_id = NULL, session_id = NULL, request_id = NULL, trace_id = NULL, \
     span_id = NULL, parent_span_id = NULL, duration_us = NULL, status_code = NULL, provider = NULL, model = NULL, \
     tokens = NULL, cost_nano_usd = NULL, cost_source = NULL, country = NULL, city = NULL, region = NULL, \
     device = NULL, input = NULL, output = NULL, attributes = NULL, payload = NULL \
     WHERE key = $1";

/// `?, ?, ?`.
pub(super) fn placeholders(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// Adds a span of time, as bounds of the key and of the time itself.
pub(super) fn push_times(query: &mut QueryBuilder<Sqlite>, from: Option<Timestamp>, to: Option<Timestamp>) {
    if let Some(from) = from {
        query.push(" AND e.key >= ").push_bind(EventKey::from_time(from).0);
        query.push(" AND e.time >= ").push_bind(from.micros());
    }
    if let Some(to) = to {
        query.push(" AND e.key < ").push_bind(EventKey::before_time(to).0);
        query.push(" AND e.time < ").push_bind(to.micros());
    }
}

/// Adds `column IN (…)`, or nothing when there are no values.
pub(super) fn push_any_of<T>(query: &mut QueryBuilder<Sqlite>, column: &str, values: &[T])
where
    T: Clone + for<'q> sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite> + Send + 'static,
{
    if values.is_empty() {
        return;
    }
    query.push(format!(" AND {column} IN ("));
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value.clone());
    }
    query.push(")");
}
