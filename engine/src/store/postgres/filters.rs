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
//! each piece of it, of eight events that follow each other. Servers keep the
//! newest filters in memory (see `recent`), and have Postgres ask the others.
//!
//! When few events come, a day that is not over has an index, too. A word of one
//! event in two hundred is too rare to walk to and too common to gather, so filters
//! that are in memory are asked first nevertheless. What they do not know, and the
//! rest of a page that is not full soon, is left to the index.
//!
//! A filter may say yes for no reason (once in a thousand), and never says no
//! when it is yes. Events of commits without one, from before there were any,
//! are looked at one by one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Instant;

use sqlx::{AssertSqlSafe, PgConnection};

use super::bloom::{BLOCK, Question, Words, bits};
use super::partitions::{day_of, name_of};
use super::recent::{Recent, SharedDay};
use super::waiting::Waiting;
use crate::ingest::PendingEvent;
use crate::query::Narrow;
use crate::store::{EventKey, StoreError};

/// Pieces of the newest commits that are asked first: what most of them have is found without.
const SAMPLE: usize = if cfg!(test) { 4 } else { 64 };

/// The filters of a commit, as it is being written.
#[derive(Default)]
pub(super) struct Filters {
    by_place: BTreeMap<(i64, i64), Words>,
}

impl Filters {
    /// Adds an event of such words.
    pub(super) fn add(&mut self, key: EventKey, event: &PendingEvent, words: &[Cow<'_, str>]) {
        let place = (event.project_id, day_of(key));
        self.by_place.entry(place).or_default().add(key, words);
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

/// A commit that may have what is looked for, or a piece of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) received_at: i64,
    /// The least and the greatest of its keys.
    pub(super) first: EventKey,
    pub(super) last: EventKey,
    /// How many events it has.
    pub(super) events: i64,
    pub(super) part: Part,
}

/// What of a commit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it, or a piece.
    Known,
    /// Some of its pieces; their filters have to be asked which.
    Pieces,
}

/// A day whose filters are asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) day: i64,
    /// When the last of its events arrived.
    pub(super) last_at: i64,
    /// Whether it has an index of words, which is as good as filters that are not in memory.
    pub(super) has_index: bool,
}

/// A day that may have what is looked for.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) day: i64,
    /// Whether an index tells the same.
    pub(super) has_index: bool,
    pub(super) waiting: Waiting,
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

/// What the filters of a project's days may say, of those days where every event is of a
/// commit that left one. `None` when filters know nothing of such a question, or when it is about something common.
pub(super) async fn ask(
    connection: &mut PgConnection,
    recent: &Recent,
    project_id: i64,
    days: &[Asked],
    narrow: &Narrow,
    deadline: Instant,
) -> Result<Option<Vec<Found>>, StoreError> {
    let Some(question) = Question::new(narrow) else {
        return Ok(None);
    };
    let (mut known, mut newest) = (Vec::with_capacity(days.len()), Vec::new());
    for asked in days.iter().rev() {
        let place = (project_id, asked.day);
        let shared = if asked.has_index {
            let Some(shared) = recent.whole_day(connection, place, asked.last_at, deadline).await? else {
                continue;
            };
            shared
        } else {
            recent.day(connection, place, asked.last_at, deadline).await?
        };
        let (commits, from) = shared.lock().known();
        newest.extend(shared.lock().newest(SAMPLE));
        // Since then there may not have been room for all.
        if !asked.has_index || from.is_none() {
            known.push((*asked, shared, commits, from));
        }
    }
    // The newest that arrived: those of a clock that is ahead would be the same ones for long.
    let (mut sampled, mut yes) = (0_i64, 0_i64);
    for says in newest.iter().flat_map(|commit| commit.says(&question)).take(SAMPLE) {
        sampled += 1;
        yes += i64::from(says);
    }
    if yes * 2 > sampled {
        return Ok(None);
    }
    let one_in = sampled / yes.max(1);
    let mut found = Vec::with_capacity(known.len());
    for (Asked { day, has_index, .. }, known, commits, from) in known {
        if is_whole(connection, project_id, day, &known).await? {
            let stored = match from {
                Some(from) => ask_stored(connection, project_id, day, from, &question).await?,
                None => Vec::new(),
            };
            found.push(Found {
                day,
                has_index,
                waiting: Waiting::new(question.clone(), commits, stored, has_index, deadline),
                one_in,
            });
        }
    }
    Ok(Some(found))
}

/// Has Postgres ask the filters of a project's day that arrived before a moment.
async fn ask_stored(
    connection: &mut PgConnection,
    project_id: i64,
    day: i64,
    before: i64,
    question: &Question,
) -> Result<Vec<Candidate>, StoreError> {
    let condition = condition(question, of_commit);
    let found: Vec<(i64, i64, i64, i64, bool)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT f.received_at, f.first_key, f.last_key, f.events, f.starts IS NOT NULL FROM word_filters f \
         WHERE f.project_id = $1 AND f.day = $2 AND f.received_at < $3 AND {condition}"
    )))
    .persistent(false)
    .bind(project_id)
    .bind(day)
    .bind(before)
    .fetch_all(connection)
    .await?;
    let candidate = |(received_at, first, last, events, pieces)| Candidate {
        received_at,
        first: EventKey(first),
        last: EventKey(last),
        events,
        part: if pieces { Part::Pieces } else { Part::Known },
    };
    Ok(found.into_iter().map(candidate).collect())
}

/// Has Postgres ask the filters of the pieces of commits of a project's day.
pub(super) async fn ask_pieces(
    connection: &mut PgConnection,
    project_id: i64,
    found: &Found,
    commits: &[i64],
) -> Result<Vec<Place>, StoreError> {
    let condition = condition(found.waiting.question(), of_piece);
    let places: Vec<(i64, i64, i64)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT f.received_at, f.starts[p.n], coalesce(f.starts[p.n + 1], f.last_key + 1) FROM word_filters f \
         CROSS JOIN LATERAL generate_series(1, cardinality(f.starts)) p (n) \
         WHERE f.project_id = $1 AND f.day = $2 AND f.received_at = ANY($3) AND f.starts IS NOT NULL AND {condition}"
    )))
    .persistent(false)
    .bind(project_id)
    .bind(found.day)
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

/// Whether every event of a project's day is of a commit that left a filter, as it was a
/// second ago or later.
async fn is_whole(
    connection: &mut PgConnection,
    project_id: i64,
    day: i64,
    known: &SharedDay,
) -> Result<bool, StoreError> {
    let at = Instant::now();
    if let Some(whole) = known.lock().whole() {
        return Ok(whole);
    }
    // By the ends of two indexes, whatever the statistics say. To ask whether there is
    // an older event looks the same, but Postgres expects many and looks at all of the day.
    let whole = format!(
        "SELECT coalesce(e.oldest >= f.oldest, e.oldest IS NULL) \
         FROM (SELECT min(received_at) AS oldest FROM {} WHERE project_id = $1) e, \
         (SELECT min(received_at) AS oldest FROM word_filters WHERE project_id = $1 AND day = $2) f",
        name_of(day)
    );
    let whole = sqlx::query_scalar(AssertSqlSafe(whole)).bind(project_id).bind(day);
    let whole = whole.fetch_one(connection).await?;
    known.lock().set_whole(at, whole);
    Ok(whole)
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

/// A question to filters for Postgres, where `block` tells how to come to the block of a word.
fn condition(question: &Question, block: fn(u64) -> String) -> String {
    let list = |parts: &[Question], between: &str| {
        let parts: Vec<String> = parts.iter().map(|part| condition(part, block)).collect();
        format!("({})", parts.join(between))
    };
    match question {
        Question::Word(hash) => of_word(*hash, block),
        Question::And(parts) => list(parts, " AND "),
        Question::Or(parts) => list(parts, " OR "),
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
