//! For tests: a database with a day that events pour into.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use eventglass_model::{EventPage, EventQuery, Timestamp};

use super::partitions::{day_of, name_of};
use super::{PostgresStore, READERS, cluster};
use crate::clock::{Clock, SystemClock};
use crate::ingest::{NewEvent, PendingEvent};
use crate::query::EventSearch;
use crate::store::{AccessStore, EventKey, EventStore};

pub(super) struct Today {
    pub(super) store: PostgresStore,
    pub(super) url: String,
    pub(super) project: i64,
    pub(super) now: Timestamp,
}

impl Today {
    pub(super) async fn new() -> Self {
        let url = cluster::shared().database();
        let store = PostgresStore::open(&url).await.unwrap();
        let now = SystemClock.now();
        let owner = store.add_user("a", "", now).await.unwrap();
        let project = store.add_project(owner, "p", "p", "", now).await.unwrap().id;
        Self {
            store,
            url,
            project,
            now,
        }
    }

    /// The event of a number, a microsecond after that of the number before.
    pub(super) fn event(&self, n: i64) -> NewEvent {
        NewEvent::new(format!("e{n}"), self.now.plus_micros(n - 100_000), "k".to_owned())
    }

    /// A commit of events: the last has the last of `numbers`.
    pub(super) async fn commit(&self, numbers: Range<i64>, says: impl Fn(i64) -> &'static str) {
        let event = |n: i64| NewEvent {
            message: Some(says(n).to_owned()),
            ..self.event(n)
        };
        self.append(numbers.map(event)).await;
    }

    /// A commit of these events.
    pub(super) async fn append(&self, events: impl Iterator<Item = NewEvent>) {
        let events: Vec<PendingEvent> = events.map(|event| event.prepare(self.project, false)).collect();
        self.store.append(Arc::new(events), self.now).await.unwrap();
    }

    pub(super) async fn page(&self, q: &str, limit: usize, cursor: Option<String>, budget: Duration) -> EventPage {
        let query = EventQuery {
            q: q.to_owned(),
            limit: Some(limit),
            cursor,
            ..EventQuery::default()
        };
        let search = EventSearch::new(query, self.now).unwrap();
        crate::query::events(&self.store, self.project, &search, budget)
            .await
            .unwrap()
    }

    /// Gives the day an index of words, and statistics, as if few events came.
    pub(super) async fn index(&mut self) {
        let day = name_of(day_of(EventKey::from_time(self.now)));
        for statement in [
            format!("CREATE INDEX {day}_words ON {day} USING gin (words)"),
            format!("ANALYZE {day}"),
        ] {
            cluster::shared().execute(&self.url, &statement).unwrap();
        }
        // What is known of it is a second old.
        self.store = PostgresStore::open(&self.url).await.unwrap();
    }

    /// How many rows of events have been read so far.
    pub(super) async fn rows_read(&self) -> i64 {
        let mut readers = Vec::new();
        for _ in 0..READERS {
            let mut reader = self.store.readers.acquire().await.unwrap();
            // Each reports what it has read when it is asked to.
            sqlx::query("SELECT pg_stat_force_next_flush()")
                .execute(&mut *reader)
                .await
                .unwrap();
            readers.push(reader);
        }
        let read = "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_user_tables WHERE relname LIKE 'events\\_%'";
        cluster::shared().execute(&self.url, read).unwrap().parse().unwrap()
    }

    /// How many rows of events the first page takes.
    pub(super) async fn reads(&self, q: &str, limit: usize) -> i64 {
        let before = self.rows_read().await;
        let page = self.page(q, limit, None, Duration::from_secs(60)).await;
        assert_eq!((page.items.len(), page.partial), (limit, false), "{q}");
        self.rows_read().await - before
    }
}
