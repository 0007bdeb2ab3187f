//! Walks through those commits of a day that may have what is looked for.

use std::ops::ControlFlow;
use std::time::Instant;

use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use super::filters::Candidate;
use super::partitions::name_of;
use super::sql;
use super::walk::{BATCH, SYNTAX, select, show};
use crate::store::{EventKey, SharedVisit, StoreError, Walk, Walked};

/// Events of commits that are read together: at first, as the first page may be
/// full soon, and at most.
const EVENTS: (i64, i64) = if cfg!(test) { (4, 16) } else { (2_000, 32_000) };

/// Walks from window to window of the keys, each of which a bounded number of commits has events in.
pub(super) async fn walk(
    connection: &mut PgConnection,
    walk: &Walk,
    day: i64,
    mut waiting: Vec<Candidate>,
    visitor: &SharedVisit,
    walked: &mut Walked,
) -> Result<ControlFlow<()>, StoreError> {
    let (Some(from), Some(mut top)) = (walk.from, walk.below) else {
        return Err(StoreError::Inconsistent("a day without ends".to_owned()));
    };
    waiting.retain(|candidate| candidate.last >= from && candidate.first < top);
    waiting.sort_unstable_by_key(|candidate| candidate.last);
    // Those with events below the window, too.
    let mut active: Vec<Candidate> = Vec::new();
    let mut events = EVENTS.0;
    while top > from && (!active.is_empty() || !waiting.is_empty()) {
        let mut room = events.max(active.iter().map(|candidate| candidate.events).sum());
        while let Some(next) = waiting.pop_if(|next| room > 0 || next.last >= top) {
            room = room.saturating_sub(next.events);
            active.push(next);
        }
        // What waits has nothing above its last key.
        let bottom = waiting.last().map_or(from, |next| EventKey(next.last.0 + 1).max(from));
        loop {
            let rows = read(connection, walk, day, &active, (bottom, top)).await?;
            if show(&rows, visitor, walked, walk)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            match walked.last {
                Some(last) if rows.len() >= BATCH.1 => top = last,
                _ => break,
            }
        }
        top = bottom;
        events = (events * 4).min(EVENTS.1);
        active.retain(|candidate| candidate.first < top);
        if Instant::now() >= walk.deadline && (!active.is_empty() || !waiting.is_empty()) {
            // Everything down to here was looked at.
            walked.last = Some(top);
            walked.out_of_time = true;
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

async fn read(
    connection: &mut PgConnection,
    walk: &Walk,
    day: i64,
    commits: &[Candidate],
    (bottom, top): (EventKey, EventKey),
) -> Result<Vec<PgRow>, StoreError> {
    let commits: Vec<i64> = commits.iter().map(|commit| commit.received_at).collect();
    let mut query = select(walk);
    query
        .push(format!(" FROM {} e WHERE e.project_id = ", name_of(day)))
        .push_bind(walk.project_id);
    query.push(" AND e.received_at = ANY(").push_bind(commits).push(")");
    sql::push_words(&mut query, walk.narrow.as_ref().map(|narrow| narrow.write(&SYNTAX)));
    // By the index of arrival: it knows these commits, while Postgres guesses wildly how
    // many events of today lie between two keys.
    query.push(" AND e.key + 0 >= ").push_bind(bottom.0);
    query.push(" AND e.key + 0 < ").push_bind(top.0);
    query.push(" ORDER BY e.key DESC LIMIT ");
    query.push_bind(i64::try_from(BATCH.1).unwrap_or(i64::MAX));
    Ok(query.build().fetch_all(connection).await?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::str::FromStr;
    use std::sync::Arc;
    use std::time::Duration;

    use eventglass_model::{EventQuery, Timestamp};
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use sqlx::Connection;
    use sqlx::postgres::PgConnectOptions;

    use super::super::filters;
    use super::super::partitions::day_of;
    use super::super::{PostgresStore, cluster};
    use crate::clock::{Clock, SystemClock};
    use crate::ingest::{NewEvent, PendingEvent};
    use crate::query::{EventSearch, Narrow};
    use crate::store::{AccessStore, EventKey, EventStore};

    const WORDS: [&str; 6] = ["all", "often", "half", "some", "rare", "never"];

    /// An event: how many microseconds ago it was, and which words it has.
    type Spec = (i64, Vec<usize>);

    /// Commits of events of the last minutes, the last hours, and the day before.
    fn commits() -> impl Strategy<Value = Vec<Vec<Spec>>> {
        let ago = prop_oneof![
            6 => 0..60_000_000_i64,
            2 => 0..7_200_000_000_i64,
            1 => 86_400_000_000..90_000_000_000_i64,
        ];
        let words = (0..100_u8).prop_map(|n| {
            let has = [n < 101, n < 70, n % 2 == 0, n % 10 == 3, n == 42, false];
            (0..6).filter(|place| has[*place]).collect()
        });
        prop::collection::vec(prop::collection::vec((ago, words), 1..6), 8..30)
    }

    async fn pages(store: &PostgresStore, p: i64, q: &str, now: Timestamp) -> Vec<String> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let query = EventQuery {
                q: q.to_owned(),
                cursor: Some(cursor.clone()).filter(|cursor| !cursor.is_empty()),
                limit: Some(3),
                ..EventQuery::default()
            };
            let search = EventSearch::new(query, now).unwrap();
            let page = crate::query::events(store, p, &search, Duration::from_secs(60))
                .await
                .unwrap();
            found.extend(page.items.into_iter().map(|event| event.event_id));
            match page.next_cursor {
                Some(next) => cursor = next,
                None => return found,
            }
        }
    }

    #[tokio::test]
    async fn a_day_without_an_index_gives_what_there_is() {
        let url = cluster::shared().database();
        let store = PostgresStore::open(&url).await.unwrap();
        let now = SystemClock.now();
        let owner = store.add_user("a", "", now).await.unwrap();
        let mut runner = TestRunner::deterministic();
        for round in 0..6 {
            let name = format!("p{round}");
            let p = store.add_project(owner, &name, &name, "", now).await.unwrap().id;
            let mut stored: Vec<(i64, String, BTreeSet<usize>)> = Vec::new();
            let commits = commits().new_tree(&mut runner).unwrap().current();
            for (n, commit) in commits.iter().enumerate() {
                let mut events: Vec<PendingEvent> = Vec::new();
                for (m, (ago, words)) in commit.iter().enumerate() {
                    let id = format!("e{n}.{m}");
                    let message: Vec<&str> = words.iter().map(|word| WORDS[*word]).collect();
                    // No two at one moment: the order of those is another matter.
                    let time = now.plus_micros(-(ago / 1_000 * 1_000) - (n * 10 + m) as i64 - 1);
                    let event = NewEvent {
                        message: Some(message.join(" ")),
                        ..NewEvent::new(id.clone(), time, "k".to_owned())
                    };
                    stored.push((time.micros(), id, words.iter().copied().collect()));
                    events.push(event.prepare(p, false));
                }
                store.append(Arc::new(events), now).await.unwrap();
            }
            stored.sort_by_key(|(time, ..)| std::cmp::Reverse(*time));
            type Has = fn(&BTreeSet<usize>) -> bool;
            let questions: [(&str, Has); 8] = [
                ("rare", |words| words.contains(&4)),
                ("never", |_| false),
                ("some", |words| words.contains(&3)),
                ("all", |_| true),
                ("rare OR some", |words| words.contains(&4) || words.contains(&3)),
                ("some often", |words| words.contains(&3) && words.contains(&1)),
                ("some -often", |words| words.contains(&3) && !words.contains(&1)),
                ("rar* OR never", |words| words.contains(&4)),
            ];
            let mut connection = sqlx::PgConnection::connect_with(&PgConnectOptions::from_str(&url).unwrap())
                .await
                .unwrap();
            for uncovered in [false, true] {
                for (q, has) in questions {
                    let expected: Vec<&String> = stored
                        .iter()
                        .filter(|(.., words)| has(words))
                        .map(|(_, id, _)| id)
                        .collect();
                    let found = pages(&store, p, q, now).await;
                    assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{q}, {uncovered}");
                }
                let today = day_of(EventKey::from_time(now));
                let asked = filters::ask(&mut connection, p, &[today], &Narrow::Word("never".into()))
                    .await
                    .unwrap()
                    .expect("today has filters");
                assert!(asked[&today].len() <= 1, "{asked:?}");
                assert_eq!(filters::are_whole(&mut connection, p, today).await.unwrap(), !uncovered);
                // As if the first commits were from before there were filters.
                sqlx::query(
                    "DELETE FROM word_filters WHERE project_id = $1 AND received_at IN (SELECT received_at \
                     FROM word_filters WHERE project_id = $1 ORDER BY received_at LIMIT 5)",
                )
                .bind(p)
                .execute(&mut connection)
                .await
                .unwrap();
            }
        }
    }
}
