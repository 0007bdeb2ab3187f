//! Pieces of SQL.

use eventglass_model::Timestamp;
use sqlx::{Postgres, QueryBuilder};

use super::encode::stored;
use crate::store::{EventKey, NumberIn};

/// A number of things as Postgres counts; the most there is of what does not fit.
pub(super) fn to_i64(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Adds the question to the words of an event, if there is one.
pub(super) fn push_words(query: &mut QueryBuilder<Postgres>, words: Option<String>) {
    if let Some(words) = words {
        query.push(" AND e.words @@ ").push_bind(words).push("::tsquery");
    }
}

/// The same for a statement that has one way to go, whatever is asked: the question is read once,
/// and not for each event, and the plan may be one for all questions.
pub(super) fn push_words_apart(query: &mut QueryBuilder<Postgres>, words: Option<String>) {
    if let Some(words) = words {
        query
            .push(" AND e.words @@ (SELECT ")
            .push_bind(words)
            .push("::tsquery)");
    }
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

/// Adds a condition for each number.
pub(super) fn push_numbers(query: &mut QueryBuilder<Postgres>, numbers: &[NumberIn]) {
    for number in numbers {
        query.push(format!(" AND e.{} BETWEEN ", number.column));
        query.push_bind(number.least).push(" AND ").push_bind(number.greatest);
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
