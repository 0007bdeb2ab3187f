//! Pieces of SQL.

use eventglass_model::Timestamp;
use sqlx::{Postgres, QueryBuilder};

use super::encode::stored;
use crate::ingest::id_hash;
use crate::query::{EventSearch, Only, Term};
use crate::store::EventKey;
use crate::store::pattern::{PHRASE_COLUMNS, contains_pattern};

/// Adds the question to the words of an event, if there is one.
pub(super) fn push_words(query: &mut QueryBuilder<Postgres>, words: Option<String>) {
    if let Some(words) = words {
        query.push(" AND e.words @@ ").push_bind(words).push("::tsquery");
    }
}

/// Adds the conditions that are about the row itself. Those that the words
/// were asked too are asked again: there they are hashes.
pub(super) fn push_conditions(query: &mut QueryBuilder<Postgres>, project_id: i64, search: &EventSearch) {
    push_times(query, search.from, search.to);
    match &search.only {
        Some(Only::Event(event_id)) => push_event_id(query, project_id, event_id),
        Some(Only::Key(key)) => {
            query.push(" AND e.key = ").push_bind(key.0);
        }
        Some(Only::Trace(trace_id)) => push_any_of(query, "e.trace_id", &texts([trace_id])),
        None => {}
    }
    let severities: Vec<i64> = search.severity.iter().map(|s| s.code()).collect();
    push_any_of(query, "e.severity", &severities);
    push_any_of(query, "e.kind", &texts(&search.kind));
    push_any_of(query, "e.service", &texts(&search.service));
    push_any_of(query, "e.environment", &texts(&search.environment));
    for term in &search.words.terms {
        let Term::Phrase(phrase) = term else { continue };
        let pattern = contains_pattern(&stored(phrase));
        query.push(" AND (false");
        for column in PHRASE_COLUMNS {
            push_contains(query, " OR", column, pattern.clone());
        }
        query.push(")");
    }
}

/// Adds the look-up of an event by the client's id.
pub(super) fn push_event_id(query: &mut QueryBuilder<Postgres>, project_id: i64, event_id: &str) {
    query
        .push(" AND e.key = (SELECT i.key FROM event_ids i WHERE i.project_id = ")
        .push_bind(project_id)
        .push(" AND i.event_hash = ")
        .push_bind(id_hash(project_id, event_id).to_vec())
        .push(") AND e.event_id = ")
        .push_bind(stored(event_id).into_owned());
}

/// Adds a comparison in any case of ASCII letters, which is what the collation `C` knows of case.
pub(super) fn push_contains(query: &mut QueryBuilder<Postgres>, joined: &str, column: &str, pattern: String) {
    query
        .push(format!("{joined} e.{column} COLLATE \"C\" ILIKE "))
        .push_bind(pattern);
}

/// Adds a span of time, as bounds of the key and of the time itself.
pub(super) fn push_times(query: &mut QueryBuilder<Postgres>, from: Option<Timestamp>, to: Option<Timestamp>) {
    if let Some(from) = from {
        query.push(" AND e.key >= ").push_bind(EventKey::from_time(from).0);
        query.push(" AND e.time >= ").push_bind(from.micros());
    }
    if let Some(to) = to {
        query.push(" AND e.key < ").push_bind(EventKey::before_time(to).0);
        query.push(" AND e.time < ").push_bind(to.micros());
    }
}

/// Adds "is one of", or nothing when there are no values.
///
/// Mostly the words were asked for the same, and Postgres takes two conditions
/// for independent: it would expect far fewer rows than there are, and sort them all
/// instead of walking to the first fifty. It does not look into `coalesce`.
pub(super) fn push_any_of<T>(query: &mut QueryBuilder<Postgres>, column: &str, values: &[T])
where
    T: Clone + Send + 'static,
    Vec<T>: for<'q> sqlx::Encode<'q, Postgres> + sqlx::Type<Postgres>,
{
    if !values.is_empty() {
        query
            .push(format!(" AND coalesce({column} = ANY("))
            .push_bind(values.to_vec())
            .push("), false)");
    }
}

/// Texts as they are stored.
pub(super) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Vec<String> {
    texts
        .into_iter()
        .map(|text| stored(text.as_ref()).into_owned())
        .collect()
}
