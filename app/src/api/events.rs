//! `/api/v1/projects/{p}/events` and `/facets`.

use std::future::Future;

use eventglass_model::{Event, EventPage, EventQuery, Facets, encode_pairs, encode_segment};

use super::{error::ApiResult, projects::path_of, send};

/// A page of the events that match.
pub fn events(project: &str, query: &EventQuery) -> impl Future<Output = ApiResult<EventPage>> + Send + use<> {
    send::get(format!(
        "{}/events?{}",
        path_of(project),
        encode_pairs(query.to_pairs())
    ))
}

/// One event, whole.
pub fn one_event(project: &str, id: &str) -> impl Future<Output = ApiResult<Event>> + Send + use<> {
    send::get(format!("{}/events/{}", path_of(project), encode_segment(id)))
}

/// Which values some fields have, and how often, among the events that match.
pub fn facets(
    project: &str,
    fields: &[&str],
    query: &EventQuery,
) -> impl Future<Output = ApiResult<Facets>> + Send + use<> {
    let mut pairs = query.to_pairs();
    pairs.push(("fields", fields.join(",")));
    send::get(format!("{}/facets?{}", path_of(project), encode_pairs(pairs)))
}
