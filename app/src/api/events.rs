//! `/api/v1/projects/{p}/events`, `/facets` and `/export`.

use std::future::Future;

use eventglass_model::{EventPage, EventQuery, encode_pairs, encode_segment};

use super::{error::ApiResult, projects::project_path, send};

/// A page of the events that match ([`EventPage`]).
#[must_use]
pub fn events_path(project: &str, query: &EventQuery) -> String {
    format!("{}/events?{}", project_path(project), encode_pairs(query.to_pairs()))
}

/// A page of the events that match.
pub fn events(project: &str, query: &EventQuery) -> impl Future<Output = ApiResult<EventPage>> + Send + use<> {
    send::get(events_path(project, query))
}

/// One event, whole ([`Event`](eventglass_model::Event)).
#[must_use]
pub fn event_path(project: &str, id: &str) -> String {
    format!("{}/events/{}", project_path(project), encode_segment(id))
}

/// Which values some fields have, and how often, among the events that match
/// ([`Facets`](eventglass_model::Facets)).
#[must_use]
pub fn facets_path(project: &str, fields: &[&str], query: &EventQuery) -> String {
    let mut pairs = what_matches(query);
    pairs.push(("fields", fields.join(",")));
    format!("{}/facets?{}", project_path(project), encode_pairs(pairs))
}

/// How the events that match are spread over time, in about so many bars
/// ([`Histogram`](eventglass_model::Histogram)).
#[must_use]
pub fn histogram_path(project: &str, query: &EventQuery, buckets: usize) -> String {
    let mut pairs = what_matches(query);
    pairs.push(("buckets", buckets.to_string()));
    format!("{}/events/histogram?{}", project_path(project), encode_pairs(pairs))
}

/// All events that match, as a file.
#[must_use]
pub fn export_path(project: &str, format: &str, query: &EventQuery) -> String {
    let mut pairs = what_matches(query);
    pairs.push(("format", format.to_owned()));
    format!("{}/export?{}", project_path(project), encode_pairs(pairs))
}

/// What events match, without which of them are on a page.
fn what_matches(query: &EventQuery) -> Vec<(&'static str, String)> {
    let mut pairs = query.to_pairs();
    pairs.retain(|(name, _)| !matches!(*name, "cursor" | "limit" | "arrived_after" | "fields"));
    pairs
}
