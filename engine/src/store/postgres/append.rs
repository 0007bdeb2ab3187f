//! Writing events: one group, one transaction, one sync.
//!
//! The transaction begins by locking the rows of its projects, in order. From
//! then on nobody else writes events of these projects, so that every look-up
//! is exact until the commit, and two groups never wait for each other in a circle.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use eventglass_model::Timestamp;
use sqlx::{Connection, PgConnection};

use super::COMMIT_LIMIT;
use super::bounded::{Bounded, Held, silent};
use super::days;
use super::filters::Filters;
use super::ids::{insert_ids, stored_keys, update_ids};
use super::insert::{Made, insert_events};
use super::partitions::{Going, Partitions, day_of};
use super::project::{count_events, lock_projects, note_unacknowledged};
use super::rollups;
use crate::ingest::{IdHash, PendingEvent};
use crate::rollups::{DeltaBuilder, Facts};
use crate::store::order::in_order;
use crate::store::{Appended, EventKey, StoreError};

/// Row of an event with its key.
pub(super) type Keyed<'a> = (EventKey, &'a PendingEvent);

/// What to do when a stored event has the key of one that is to be stored.
#[derive(Clone, Copy)]
enum OnTaken {
    /// The commit fails. Hardly ever has one, and to be ready for it is two waits for Postgres.
    Fail,
    /// Those get other keys.
    Move,
}

/// What it takes to append.
#[derive(Clone)]
pub(super) struct Appender {
    pub(super) pool: Bounded,
    pub(super) partitions: Arc<Partitions>,
    pub(super) arrivals: Arc<AtomicU64>,
}

impl Appender {
    /// See [`crate::store::EventStore::append`]. A connection that does not
    /// answer is not used again: it may say late what nobody asks for any more.
    pub(super) async fn append(
        &self,
        mut connection: Held,
        events: &[PendingEvent],
        now: Timestamp,
    ) -> Result<Vec<Appended>, StoreError> {
        let append = async {
            match self.try_append(&mut connection, events, now, OnTaken::Fail).await {
                Err(StoreError::Database(error)) if is_taken(&error) => {
                    self.try_append(&mut connection, events, now, OnTaken::Move).await
                }
                done => done,
            }
        };
        let done = tokio::time::timeout(COMMIT_LIMIT, append).await.unwrap_or_else(|_| {
            connection.lose();
            Err(silent().into())
        });
        if done.is_err() {
            self.partitions.forget().await;
        }
        done
    }

    async fn try_append(
        &self,
        connection: &mut PgConnection,
        events: &[PendingEvent],
        now: Timestamp,
        on_taken: OnTaken,
    ) -> Result<Vec<Appended>, StoreError> {
        let started = Instant::now();
        let mut outcomes = vec![Appended::Duplicate; events.len()];
        // Of those that stand twice in the group, the first counts.
        let mut places: BTreeMap<(i64, IdHash), usize> = BTreeMap::new();
        for (n, event) in events.iter().enumerate() {
            places.entry((event.project_id, event.event_hash)).or_insert(n);
        }
        // In the order in which they came, which decides between equal times.
        let first: BTreeSet<usize> = places.values().copied().collect();
        let first = first.iter().filter_map(|n| events.get(*n)).collect();
        let mut rows = self.keyed(first);
        settle(&mut rows, &HashSet::new(), &self.arrivals);
        let going = self.prepare(&rows, now).await?;

        let mut tx = connection.begin().await?;
        let received_at = lock_projects(&mut tx, &rows, now).await?;
        // While Postgres looks at the ids, what follows is made, as if all were new.
        let made = async {
            let made = Made::of(&rows, received_at, &going).await?;
            Ok::<_, StoreError>((made, sums(&rows)))
        };
        let (new, made) = tokio::join!(insert_ids(&mut tx, &rows), made);
        let (new, (mut made, mut sums_of_rows)) = (new?, made?);
        if new.len() < rows.len() {
            rows.retain(|(_, row)| new.contains(&(row.project_id, row.event_hash)));
            (made, sums_of_rows) = (Made::of(&rows, received_at, &going).await?, sums(&rows));
        }
        let filters = match on_taken {
            OnTaken::Fail => {
                insert_events(&mut tx, made.encoded).await?;
                made.filters
            }
            OnTaken::Move => self.insert(&mut tx, &mut rows, made, (received_at, now)).await?,
        };
        let inserted = Instant::now();
        note_unacknowledged(&mut tx, &rows, received_at).await?;
        count_events(&mut tx, &rows, received_at, now).await?;
        self.note_days(&mut tx, &rows, received_at).await?;
        rollups::write(&mut tx, sums_of_rows).await?;
        self.write_filters(&mut tx, filters, received_at, now).await?;
        let counted = Instant::now();
        tx.commit().await?;

        for (stage, from, to) in [("insert", started, inserted), ("text", inserted, counted)] {
            metrics::histogram!("eventglass_stage_seconds", "stage" => stage)
                .record(to.duration_since(from).as_secs_f64());
        }
        metrics::histogram!("eventglass_stage_seconds", "stage" => "sync").record(counted.elapsed().as_secs_f64());
        for (id, place) in places {
            if let (true, Some(outcome)) = (new.contains(&id), outcomes.get_mut(place)) {
                *outcome = Appended::New;
            }
        }
        Ok(outcomes)
    }

    /// Writes the filters of a commit, of days that may not be over or have no index.
    pub(super) async fn write_filters(
        &self,
        tx: &mut PgConnection,
        filters: Filters,
        received_at: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let unfinished = self.partitions.unfinished(tx).await?;
        // The database may take another day for today than this server does.
        let today = day_of(EventKey::from_time(now)) - 1;
        let first_day = unfinished.iter().map(|unfinished| unfinished.day).fold(today, i64::min);
        filters.write(tx, received_at, first_day).await
    }

    /// Notes of which days the rows are.
    pub(super) async fn note_days(
        &self,
        tx: &mut PgConnection,
        rows: &[Keyed<'_>],
        received_at: i64,
    ) -> Result<(), StoreError> {
        let keys = rows.iter().map(|(key, row)| (row.project_id, *key, received_at));
        days::note(tx, &self.partitions, keys).await
    }

    /// Rows with their keys, in the order in which they are to be written.
    pub(super) fn keyed<'a>(&self, events: Vec<&'a PendingEvent>) -> Vec<Keyed<'a>> {
        let count = u64::try_from(events.len()).unwrap_or(0);
        let mut arrivals = self.arrivals.fetch_add(count, Ordering::Relaxed);
        in_order(events, &mut arrivals)
    }

    /// Makes sure that the rows have a place; see [`Partitions::prepare`].
    pub(super) async fn prepare(&self, rows: &[Keyed<'_>], now: Timestamp) -> Result<Going, StoreError> {
        self.partitions.prepare(rows.iter().map(|(key, _)| *key), now).await
    }

    /// Inserts rows whose ids are noted, and gives their filters. Which of their keys stored
    /// events have is looked up only when it turns out that one does.
    pub(super) async fn insert(
        &self,
        tx: &mut PgConnection,
        rows: &mut [Keyed<'_>],
        made: Made,
        (received_at, now): (i64, Timestamp),
    ) -> Result<Filters, StoreError> {
        let mut attempt = tx.begin().await?;
        match insert_events(&mut attempt, made.encoded).await {
            Ok(()) => {
                attempt.commit().await?;
                return Ok(made.filters);
            }
            Err(StoreError::Database(error)) if is_taken(&error) => attempt.rollback().await?,
            Err(error) => return Err(error),
        }
        let mut taken = HashSet::new();
        let mut going = self.prepare(rows, now).await?;
        loop {
            let found = stored_keys(tx, rows, &going).await?;
            if found.is_empty() {
                break;
            }
            taken.extend(found);
            settle(rows, &taken, &self.arrivals);
            // Another key may be of another day.
            going = self.prepare(rows, now).await?;
        }
        update_ids(tx, rows).await?;
        let made = Made::of(rows, received_at, &going).await?;
        insert_events(tx, made.encoded).await?;
        Ok(made.filters)
    }
}

/// What new events add up to.
fn sums(rows: &[Keyed<'_>]) -> Vec<(i64, Vec<u8>)> {
    let mut delta = DeltaBuilder::default();
    for (_, row) in rows {
        delta.add(row.project_id, &Facts::from(&row.event));
    }
    delta.finish()
}

/// Whether something unique was there already.
pub(super) fn is_taken(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Gives every row a key that is not taken and that no other row has, and
/// leaves the rows in order.
pub(super) fn settle(rows: &mut [Keyed<'_>], taken: &HashSet<(i64, i64)>, arrivals: &AtomicU64) {
    let mut own: HashSet<(i64, i64)> = HashSet::with_capacity(rows.len());
    for (key, row) in rows.iter_mut() {
        while taken.contains(&(row.project_id, key.0)) || own.contains(&(row.project_id, key.0)) {
            *key = EventKey::elsewhere(row.event.time, arrivals.fetch_add(1, Ordering::Relaxed));
        }
        own.insert((row.project_id, key.0));
    }
    rows.sort_by_key(|(key, _)| *key);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use crate::ingest::{NewEvent, PendingEvent};
    use crate::store::postgres::today::Today;
    use crate::store::{AccessStore, Appended, EventKey, EventStore};

    /// Appends events of one time as a server would that has not counted any yet, so that
    /// the first one gets the key that the first one of another such commit has.
    async fn append(today: &Today, events: Vec<(String, &str)>) -> Vec<Appended> {
        today.store.arrivals.store(0, Ordering::Relaxed);
        let event = |(event_id, word): (String, &str)| {
            let event = NewEvent {
                event_id,
                message: Some(word.to_owned()),
                ..today.event(7)
            };
            event.prepare(today.project, false)
        };
        let events: Vec<PendingEvent> = events.into_iter().map(event).collect();
        today.store.append(Arc::new(events), today.now).await.unwrap()
    }

    async fn found(today: &Today, word: &str) -> Vec<String> {
        let page = today.page(word, 5, None, Duration::from_secs(60)).await;
        page.items.into_iter().map(|event| event.event_id).collect()
    }

    #[tokio::test]
    async fn an_event_whose_key_is_taken_gets_another_and_is_found() {
        let today = Today::new().await;
        let event = |id: &str, word: &'static str| (id.to_owned(), word);
        assert_eq!(append(&today, vec![event("a", "red")]).await, [Appended::New]);
        let events = vec![event("b", "green"), event("a", "red"), event("c", "blue")];
        let outcomes = append(&today, events).await;
        assert_eq!(outcomes, [Appended::New, Appended::Duplicate, Appended::New]);
        for (word, id) in [("red", "a"), ("green", "b"), ("blue", "c")] {
            assert_eq!(found(&today, word).await, [id], "{word}");
            let located = today.store.locate(today.project, id).await.unwrap();
            assert!(located.is_some(), "{id}");
        }
        let project = today.store.project_by_id(today.project).await.unwrap().unwrap();
        assert_eq!(project.event_count, 3);
    }

    #[tokio::test]
    async fn events_of_a_microsecond_without_room_lie_elsewhere_and_are_found() {
        let today = Today::new().await;
        // More than there are keys.
        let crowd = (0..1_100).map(|n| (format!("e{n}"), "often")).collect();
        append(&today, crowd).await;
        let mut events: Vec<(String, &str)> = (0..20).map(|n| (format!("f{n}"), "often")).collect();
        events.push(("late".to_owned(), "seldom"));
        append(&today, events).await;
        assert_eq!(found(&today, "seldom").await, ["late"]);
        let key = today.store.locate(today.project, "late").await.unwrap().unwrap();
        let time = today.event(7).time;
        assert!(
            key >= EventKey::from_time(time.plus_micros(1)),
            "not at its microsecond"
        );
    }
}
