//! Walks through the table, newest first, in batches that end where the one before began.
//!
//! A walk for words goes from span to span of the keys: days that are not over,
//! whose filters say where to look (`commits`), days without an index that are
//! looked through (`in_order`), and all others, which have an index.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::PoisonError;
use std::time::Instant;

use super::commits::End;
use super::days::{Noted, Range};
use super::filters::{Asked, Found};
use super::pace::Pace;
use super::partitions::{Unfinished, keys_of};
use super::{PostgresStore, commits, days, filters, in_order, sql};
use crate::query::Syntax;
use crate::store::row::{self, Columns};
use crate::store::{EventKey, SharedVisit, StoreError, Walk, Walked};
use sqlx::postgres::{PgPoolOptions, PgRow};
use sqlx::{Executor, FromRow, PgConnection, Postgres, QueryBuilder};

/// How a `tsquery` writes questions. A word holds letters and numbers only.
pub(super) const SYNTAX: Syntax = Syntax {
    word: |word| format!("'{word}'"),
    prefix: |word| format!("'{word}':*"),
    and: " & ",
    or: " | ",
    and_not: " & !",
};

/// The least and the most events of a batch.
pub(super) const BATCH: (usize, usize) = (64, 4_096);
/// The most events that filters are to find where there is an index, too. They read what lies
/// beside each of them; the index reads all that there are, and nothing else.
const PAGE: usize = 256;
/// The most keys of a batch without anything else.
const KEYS: usize = 65_536;

/// Where a batch begins.
#[derive(Clone, Copy, Default)]
struct After {
    key: Option<EventKey>,
    received_at: i64,
}

/// A part of a walk.
#[derive(Debug)]
struct Span {
    from: Option<EventKey>,
    below: Option<EventKey>,
    way: Way,
}

/// How to find what is looked for.
#[derive(Debug)]
enum Way {
    /// By the index of words, or by the key.
    Index,
    /// Every event is shown, or may have to be looked at: in the order of the keys.
    InOrder,
    /// What has arrived lately, which is of these days: in the order of arrival.
    Arrived(Vec<Range>),
    /// Only commits of a day may have it whose filters say so.
    Commits(Found),
    /// There are no events.
    Nothing,
}

/// How Postgres plans the statements of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// By what it knows.
    Free,
    /// An index gives the order, whatever the statistics say.
    InOrder,
    /// What is read is named one by one.
    ByName,
}

impl Plan {
    /// How such a transaction begins.
    const fn begin(self) -> &'static str {
        match self {
            Self::Free => "BEGIN",
            Self::InOrder => in_order::BEGIN,
            Self::ByName => commits::BEGIN,
        }
    }

    /// The same of a transaction that began with [`BEGIN`].
    const fn set(self) -> &'static str {
        match self {
            Self::Free => "SET LOCAL plan_cache_mode = force_custom_plan",
            Self::InOrder => in_order::SET,
            Self::ByName => commits::SET,
        }
    }
}

impl Way {
    const fn plan(&self) -> Plan {
        match self {
            Self::Index | Self::Nothing => Plan::Free,
            Self::InOrder | Self::Arrived(..) => Plan::InOrder,
            Self::Commits(..) => Plan::ByName,
        }
    }
}

/// What each walk asks first, prepared on each connection for reads: to read it anew each time
/// takes as long as the wait for its answer.
const PREPARE: &str = "PREPARE walked_project (bigint) AS SELECT p.last_event_at, p.words_from, \
     p.event_count * 20 >= 19 * (SELECT sum(event_count) FROM projects), \
     coalesce(d.days, '{}'), coalesce(d.last, '{}') FROM projects p LEFT JOIN LATERAL \
     (SELECT array_agg(day ORDER BY day) AS days, array_agg(last_at ORDER BY day) AS last \
     FROM event_days WHERE project_id = p.id) d ON true WHERE p.id = $1";
const BEGIN: &str = "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan";

/// Makes the connections of a pool ready for walks.
pub(super) fn ready(pool: PgPoolOptions) -> PgPoolOptions {
    pool.after_connect(|connection, _| Box::pin(async move { connection.execute(PREPARE).await.map(drop) }))
}

impl PostgresStore {
    pub(super) async fn walk_through(&self, walk: Walk, visitor: &SharedVisit) -> Result<Walked, StoreError> {
        // The way that it will probably take.
        let plan = match walk {
            Walk {
                arrived_after: Some(_), ..
            } => Plan::InOrder,
            Walk { only: Some(_), .. } => Plan::Free,
            Walk {
                narrow: None,
                narrow_slow: None,
                ..
            } => Plan::InOrder,
            _ => Plan::ByName,
        };
        type Project = (Option<i64>, Option<i64>, bool, Vec<i64>, Vec<i64>);
        // The watermark comes first: what arrives from now on may be missed.
        let begin = format!("{BEGIN}; EXECUTE walked_project({}); {}", walk.project_id, plan.set());
        let (mut tx, rows) = self.readers.begin_asking(begin).await?;
        let project = rows.first().map(Project::from_row).transpose()?;
        let (watermark, words_from, has_nearly_all, days, last_at) = project.unwrap_or_default();
        let noted = Noted::new(self.partitions.first(&mut tx).await?, days, last_at);
        let walk = walk.of_project(has_nearly_all);
        let mut walked = Walked {
            last: None,
            out_of_time: false,
            watermark,
        };
        let most = if walk.columns.is_empty() { KEYS } else { BATCH.1 };
        let mut pace = Pace::new(&self.turns, walk.expected.clamp(BATCH.0, most), most);
        // The first is the last.
        let mut parts = Vec::new();
        for part in walk.parts(words_from.map(EventKey)) {
            for Span { from, below, way } in self.spans(&mut tx, &part, &noted).await? {
                let part = Walk {
                    from,
                    below,
                    ..part.clone()
                };
                parts.push((part, way));
            }
        }
        parts.reverse();
        let mut first = Some(tx);
        while let Some((part, way)) = parts.pop() {
            if first.is_none() && Instant::now() >= part.deadline && part.below.is_some() {
                // Everything down to here was looked at.
                walked.last = part.below;
                walked.out_of_time = true;
                return Ok(walked);
            }
            let mut reader = match first.take() {
                Some(tx) if plan == way.plan() => tx,
                first => {
                    if let Some(tx) = first {
                        tx.end();
                    }
                    self.readers.begin_with(way.plan().begin()).await?
                }
            };
            let done = match way {
                Way::Commits(commits) => {
                    let end = commits::walk(&mut reader, &part, commits, visitor, &mut walked).await?;
                    reader.end();
                    match end {
                        End::Enough => ControlFlow::Break(()),
                        End::Through => ControlFlow::Continue(()),
                        End::At(key) => {
                            let below = Some(key);
                            parts.push((Walk { below, ..part }, Way::Index));
                            ControlFlow::Continue(())
                        }
                    }
                }
                Way::InOrder if part.narrow.is_some() || !part.numbers.is_empty() => {
                    in_order::look_for(&self.readers, reader, &part, &mut pace, visitor, &mut walked).await?
                }
                way => {
                    let rows = read(&mut reader, &part, &way, After::default(), pace.batch).await?;
                    reader.end();
                    self.go_on(&part, &way, rows, &mut pace, visitor, &mut walked).await?
                }
            };
            if done.is_break() {
                return Ok(walked);
            }
        }
        Ok(walked)
    }

    /// Shows a batch, and those that follow it.
    async fn go_on(
        &self,
        walk: &Walk,
        way: &Way,
        mut rows: Vec<PgRow>,
        pace: &mut Pace<'_>,
        visitor: &SharedVisit,
        walked: &mut Walked,
    ) -> Result<ControlFlow<()>, StoreError> {
        let mut after = After::default();
        loop {
            let is_last = rows.len() < pace.batch || walk.only.is_some();
            if show(&rows, visitor, walked, walk)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            if is_last {
                return Ok(ControlFlow::Continue(()));
            }
            if let (Some(last), true) = (rows.last(), walk.arrived_after.is_some()) {
                after.received_at = last.int("received_at")?;
            }
            after.key = walked.last;
            pace.next().await;
            let mut reader = self.readers.begin_with(way.plan().begin()).await?;
            rows = read(&mut reader, walk, way, after, pace.batch).await?;
            reader.end();
        }
    }

    /// The parts of a walk, the newest first.
    async fn spans(&self, tx: &mut PgConnection, walk: &Walk, noted: &Noted) -> Result<Vec<Span>, StoreError> {
        if let Some(after) = walk.arrived_after {
            return Ok(vec![whole(walk, Way::Arrived(noted.since(after)))]);
        }
        if walk.only.is_some() {
            return Ok(vec![whole(walk, Way::Index)]);
        }
        let Some(narrow) = &walk.narrow else {
            if walk.from.is_some() {
                return Ok(vec![whole(walk, Way::InOrder)]);
            }
            return Ok(stretches(noted, walk.below, days::FIRST_STRETCH, || Way::InOrder));
        };
        let unfinished = self.partitions.unfinished(tx).await?;
        let (mut ways, mut asked) = (BTreeMap::new(), Vec::new());
        for Unfinished { day, has_index } in unfinished.iter().rev().copied() {
            if !days::meets(keys_of(day), walk.from, walk.below) || has_index && walk.expected > PAGE {
                continue;
            }
            let last_at = noted.last_at(day);
            if !has_index {
                ways.insert(day, last_at.map_or(Way::Nothing, |_| Way::InOrder));
            }
            asked.extend(last_at.map(|last_at| Asked {
                day,
                last_at,
                has_index,
            }));
        }
        let found = filters::ask(tx, &self.recent, walk.project_id, &asked, narrow, walk.deadline).await?;
        for found in found.into_iter().flatten() {
            ways.insert(found.day, Way::Commits(found));
        }
        let mut spans = cut(walk, ways);
        if let Some(Span { below, .. }) = spans.pop_if(|span| matches!(span.way, Way::Index) && span.from.is_none()) {
            spans.extend(stretches(noted, below, days::FIRST_STRETCH_FOR_WORDS, || Way::Index));
        }
        spans.retain(|span| match span.way {
            Way::Nothing => false,
            Way::Index => noted.has_between(span.from, span.below),
            _ => true,
        });
        Ok(spans)
    }
}

/// All days of a project below a key in stretches. Most walks end in the first, hold
/// no locks on all days that there are, and sort nothing of those.
fn stretches(noted: &Noted, below: Option<EventKey>, first_stretch: usize, way: fn() -> Way) -> Vec<Span> {
    let span = |(from, end): Range| Span {
        from: Some(from),
        below: Some(below.map_or(end, |below| below.min(end))),
        way: way(),
    };
    noted.stretches(first_stretch, below).into_iter().map(span).collect()
}

fn whole(walk: &Walk, way: Way) -> Span {
    let (from, below) = (walk.from, walk.below);
    Span { from, below, way }
}

/// Cuts a walk at days without an index.
fn cut(walk: &Walk, days: BTreeMap<i64, Way>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut top = walk.below;
    for (day, way) in days.into_iter().rev() {
        let (first, end) = keys_of(day);
        let first = walk.from.map_or(first, |from| from.max(first));
        let end = walk.below.map_or(end, |below| below.min(end));
        if top.is_none_or(|top| end < top) {
            spans.push(Span {
                from: Some(end),
                below: top,
                way: Way::Index,
            });
        }
        match spans.last_mut() {
            // Two days that follow each other are one way.
            Some(last) if matches!((&way, &last.way), (Way::InOrder, Way::InOrder)) => last.from = Some(first),
            _ => spans.push(Span {
                from: Some(first),
                below: Some(end),
                way,
            }),
        }
        top = Some(first);
    }
    if walk.from.is_none() || top.is_none() || top > walk.from {
        spans.push(Span {
            from: walk.from,
            below: top,
            way: Way::Index,
        });
    }
    spans
}

pub(super) fn show(
    rows: &[PgRow],
    visitor: &SharedVisit,
    walked: &mut Walked,
    walk: &Walk,
) -> Result<ControlFlow<()>, StoreError> {
    let mut visitor = visitor.lock().unwrap_or_else(PoisonError::into_inner);
    for (n, found) in rows.iter().enumerate() {
        let key = row::key(found)?;
        walked.last = Some(key);
        if visitor.visit(key, found)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if (n + 1) % 32 == 0 && Instant::now() >= walk.deadline {
            walked.out_of_time = true;
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Begins a statement with what a walk reads of each event.
pub(super) fn select(walk: &Walk) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT e.key");
    if !walk.columns.is_empty() {
        query.push(format!(", {}", walk.columns));
    }
    query
}

async fn read(
    connection: &mut PgConnection,
    walk: &Walk,
    way: &Way,
    after: After,
    batch: usize,
) -> Result<Vec<PgRow>, StoreError> {
    let mut query = select(walk);
    if walk.arrived_after.is_some() && !walk.columns.contains("e.received_at") {
        query.push(", e.received_at");
    }
    query
        .push(" FROM events e WHERE e.project_id = ")
        .push_bind(walk.project_id);
    if let Some(narrow) = walk
        .narrow
        .as_ref()
        .filter(|_| walk.arrived_after.is_none() && walk.only.is_none())
    {
        sql::push_words(&mut query, Some(narrow.write(&SYNTAX)));
        sql::push_numbers(&mut query, &walk.numbers);
    }
    let below = match (walk.arrived_after, after.key) {
        (None, Some(key)) => Some(key),
        _ => walk.below,
    };
    for (text, bound) in [
        (" AND e.key = ", walk.only),
        (" AND e.key >= ", walk.from),
        (" AND e.key < ", below),
    ] {
        if let Some(bound) = bound {
            query.push(text).push_bind(bound.0);
        }
    }
    if let Way::Arrived(days) = way {
        days::push(&mut query, days);
    }
    if let Some(arrived_after) = walk.arrived_after {
        query.push(" AND e.received_at > ").push_bind(arrived_after);
        if let Some(key) = after.key {
            query
                .push(" AND (e.received_at, e.key) < (")
                .push_bind(after.received_at);
            query.push(", ").push_bind(key.0).push(")");
        }
        query.push(" ORDER BY e.received_at DESC, e.key DESC LIMIT ");
    } else {
        query.push(" ORDER BY e.key DESC LIMIT ");
    }
    query.push_bind(sql::to_i64(batch));
    Ok(query.build().fetch_all(connection).await?)
}
