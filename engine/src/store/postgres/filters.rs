//! What a search of today asks before it reads.
//!
//! The day that events pour into has no index of words (see `keeper`). Without
//! one, a search for a rare word would look at every event of the day. So each
//! commit leaves a filter of its words and of what they begin with: 16 bits for
//! each different one, by which a search passes over the commits that cannot have
//! what it looks for. To ask a filter is to read 64 bytes of it; to write one
//! costs a commit less than a hundredth of what it writes anyway.
//!
//! A commit of many events has some of most words. So it also leaves a filter for
//! each piece of it, of a few hundred events that follow each other.
//!
//! A filter may say yes for no reason (once in a thousand), and never says no
//! when it is yes. Events of commits without one, from before there were any,
//! are looked at one by one.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, PgConnection};

use super::bloom::{BLOCK, Words, bits, hash, hash_of_beginning};
use super::partitions::{day_of, name_of};
use crate::ingest::PendingEvent;
use crate::query::Narrow;
use crate::store::{EventKey, StoreError};

/// Pieces of the newest commits that are asked first: what most of them have is found without.
const SAMPLE: i64 = if cfg!(test) { 4 } else { 64 };

/// The filters of a commit, as it is being written.
#[derive(Default)]
pub(super) struct Filters {
    by_place: BTreeMap<(i64, i64), Words>,
}

impl Filters {
    /// Adds an event.
    pub(super) fn add(&mut self, key: EventKey, event: &PendingEvent) {
        let words = self.by_place.entry((event.project_id, day_of(key))).or_default();
        words.add(key, &event.text);
    }

    /// Writes them. Those of days before the given one, which have an index
    /// from their beginning, are left out.
    pub(super) async fn write(self, tx: &mut PgConnection, received_at: i64, first_day: i64) -> Result<(), StoreError> {
        let (mut projects, mut days, mut events, mut filters) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut first, mut last) = (Vec::new(), Vec::new());
        let (mut starts, mut pieces) = (Vec::new(), Vec::new());
        for ((project_id, day), words) in self.by_place {
            if day >= first_day {
                let made = words.filters();
                projects.push(project_id);
                days.push(day);
                first.push(made.first);
                last.push(made.last);
                events.push(made.events);
                filters.push(made.filter);
                let (at, of_pieces) = made
                    .pieces
                    .map(|pieces| (array(&pieces.starts), pieces.filters))
                    .unzip();
                starts.push(at);
                pieces.push(of_pieces);
            }
        }
        if projects.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO word_filters (project_id, day, received_at, first_key, last_key, events, filter, starts, pieces) \
             SELECT n.project_id, n.day, $1, n.first, n.last, n.events, n.filter, n.starts::bigint[], n.pieces \
             FROM UNNEST($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[], \
             $8::text[], $9::bytea[]) AS n (project_id, day, first, last, events, filter, starts, pieces)",
        )
        .bind(received_at)
        .bind(projects)
        .bind(days)
        .bind(first)
        .bind(last)
        .bind(events)
        .bind(filters)
        .bind(starts)
        .bind(pieces)
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// An array of arrays is taken for one with more dimensions; so each is a text.
fn array(keys: &[i64]) -> String {
    let keys: Vec<String> = keys.iter().map(i64::to_string).collect();
    format!("{{{}}}", keys.join(","))
}

/// A commit that may have what is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) received_at: i64,
    /// The least and the greatest of its keys.
    pub(super) first: EventKey,
    pub(super) last: EventKey,
    /// How many events it has.
    pub(super) events: i64,
    /// Whether its pieces have filters of their own.
    pub(super) pieces: bool,
}

/// What filters said of a question.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// For each day, the commits that may have what is looked for.
    pub(super) days: BTreeMap<i64, Vec<Candidate>>,
    /// Of so many of the newest pieces one may have it.
    pub(super) one_in: i64,
}

/// A part of a commit that may have what is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) received_at: i64,
    /// No key of it is less.
    pub(super) first: EventKey,
    /// All its keys are less.
    pub(super) end: EventKey,
}

/// Asks the filters of a project's days, of those that have any. `None` when
/// filters know nothing of such a question, or when it is about something common.
pub(super) async fn ask(
    connection: &mut PgConnection,
    project_id: i64,
    days: &[i64],
    narrow: &Narrow,
) -> Result<Option<Asked>, StoreError> {
    let (Some(condition), Some(of_piece)) = (condition(narrow, of_commit), condition(narrow, of_piece)) else {
        return Ok(None);
    };
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else {
        return Ok(None);
    };
    let (sampled, yes): (i64, i64) = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT count(*), count(*) FILTER (WHERE p.yes) FROM (SELECT CASE WHEN f.starts IS NULL THEN {condition} \
         ELSE {of_piece} END AS yes FROM (SELECT f.filter, f.starts, f.pieces FROM word_filters f \
         WHERE f.project_id = $1 AND f.day BETWEEN $2 AND $3 ORDER BY f.day DESC, f.received_at DESC LIMIT $4) f \
         CROSS JOIN LATERAL generate_series(1, coalesce(cardinality(f.starts), 1)) p (n) LIMIT $4) p"
    )))
    .bind(project_id)
    .bind(first)
    .bind(last)
    .bind(SAMPLE)
    .fetch_one(&mut *connection)
    .await?;
    if sampled == 0 || yes * 2 > sampled {
        return Ok(None);
    }
    let found: Vec<(i64, i64, i64, i64, i64, bool)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT f.day, f.received_at, f.first_key, f.last_key, f.events, f.starts IS NOT NULL FROM word_filters f \
         WHERE f.project_id = $1 AND f.day BETWEEN $2 AND $3 AND {condition}"
    )))
    .bind(project_id)
    .bind(first)
    .bind(last)
    .fetch_all(connection)
    .await?;
    // Days between these that have an index are left out: their filters need not be all there.
    let mut candidates: BTreeMap<i64, Vec<Candidate>> = days.iter().map(|day| (*day, Vec::new())).collect();
    for (day, received_at, first, last, events, pieces) in found {
        if let Some(candidates) = candidates.get_mut(&day) {
            candidates.push(Candidate {
                received_at,
                first: EventKey(first),
                last: EventKey(last),
                events,
                pieces,
            });
        }
    }
    Ok(Some(Asked {
        days: candidates,
        one_in: sampled / yes.max(1),
    }))
}

/// Asks the filters of the pieces of commits of a project's day.
pub(super) async fn ask_pieces(
    connection: &mut PgConnection,
    project_id: i64,
    day: i64,
    commits: &[i64],
    narrow: &Narrow,
) -> Result<Vec<Place>, StoreError> {
    let condition = condition(narrow, of_piece).unwrap_or_else(|| "true".to_owned());
    let places: Vec<(i64, i64, i64)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT f.received_at, f.starts[p.n], coalesce(f.starts[p.n + 1], f.last_key + 1) FROM word_filters f \
         CROSS JOIN LATERAL generate_series(1, cardinality(f.starts)) p (n) \
         WHERE f.project_id = $1 AND f.day = $2 AND f.received_at = ANY($3) AND f.starts IS NOT NULL AND {condition}"
    )))
    .bind(project_id)
    .bind(day)
    .bind(commits)
    .fetch_all(connection)
    .await?;
    let place = |(received_at, first, end)| Place {
        received_at,
        first: EventKey(first),
        end: EventKey(end),
    };
    Ok(places.into_iter().map(place).collect())
}

/// How many events of a project's day lie in a window of keys, if those of each
/// commit are spread evenly.
pub(super) async fn events_between(
    connection: &mut PgConnection,
    project_id: i64,
    day: i64,
    (bottom, top): (EventKey, EventKey),
) -> Result<f64, StoreError> {
    let events = sqlx::query_scalar(
        "SELECT coalesce(sum(f.events * (least(f.last_key, $4 - 1) - greatest(f.first_key, $3) + 1)::float8 \
         / (f.last_key - f.first_key + 1)), 0)::float8 FROM word_filters f \
         WHERE f.project_id = $1 AND f.day = $2 AND f.last_key >= $3 AND f.first_key < $4",
    );
    let events = events.bind(project_id).bind(day).bind(bottom.0).bind(top.0);
    Ok(events.fetch_one(connection).await?)
}

/// Of which days every event of a project is of a commit that left a filter.
pub(super) async fn whole(
    connection: &mut PgConnection,
    project_id: i64,
    days: &[i64],
) -> Result<Vec<i64>, StoreError> {
    // By the ends of two indexes, whatever the statistics say. To ask whether there is
    // an older event looks the same, but Postgres expects many and looks at all of the day.
    let of_day = |day: &i64| {
        let oldest = format!(
            "(SELECT min(e.received_at) FROM {} e WHERE e.project_id = $1)",
            name_of(*day)
        );
        format!(
            "coalesce({oldest} >= (SELECT min(f.received_at) FROM word_filters f WHERE f.project_id = $1 \
             AND f.day = {day}), {oldest} IS NULL)"
        )
    };
    let asked: Vec<String> = days.iter().map(of_day).collect();
    let whole = format!("SELECT ARRAY[{}]::boolean[]", asked.join(", "));
    let whole = sqlx::query_scalar(AssertSqlSafe(whole)).bind(project_id);
    let whole: Vec<bool> = whole.fetch_one(connection).await?;
    let whole = days.iter().zip(whole).filter(|(_, whole)| *whole);
    Ok(whole.map(|(day, _)| *day).collect())
}

/// Deletes the filters of days.
pub(super) async fn delete(connection: &mut PgConnection, days: &[i64]) -> Result<u64, StoreError> {
    // By project, as the key begins with it.
    let deleted = sqlx::query(
        "DELETE FROM word_filters f USING projects p, UNNEST($1::bigint[]) AS d (day) \
         WHERE f.project_id = p.id AND f.day = d.day",
    )
    .bind(days)
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected())
}

/// A question to filters, where `block` tells how to come to the block of a
/// word; none when every filter would say yes.
fn condition(narrow: &Narrow, block: fn(u64) -> String) -> Option<String> {
    let list = |parts: Vec<String>, between: &str| format!("({})", parts.join(between));
    let ask = |narrow| condition(narrow, block);
    match narrow {
        Narrow::Word(word) => Some(of_word(hash(word), block)),
        // Of short beginnings of words a filter knows nothing.
        Narrow::Prefix(word) => hash_of_beginning(word).map(|hash| of_word(hash, block)),
        Narrow::And(parts) => {
            let parts: Vec<String> = parts.iter().filter_map(ask).collect();
            (!parts.is_empty()).then(|| list(parts, " AND "))
        }
        Narrow::Or(parts) => Some(list(parts.iter().map(ask).collect::<Option<_>>()?, " OR ")),
        Narrow::Without(asked, _) => ask(asked.as_deref()?),
    }
}

fn of_word(hash: u64, block: fn(u64) -> String) -> String {
    // One after the other: most filters say no to the first or the second. The block is
    // fetched once, as `OFFSET` keeps it from being put into each.
    let set: Vec<String> = bits(hash).map(|bit| format!("get_bit(b.bits, {bit}) = 1")).collect();
    format!(
        "(SELECT {} FROM (SELECT {} AS bits OFFSET 0) b)",
        set.join(" AND "),
        block(hash)
    )
}

/// The block of a word in the column `f.filter`.
fn of_commit(hash: u64) -> String {
    format!(
        "substring(f.filter FROM ((({}::bigint * (octet_length(f.filter) / {BLOCK})) >> 32) * {BLOCK} + 1)::int \
         FOR {BLOCK})",
        hash >> 32
    )
}

/// The block of a word in the `p.n`th filter of the column `f.pieces`, from 1.
fn of_piece(hash: u64) -> String {
    let blocks = format!("(octet_length(f.pieces) / {BLOCK} / cardinality(f.starts))");
    format!(
        "substring(f.pieces FROM (((({}::bigint * {blocks}) >> 32) + (p.n - 1) * {blocks}) * {BLOCK} + 1)::int \
         FOR {BLOCK})",
        hash >> 32
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_filters_do_not_know_is_not_asked() {
        let word = |text: &str| Narrow::Word(text.to_owned());
        let prefix = || Narrow::Prefix("x".to_owned());
        assert!(condition(&prefix(), of_commit).is_none());
        assert!(condition(&Narrow::Or(vec![word("a"), prefix()]), of_commit).is_none());
        assert!(condition(&Narrow::Without(None, Box::new(word("a"))), of_commit).is_none());
        let only = condition(&word("a"), of_commit);
        assert!(only.is_some());
        let without = Narrow::Without(Some(Box::new(word("a"))), Box::new(word("b")));
        assert_eq!(condition(&without, of_commit), only, "what is left out tells nothing");
        let prefix_of = |word: &str| condition(&Narrow::Prefix(word.to_owned()), of_commit);
        assert!(prefix_of("declin").is_some() && prefix_of("declin") == prefix_of("decl"));
        let both = condition(&Narrow::And(vec![word("a"), prefix()]), of_commit);
        assert_eq!(both, only.map(|only| format!("({only})")));
    }
}
