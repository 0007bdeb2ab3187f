//! What a search of today asks before it reads.
//!
//! The day that events pour into has no index of words (see `keeper`). Without
//! one, a search for a rare word would look at every event of the day. So each
//! commit leaves a filter of its words: 16 bits for each different one, by which
//! a search passes over the commits that cannot have what it looks for. To ask a
//! filter is to read 64 bytes of it; to write one costs a commit less than a
//! hundredth of what it writes anyway.
//!
//! A filter may say yes for no reason (once in a thousand), and never says no
//! when it is yes. Events of commits without one, from before there were any,
//! are looked at one by one.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, PgConnection};
use xxhash_rust::xxh3::xxh3_64;

use super::partitions::{day_of, name_of};
use super::words::each_word;
use crate::ingest::PendingEvent;
use crate::query::Narrow;
use crate::store::{EventKey, StoreError};

/// Bytes of a block. The bits of a word are all in one, so that a slice tells.
const BLOCK: usize = 64;
/// Bits for each different word.
const BITS: usize = 16;
/// Bits that a word sets.
const PROBES: u64 = 8;

/// Filters that are asked first: what most of them have is found without.
const SAMPLE: i64 = if cfg!(test) { 2 } else { 64 };

/// The filters of a commit, as it is being written.
#[derive(Default)]
pub(super) struct Filters {
    by_place: BTreeMap<(i64, i64), Words>,
}

/// The words of a project's events of a day.
struct Words {
    first: i64,
    last: i64,
    events: i64,
    hashes: Vec<u64>,
}

impl Filters {
    /// Adds an event.
    pub(super) fn add(&mut self, key: EventKey, event: &PendingEvent) {
        let words = self
            .by_place
            .entry((event.project_id, day_of(key)))
            .or_insert_with(|| Words {
                first: i64::MAX,
                last: i64::MIN,
                events: 0,
                hashes: Vec::new(),
            });
        words.first = words.first.min(key.0);
        words.last = words.last.max(key.0);
        words.events += 1;
        each_word(&event.text, |word| words.hashes.push(hash(word)));
    }

    /// Writes them. Those of days before the given one, which have an index
    /// from their beginning, are left out.
    pub(super) async fn write(self, tx: &mut PgConnection, received_at: i64, first_day: i64) -> Result<(), StoreError> {
        let (mut projects, mut days, mut events, mut filters) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for ((project_id, day), words) in self.by_place {
            if day >= first_day {
                projects.push(project_id);
                days.push(day);
                first.push(words.first);
                last.push(words.last);
                events.push(words.events);
                filters.push(filter(words.hashes));
            }
        }
        if projects.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO word_filters (project_id, day, received_at, first_key, last_key, events, filter) \
             SELECT n.project_id, n.day, $1, n.first, n.last, n.events, n.filter \
             FROM UNNEST($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bytea[]) \
             AS n (project_id, day, first, last, events, filter)",
        )
        .bind(received_at)
        .bind(projects)
        .bind(days)
        .bind(first)
        .bind(last)
        .bind(events)
        .bind(filters)
        .execute(tx)
        .await?;
        Ok(())
    }
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
}

/// Asks the filters of a project's days: for each day, the commits that may have
/// what is looked for. Days without filters are left out. `None` when filters
/// know nothing of such a question, or when it is about something common.
pub(super) async fn ask(
    connection: &mut PgConnection,
    project_id: i64,
    days: &[i64],
    narrow: &Narrow,
) -> Result<Option<BTreeMap<i64, Vec<Candidate>>>, StoreError> {
    let (Some(condition), Some(first), Some(last)) = (condition(narrow), days.iter().min(), days.iter().max()) else {
        return Ok(None);
    };
    let (sampled, yes): (i64, i64) = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT count(*), count(*) FILTER (WHERE {condition}) FROM (SELECT f.filter FROM word_filters f \
         WHERE f.project_id = $1 AND f.day BETWEEN $2 AND $3 ORDER BY f.day DESC, f.received_at DESC LIMIT $4) f"
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
    let found: Vec<(i64, i64, i64, i64, i64)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT f.day, f.received_at, f.first_key, f.last_key, f.events FROM word_filters f \
         WHERE f.project_id = $1 AND f.day BETWEEN $2 AND $3 AND {condition}"
    )))
    .bind(project_id)
    .bind(first)
    .bind(last)
    .fetch_all(connection)
    .await?;
    // Days between these that have an index are left out: their filters need not be all there.
    let mut candidates: BTreeMap<i64, Vec<Candidate>> = days.iter().map(|day| (*day, Vec::new())).collect();
    for (day, received_at, first, last, events) in found {
        if let Some(candidates) = candidates.get_mut(&day) {
            candidates.push(Candidate {
                received_at,
                first: EventKey(first),
                last: EventKey(last),
                events,
            });
        }
    }
    Ok(Some(candidates))
}

/// How many events of a project's day have left filters.
pub(super) async fn events(connection: &mut PgConnection, project_id: i64, day: i64) -> Result<i64, StoreError> {
    let events = sqlx::query_scalar(
        "SELECT coalesce(sum(events), 0)::bigint FROM word_filters WHERE project_id = $1 AND day = $2",
    );
    Ok(events.bind(project_id).bind(day).fetch_one(connection).await?)
}

/// Whether every event of a project's day is of a commit that left a filter.
pub(super) async fn are_whole(connection: &mut PgConnection, project_id: i64, day: i64) -> Result<bool, StoreError> {
    let whole = format!(
        "SELECT NOT EXISTS (SELECT 1 FROM {} e WHERE e.project_id = $1 AND e.received_at < coalesce((SELECT \
         min(f.received_at) FROM word_filters f WHERE f.project_id = $1 AND f.day = $2), {}))",
        name_of(day),
        i64::MAX
    );
    let whole = sqlx::query_scalar(AssertSqlSafe(whole)).bind(project_id).bind(day);
    Ok(whole.fetch_one(connection).await?)
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

/// What is stored with filters: it stays what it is.
fn hash(word: &str) -> u64 {
    xxh3_64(word.as_bytes())
}

/// The bits of a word in its block.
fn bits(hash: u64) -> impl Iterator<Item = u64> {
    let (first, step) = (hash & 511, (hash >> 9) & 511 | 1);
    (0..PROBES).map(move |n| (first + n * step) & 511)
}

fn filter(mut hashes: Vec<u64>) -> Vec<u8> {
    hashes.sort_unstable();
    hashes.dedup();
    let blocks = (hashes.len() * BITS).div_ceil(BLOCK * 8).max(1);
    let mut filter = vec![0_u8; blocks * BLOCK];
    for hash in hashes {
        let block = usize::try_from(((hash >> 32) * blocks as u64) >> 32).unwrap_or(0);
        for bit in bits(hash) {
            let byte = block * BLOCK + usize::try_from(bit / 8).unwrap_or(0);
            if let Some(byte) = filter.get_mut(byte) {
                *byte |= 1 << (bit % 8);
            }
        }
    }
    filter
}

/// A question to the column `f.filter`; none when every filter would say yes.
fn condition(narrow: &Narrow) -> Option<String> {
    let list = |parts: Vec<String>, between: &str| format!("({})", parts.join(between));
    match narrow {
        Narrow::Word(word) => Some(of_word(hash(word))),
        // Of beginnings of words a filter knows nothing.
        Narrow::Prefix(_) => None,
        Narrow::And(parts) => {
            let parts: Vec<String> = parts.iter().filter_map(condition).collect();
            (!parts.is_empty()).then(|| list(parts, " AND "))
        }
        Narrow::Or(parts) => Some(list(parts.iter().map(condition).collect::<Option<_>>()?, " OR ")),
        Narrow::Without(asked, _) => condition(asked.as_deref()?),
    }
}

fn of_word(hash: u64) -> String {
    let block = format!(
        "substring(f.filter FROM ((({}::bigint * (octet_length(f.filter) / {BLOCK})) >> 32) * {BLOCK} + 1)::int \
         FOR {BLOCK})",
        hash >> 32
    );
    // One after the other: most filters say no to the first or the second.
    let set: Vec<String> = bits(hash).map(|bit| format!("get_bit({block}, {bit}) = 1")).collect();
    format!("({})", set.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Postgres is asked, in Rust.
    fn says(filter: &[u8], word: &str) -> bool {
        let hash = hash(word);
        let blocks = (filter.len() / BLOCK) as u64;
        let block = (((hash >> 32) * blocks) >> 32) as usize;
        bits(hash).all(|bit| filter[block * BLOCK + (bit / 8) as usize] >> (bit % 8) & 1 == 1)
    }

    #[test]
    fn a_filter_says_yes_to_its_words_and_hardly_ever_to_others() {
        for count in [0_usize, 1, 30, 2_000, 15_000] {
            let own: Vec<String> = (0..count).map(|n| format!("own{n}")).collect();
            let filter = filter(own.iter().map(|word| hash(word)).collect());
            assert_eq!(filter.len() % BLOCK, 0);
            assert!(filter.len() <= count * BITS / 8 + BLOCK);
            assert!(own.iter().all(|word| says(&filter, word)));
            let wrong = (0..20_000).filter(|n| says(&filter, &format!("other{n}"))).count();
            assert!(wrong <= 60, "{wrong} of 20000 with {count} words");
        }
    }

    #[test]
    fn what_was_stored_once_is_asked_the_same_for_ever() {
        let filter = filter(["declined", "支払"].map(hash).to_vec());
        let set: Vec<usize> = (0..512).filter(|bit| filter[bit / 8] >> (bit % 8) & 1 == 1).collect();
        let stored = [40, 54, 55, 56, 57, 58, 59, 60, 61, 108, 219, 287, 330, 398, 441, 509];
        assert_eq!(set, stored);
    }

    #[test]
    fn what_filters_do_not_know_is_not_asked() {
        let word = |text: &str| Narrow::Word(text.to_owned());
        let prefix = || Narrow::Prefix("x".to_owned());
        assert!(condition(&prefix()).is_none());
        assert!(condition(&Narrow::Or(vec![word("a"), prefix()])).is_none());
        assert!(condition(&Narrow::Without(None, Box::new(word("a")))).is_none());
        let only = condition(&word("a"));
        assert!(only.is_some());
        let without = Narrow::Without(Some(Box::new(word("a"))), Box::new(word("b")));
        assert_eq!(condition(&without), only, "what is left out tells nothing");
        let both = condition(&Narrow::And(vec![word("a"), prefix()]));
        assert_eq!(both, only.map(|only| format!("({only})")));
    }
}
