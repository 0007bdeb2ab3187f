//! Events that were stored before there were words for how long they took.

use std::str::FromStr;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use super::*;
use crate::store::EventKey;

/// Tells a store where events with such words begin.
const FROM: &str = "UPDATE projects SET words_from = ";

/// An event of so many seconds before noon, which took so many.
fn took(id: &str, before: i64, seconds: i64) -> NewEvent {
    NewEvent {
        duration_us: Some(seconds * SECOND),
        status_code: Some(if seconds % 2 == 0 { 500 } else { 200 }),
        ..event(id, NOON - before * SECOND)
    }
}

/// The same as it was stored then.
fn of_before(event: NewEvent, project: i64) -> PendingEvent {
    let now = event.clone().prepare(project, false);
    let without = NewEvent {
        duration_us: None,
        ..event
    };
    let text = without.prepare(project, false).text;
    assert_ne!(text, now.text, "it has a word today");
    PendingEvent { text, ..now }
}

async fn old_events_are_found_beside_new_ones(store: SharedStore, execute: impl AsyncFn(&str)) {
    let p = project(&store, "slow").await;
    let old = (0..20).map(|n| of_before(took(&format!("old{n:02}"), 100 + n, 1 + n), p));
    store.append(Arc::new(old.collect()), at(NOON)).await.unwrap();
    let new = (0..20).map(|n| took(&format!("new{n:02}"), n, 1 + n)).collect();
    append(&store, p, new).await;
    let of = |kind: &str, least: usize| (least..20).map(|n| format!("{kind}{n:02}")).collect::<Vec<_>>();

    // As if there were none of before: they are not looked at.
    let asked = async |q: &str| found(&store, p, &format!("limit=100&q={q}")).await;
    assert_eq!(asked("latency:>=15s").await, of("new", 14));
    execute(&format!("{FROM}{}", EventKey::from_time(at(NOON - 50 * SECOND)).0)).await;
    assert_eq!(asked("latency:>=15s").await, [of("new", 14), of("old", 14)].concat());
    assert_eq!(
        asked("latency:>=15s event").await,
        [of("new", 14), of("old", 14)].concat()
    );
    let failed = asked("latency:>=15s status:>=500").await;
    assert_eq!(failed, ["new15", "new17", "new19", "old15", "old17", "old19"]);
    assert_eq!(asked("latency:>=15s time:..-99s").await, of("old", 14));
    assert_eq!(asked("latency:>=15s time:>=-60s").await, of("new", 14));
    assert_eq!(asked("latency:>=15s time:-116s..-15s").await.len(), 7, "of both");

    // What arrived last comes first, whatever its time.
    let late = of_before(took("late", 200, 19), p);
    store.append(Arc::new(vec![late]), at(NOON + SECOND)).await.unwrap();
    let arrived =
        async |limit: usize| found(&store, p, &format!("limit={limit}&q=latency:>=15s&arrived_after=0")).await;
    assert_eq!(arrived(1).await, ["late"]);
    let expected = [of("new", 14), of("old", 14), vec!["late".to_owned()]].concat();
    assert_eq!(arrived(100).await, expected, "shown in the order of time");

    // A page ends among the one kind, and the next begins there.
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = search(&store, p, &format!("q=latency:>=15s&limit=4&cursor={cursor}")).await;
        all.extend(page.items.into_iter().map(|event| event.event_id));
        match page.next_cursor {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!(all, expected);
}

#[tokio::test]
async fn old_events_are_found_beside_new_ones_on_postgres() {
    let cluster = crate::store::postgres::cluster::shared();
    let url = cluster.database();
    let store = crate::store::postgres::PostgresStore::open(&url).await.unwrap();
    old_events_are_found_beside_new_ones(Arc::new(store), async |statement| {
        cluster.execute(&url, statement).unwrap();
    })
    .await;
}

#[tokio::test]
async fn old_events_are_found_beside_new_ones_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let store = crate::store::sqlite::SqliteStore::open(&path).await.unwrap();
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{}", path.display())).unwrap();
    old_events_are_found_beside_new_ones(Arc::new(store), async |statement| {
        let mut other = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&mut other)
            .await
            .unwrap();
    })
    .await;
}
