//! Pieces of SQL.

use eventglass_model::Timestamp;
use sqlx::{QueryBuilder, Sqlite};

use crate::ingest::{field_token, severity_token};
use crate::query::{EventSearch, Only, Term};
use crate::store::EventKey;
use crate::store::pattern::{PHRASE_COLUMNS, contains_pattern, pieces};

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

/// What the text index is asked, or `None` when it has no say.
///
/// A detail-less index knows no phrases, so that every piece must be one
/// token: pieces are cut where its tokenizer cuts.
pub(super) fn match_expression(project_id: i64, search: &EventSearch) -> Option<String> {
    let mut all = Vec::new();
    for term in &search.words.terms {
        let (Term::Word(text) | Term::Prefix(text) | Term::Phrase(text)) = term;
        all.extend(pieces(text).map(|piece| format!("\"{piece}\"")));
        if let (Term::Prefix(_), Some(last)) = (term, all.last_mut()) {
            last.push('*');
        }
    }
    if let Some(Only::Trace(trace_id)) = &search.only {
        all.push(field_token("t", trace_id));
    }
    let severities: Vec<String> = search.severity.iter().map(|s| severity_token(*s)).collect();
    let tokens = |field: &str, values: &[String]| values.iter().map(|value| field_token(field, value)).collect();
    let any_of: [Vec<String>; 4] = [
        severities,
        tokens("k", &search.kind),
        tokens("s", &search.service),
        tokens("e", &search.environment),
    ];
    all.extend(
        any_of
            .iter()
            .filter(|values| !values.is_empty())
            .map(|values| format!("({})", values.join(" OR "))),
    );
    if all.is_empty() {
        return None;
    }
    all.push(field_token("p", &project_id.to_string()));
    Some(all.join(" AND "))
}

/// Adds the conditions that are about the row itself. Those that the text
/// index was asked too are asked again: it knows only hashes of them.
pub(super) fn push_conditions(query: &mut QueryBuilder<Sqlite>, project_id: i64, search: &EventSearch) {
    query.push(" AND e.project_id = ").push_bind(project_id);
    push_times(query, search.from, search.to);
    match &search.only {
        Some(Only::Key(key)) => {
            query.push(" AND e.key = ").push_bind(key.0);
        }
        Some(Only::Event(event_id)) => {
            query.push(" AND e.event_id = ").push_bind(event_id.clone());
        }
        Some(Only::Trace(trace_id)) => {
            query.push(" AND e.trace_id = ").push_bind(trace_id.clone());
        }
        None => {}
    }
    let severities: Vec<i64> = search.severity.iter().map(|s| s.code()).collect();
    push_any_of(query, "e.severity", &severities);
    push_any_of(query, "e.kind", &search.kind);
    push_any_of(query, "e.service", &search.service);
    push_any_of(query, "e.environment", &search.environment);
    for term in &search.words.terms {
        let Term::Phrase(phrase) = term else { continue };
        let pattern = contains_pattern(phrase);
        query.push(" AND (");
        for (n, column) in PHRASE_COLUMNS.iter().enumerate() {
            if n > 0 {
                query.push(" OR ");
            }
            query
                .push(format!("e.{column} LIKE "))
                .push_bind(pattern.clone())
                .push(" ESCAPE '\\'");
        }
        query.push(")");
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Words;

    fn expression(q: &str) -> Option<String> {
        let search = EventSearch {
            words: Words::parse(q),
            ..EventSearch::default()
        };
        match_expression(7, &search).map(|e| e.replace(&field_token("p", "7"), "P"))
    }

    #[test]
    fn asks_for_single_tokens_only() {
        assert_eq!(
            expression("payment-serv*").as_deref(),
            Some("\"payment\" AND \"serv\"* AND P")
        );
        assert_eq!(
            expression("\"card was\" AND").as_deref(),
            Some("\"card\" AND \"was\" AND \"AND\" AND P")
        );
        assert_eq!(expression("हिन्दी").as_deref().map(|e| e.contains('"')), Some(true));
        assert_eq!(expression(""), None);
    }
}
