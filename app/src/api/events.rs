//! `/api/v1/projects/{p}/events` and `/facets`.

use std::future::Future;

use eventglass_model::{Event, EventPage, EventQuery, FACET_FIELDS, Facets, TimeBound, encode_pairs, encode_segment};

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

/// Which values the filters have to choose from. Only the words and the time
/// of the query narrow the counts: were its filters to narrow them too, a
/// second value of a field could never be chosen.
pub fn facets(
    project: &str,
    q: &str,
    from: Option<TimeBound>,
    to: Option<TimeBound>,
) -> impl Future<Output = ApiResult<Facets>> + Send + use<> {
    let mut pairs = EventQuery {
        q: q.to_owned(),
        from,
        to,
        ..EventQuery::default()
    }
    .to_pairs();
    pairs.push(("fields", FACET_FIELDS.join(",")));
    send::get(format!("{}/facets?{}", path_of(project), encode_pairs(pairs)))
}
