//! Walks through those commits of a day, or pieces of them, that may have what is looked for.

use std::time::Instant;

use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use super::filters::{self, Candidate, Found, Part, Place};
use super::partitions::name_of;
use super::sql::{self, to_i64};
use super::walk::{BATCH, SYNTAX, select, show};
use crate::store::{EventKey, SharedVisit, StoreError, Walk, Walked};

/// Events that are read together: at first, as the first page may be full soon,
/// and at most.
const EVENTS: (i64, i64) = if cfg!(test) { (4, 16) } else { (2_000, 32_000) };

/// So many events are looked at where there is an index, too: pages of most words are full
/// then. Of what is left, the index finds all without looking at what lies beside it.
const WITH_INDEX: i64 = if cfg!(test) { 40 } else { 8_000 };

/// Of how many pieces of a commit one is read at least, as far as is reckoned with.
const ONE_IN: i64 = 16;

/// How a transaction for such a walk begins. What is read is named one by one, so that there is
/// one way to do it; to plan it anew for other names takes as long as to read them.
pub(super) const BEGIN: &str = "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off";
/// The same where the first two were done.
pub(super) const SET: &str = "SET LOCAL enable_seqscan = off";

/// How a walk ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing more is asked for.
    Enough,
    /// All was looked at.
    Through,
    /// The index is to be asked for what lies below this key.
    At(EventKey),
}

/// Walks from window to window of the keys, each of which a bounded number of commits has events in.
pub(super) async fn walk(
    connection: &mut PgConnection,
    walk: &Walk,
    mut found: Found,
    visitor: &SharedVisit,
    walked: &mut Walked,
) -> Result<End, StoreError> {
    let (Some(from), Some(mut top)) = (walk.from, walk.below) else {
        return Err(StoreError::Inconsistent("a day without ends".to_owned()));
    };
    let one_in = found.one_in.clamp(1, ONE_IN);
    found.waiting.retain(from, top);
    let effort = |candidate: &Candidate| effort(candidate, one_in);
    // Those with events below the window, too.
    let mut active: Vec<Candidate> = Vec::new();
    let (mut events, mut parts) = (EVENTS.0, first(walk.expected));
    let (mut looked, mut shown) = (0_i64, 0_usize);
    while top > from && (!active.is_empty() || found.waiting.last().is_some()) {
        let mut room = events.max(active.iter().map(effort).sum());
        while let Some(next) = found.waiting.next(top, room > 0 && parts > 0).await {
            room = room.saturating_sub(effort(&next).max(1));
            // Who knows which pieces it will be.
            parts -= usize::from(next.part != Part::Pieces).min(parts);
            active.push(next);
        }
        parts = usize::MAX;
        looked += active.iter().map(effort).sum::<i64>();
        // What waits has nothing above its last key.
        let bottom = found.waiting.last().map_or(from, |last| EventKey(last.0 + 1).max(from));
        let places = places(connection, walk.project_id, &found, &active, (bottom, top)).await?;
        while !places.is_empty() {
            let rows = read(connection, walk, found.day, &places, top).await?;
            if show(&rows, visitor, walked, walk)?.is_break() {
                return Ok(End::Enough);
            }
            shown += rows.len();
            match walked.last {
                Some(last) if rows.len() >= BATCH.1 => top = last,
                _ => break,
            }
        }
        top = bottom;
        events = next(events, looked, walk.expected, shown);
        active.retain(|candidate| candidate.first < top);
        if top <= from || active.is_empty() && found.waiting.last().is_none() {
            break;
        }
        if Instant::now() >= walk.deadline {
            // Everything down to here was looked at.
            walked.last = Some(top);
            walked.out_of_time = true;
            return Ok(End::Enough);
        }
        if found.has_index && (looked >= WITH_INDEX || found.waiting.is_spent()) {
            return Ok(End::At(top));
        }
    }
    Ok(End::Through)
}

/// How many events are probably looked at for a candidate.
const fn effort(candidate: &Candidate, one_in: i64) -> i64 {
    match candidate.part {
        Part::Known => candidate.events,
        Part::Pieces => candidate.events / one_in,
    }
}

/// How many parts are read at first: where each has what is looked for, these fill the page,
/// and not much more than that is read.
const fn first(expected: usize) -> usize {
    (expected / 8).saturating_mul(9).saturating_add(expected % 8 + 5)
}

/// How many events to read next: what the rest of a page will probably take, and
/// not many times more than before.
fn next(events: i64, looked: i64, expected: usize, shown: usize) -> i64 {
    let most = events.saturating_mul(4).clamp(EVENTS.0, EVENTS.1);
    let (missing, shown) = (to_i64(expected.saturating_sub(shown)), to_i64(shown));
    // Where nothing is missing, the words are not what decides.
    if missing == 0 || shown == 0 {
        return most;
    }
    let probably = looked.saturating_mul(missing) / shown;
    (probably.saturating_add(probably / 4)).clamp(EVENTS.0, most)
}

/// What has to be read of a window.
async fn places(
    connection: &mut PgConnection,
    project_id: i64,
    found: &Found,
    candidates: &[Candidate],
    (bottom, top): (EventKey, EventKey),
) -> Result<Vec<Place>, StoreError> {
    let (mut places, mut unknown) = (Vec::new(), Vec::new());
    for candidate in candidates {
        match candidate.part {
            Part::Known => places.push(Place {
                received_at: candidate.received_at,
                first: candidate.first,
                end: EventKey(candidate.last.0 + 1),
            }),
            Part::Pieces => unknown.push(candidate.received_at),
        }
    }
    if !unknown.is_empty() {
        places.extend(filters::ask_pieces(connection, project_id, found, &unknown).await?);
    }
    for place in &mut places {
        (place.first, place.end) = (place.first.max(bottom), place.end.min(top));
    }
    places.retain(|place| place.first < place.end);
    Ok(places)
}

/// Reads what the places have below a key: a look-up each, which `OFFSET` keeps it. The index
/// is in the order of arrival and, within a commit, of the keys, so that nothing else is read.
async fn read(
    connection: &mut PgConnection,
    walk: &Walk,
    day: i64,
    places: &[Place],
    top: EventKey,
) -> Result<Vec<PgRow>, StoreError> {
    let column = |get: fn(&Place) -> i64| places.iter().map(get).collect::<Vec<i64>>();
    let mut query = select(walk);
    query.push(" FROM UNNEST(").push_bind(column(|place| place.received_at));
    query.push(", ").push_bind(column(|place| place.first.0));
    query.push(", ").push_bind(column(|place| place.end.0));
    query
        .push(format!(
            ") p (received_at, first, ends) CROSS JOIN LATERAL (SELECT e.* FROM {} e \
             WHERE e.received_at = p.received_at AND e.key >= p.first AND e.key < p.ends AND e.project_id = ",
            name_of(day)
        ))
        .push_bind(walk.project_id)
        .push(" OFFSET 0) e WHERE true");
    sql::push_words_apart(&mut query, walk.narrow.as_ref().map(|narrow| narrow.write(&SYNTAX)));
    sql::push_numbers(&mut query, &walk.numbers);
    query.push(" AND e.key < ").push_bind(top.0);
    query.push(" ORDER BY e.key DESC LIMIT ");
    query.push_bind(to_i64(BATCH.1));
    Ok(query.build().fetch_all(connection).await?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::str::FromStr;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use eventglass_model::{EventQuery, Timestamp};
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    use sqlx::Connection;
    use sqlx::postgres::PgConnectOptions;

    use super::super::filters;
    use super::super::partitions::{day_of, name_of};
    use super::super::recent::Recent;
    use super::super::today::Today;
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

    #[test]
    fn no_more_is_read_than_a_page_will_take() {
        let (least, most) = super::EVENTS;
        assert_eq!(super::next(least, least, 50, 0), most, "nothing yet");
        assert_eq!(super::next(least, 8, 50, 48), least, "hardly anything is missing");
        assert_eq!(super::next(least, 8, 60, 50), least, "a little");
        assert_eq!(super::next(least, 24, 80, 48), most, "the same again");
        assert_eq!(super::next(least, least, 50, 50), most, "a filter takes few of them");
        assert_eq!(super::next(most, most, usize::MAX, 1), most, "all are counted");
        assert_eq!(super::next(1, 1, 50, 0), least.max(4), "commits of single events");
        assert_eq!(super::next(1, 1, 50, 1), least.max(4));
    }

    #[test]
    fn at_first_as_much_is_read_as_fills_a_page() {
        assert_eq!([0, 1, 50, 400].map(super::first), [5, 6, 61, 455]);
        assert_eq!(super::first(usize::MAX), usize::MAX);
    }

    #[tokio::test]
    async fn of_a_piece_nothing_else_is_read() {
        let today = Today::new().await;
        // Ten commits whose events happened at the same times: between any two of one
        // commit lie nine of others.
        for commit in 0..10 {
            let event = |n: i64| NewEvent {
                message: Some(if n == 150 { "seldom" } else { "often" }.to_owned()),
                ..today.event(n * 10 + commit)
            };
            today.append((0..300).map(event)).await;
        }
        let read = today.reads("seldom", 10).await;
        assert!((10..=40).contains(&read), "{read} rows for ten pieces of three");
    }

    #[tokio::test]
    async fn filters_are_asked_where_there_is_an_index_too() {
        let mut today = Today::new().await;
        // More than a page of them, which an index would gather, and between which there
        // is much else, which a walk would look at.
        for n in 0..8 {
            let says = |n: i64| if n % 20 == 7 { "seldom" } else { "often" };
            today.commit(n * 500..(n + 1) * 500, says).await;
        }
        today.index().await;
        let read = today.reads("seldom", 10).await;
        assert!(read < 100, "{read} rows");
        let read = today.reads("seldom", 200).await;
        assert!(read < 400, "{read} rows: the index has all that follow");
    }

    #[tokio::test]
    async fn what_another_server_stored_is_found_at_once() {
        let url = cluster::shared().database();
        let [one, other] = [
            PostgresStore::open(&url).await.unwrap(),
            PostgresStore::open(&url).await.unwrap(),
        ];
        let now = SystemClock.now();
        let owner = one.add_user("a", "", now).await.unwrap();
        let p = one.add_project(owner, "p", "p", "", now).await.unwrap().id;
        let mut expected = Vec::new();
        for n in 0..12_i64 {
            let store = if n % 2 == 0 { &one } else { &other };
            let event = |word: &str, n: i64| NewEvent {
                message: Some(word.to_owned()),
                ..NewEvent::new(format!("{word}{n}"), now.plus_micros(n - 100), "k".to_owned())
            };
            // Of single events, and of some.
            let mut events = vec![event("rare", 5 * n)];
            if n % 3 == 0 {
                events.extend((1..5).map(|m| event("other", 5 * n + m)));
            }
            let events = events.into_iter().map(|event| event.prepare(p, false)).collect();
            store.append(Arc::new(events), now).await.unwrap();
            expected.insert(0, format!("rare{}", 5 * n));
            for store in [&one, &other] {
                assert_eq!(pages(store, p, "rare -never", now).await, expected);
            }
        }
    }

    #[tokio::test]
    async fn filters_of_a_day_give_what_there_is() {
        let url = cluster::shared().database();
        let mut store = PostgresStore::open(&url).await.unwrap();
        let now = SystemClock.now();
        let owner = store.add_user("a", "", now).await.unwrap();
        let mut runner = TestRunner::deterministic();
        for round in 0..8 {
            if round == 4 {
                // From now on there is an index, too.
                let today = name_of(day_of(EventKey::from_time(now)));
                let build = format!("CREATE INDEX {today}_words ON {today} USING gin (words)");
                cluster::shared().execute(&url, &build).unwrap();
                store = PostgresStore::open(&url).await.unwrap();
            }
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
            let questions: [(&str, Has); 11] = [
                ("rare", |words| words.contains(&4)),
                ("never", |_| false),
                ("some", |words| words.contains(&3)),
                ("all", |_| true),
                ("rare OR some", |words| words.contains(&4) || words.contains(&3)),
                ("some often", |words| words.contains(&3) && words.contains(&1)),
                ("some -often", |words| words.contains(&3) && !words.contains(&1)),
                ("rar* OR never", |words| words.contains(&4)),
                ("rare* OR neve*", |words| words.contains(&4)),
                ("nevermo*", |_| false),
                ("ofte* some -hal*", |words| {
                    words.contains(&1) && words.contains(&3) && !words.contains(&2)
                }),
            ];
            let mut connection = sqlx::PgConnection::connect_with(&PgConnectOptions::from_str(&url).unwrap())
                .await
                .unwrap();
            for uncovered in [false, true] {
                // Room for all filters, for some of them, and for none.
                for room in [1 << 20, 2_000, 0] {
                    store.recent = Recent::new(room);
                    for (q, has) in questions {
                        let expected: Vec<&String> = stored
                            .iter()
                            .filter(|(.., words)| has(words))
                            .map(|(_, id, _)| id)
                            .collect();
                        let found = pages(&store, p, q, now).await;
                        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{q}, {uncovered}, {room}");
                    }
                    let today = filters::Asked {
                        day: day_of(EventKey::from_time(now)),
                        last_at: now.micros(),
                        has_index: false,
                    };
                    let never = Narrow::Word("never".into());
                    let asked = filters::ask(&mut connection, &store.recent, p, &[today], &never, Instant::now()).await;
                    let mut candidates = Vec::new();
                    for mut found in asked.unwrap().expect("it is rare") {
                        let mut all = 0;
                        while found.waiting.next(EventKey(i64::MIN), true).await.is_some() {
                            all += 1;
                        }
                        candidates.push(all);
                    }
                    match (uncovered, candidates.as_slice()) {
                        (false, [0 | 1]) | (true, []) => {}
                        (_, found) => panic!("{found:?} {uncovered}, {room}"),
                    }
                }
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
