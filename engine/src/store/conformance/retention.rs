//! Events that are too old are forgotten, and nothing else.

use std::sync::Arc;

use eventglass_model::{MetricsQuery, Plan, decode_pairs};

use super::rollups::by_rollups;
use super::traces::{ids, span, traces};
use super::{NOON, SECOND, append, at, event, found, project, search};
use crate::cost::Book;
use crate::guard::Plans;
use crate::ingest::{NewEvent, NewPart};
use crate::rollups::RollupSettings;
use crate::store::{Retention, SharedStore};

const DAY: i64 = 86_400 * SECOND;

fn plans() -> Plans {
    let plan = |days| Plan {
        retention_days: days,
        ..Plan::default()
    };
    Plans {
        by_name: [
            ("unlimited".to_owned(), plan(None)),
            ("short".to_owned(), plan(Some(2))),
        ]
        .into(),
        default: "unlimited".to_owned(),
    }
}

/// One event so many days before noon.
fn old(id: &str, days: i64) -> NewEvent {
    NewEvent {
        message: Some("old news".to_owned()),
        attributes: Some(r#"{"stack":"stack of hay"}"#.to_owned()),
        ..event(id, NOON - days * DAY)
    }
}

async fn old_events_are_forgotten(store: SharedStore) {
    let (p, short) = (project(&store, "kept").await, project(&store, "short").await);
    let settings = store.project_settings(short).await.unwrap().unwrap().0;
    store.set_project_settings(short, &settings, "short").await.unwrap();
    for project in [p, short] {
        let days = [0, 1, 2, 4, 5, 6, 10, 400].map(|days| old(&format!("d{days}"), days));
        append(&store, project, days.to_vec()).await;
        let hour = event("earlier that day", NOON - 4 * DAY - 3_600 * SECOND);
        append(&store, project, vec![hour]).await;
        let many = (0..5_000).map(|n| old(&format!("m{n}"), 5)).collect();
        append(&store, project, many).await;
    }
    let retention = Retention::new(4, plans());
    let forgotten = store.forget(at(NOON), &retention).await.unwrap();
    assert_eq!(forgotten.events, 2 * 5_005 + 1);
    assert!(
        [0, 2].contains(&forgotten.days),
        "Postgres drops whole days: {forgotten:?}"
    );
    // What is of the very moment is kept.
    for (project, left) in [(p, &["d0", "d1", "d2", "d4"][..]), (short, &["d0", "d1", "d2"])] {
        assert_eq!(found(&store, project, "").await, left);
        for words in ["q=news", "q=hay", "q=stack", "kind=api_call"] {
            assert_eq!(found(&store, project, words).await, left, "{words}");
        }
        assert_eq!(search(&store, project, "q=m17").await.items, []);
        let counted = store.project_by_id(project).await.unwrap().unwrap().event_count;
        assert_eq!(usize::try_from(counted), Ok(left.len()));
    }
    let again = store.forget(at(NOON), &retention).await.unwrap();
    assert_eq!((again.events, again.days), (0, 0));

    // What is gone may come again, and is new.
    append(&store, p, vec![old("d400", 400), old("d5", 5), old("d4", 4)]).await;
    assert_eq!(store.project_by_id(p).await.unwrap().unwrap().event_count, 6);
    assert_eq!(found(&store, p, "q=hay").await.len(), 6);
    assert_eq!(store.forget(at(NOON), &retention).await.unwrap().events, 2);
    let for_ever = Retention::new(0, plans());
    let later = at(NOON + 1_000 * DAY);
    assert_eq!(
        store.forget(later, &for_ever).await.unwrap().events,
        3,
        "of the short plan"
    );
    assert_eq!(found(&store, p, "q=hay").await.len(), 4);
}

async fn parts_go_with_their_event(store: SharedStore) {
    let p = project(&store, "parts").await;
    let part = |id: &str| NewPart {
        event: old("whole", 20),
        part_id: id.to_owned(),
        rank: 0,
        time: at(NOON),
        json: "{}".to_owned(),
        fold: |parts| NewEvent {
            name: Some(format!("{} parts", parts.len())),
            ..old("whole", 20)
        },
    };
    let merge = async |id: &str| {
        store
            .merge(Arc::new(vec![part(id).prepare(p, Book::shipped())]), at(NOON))
            .await
            .unwrap();
        store.event(p, "whole").await.unwrap().unwrap().name.unwrap()
    };
    assert_eq!([merge("a").await, merge("b").await], ["1 parts", "2 parts"]);
    let retention = Retention::new(9, plans());
    assert_eq!(store.forget(at(NOON), &retention).await.unwrap().events, 1);
    assert_eq!(merge("c").await, "1 parts");
    assert_eq!(store.project_by_id(p).await.unwrap().unwrap().event_count, 1);
}

async fn traces_go_with_their_last_event(store: SharedStore) {
    let (p, for_ever) = (project(&store, "traced").await, project(&store, "for ever").await);
    let settings = store.project_settings(p).await.unwrap().unwrap().0;
    store.set_project_settings(p, &settings, "short").await.unwrap();
    let ago = |trace: &str, id: &str, seconds: i64| span(trace, id, None, -seconds);
    let two_days = 2 * DAY / SECOND;
    for project in [p, for_ever] {
        let mut spans = vec![
            ago("new", "a", 60),
            ago("over the edge", "a", two_days + 3_600),
            ago("over the edge", "b", 60),
        ];
        // More than are taken away at once.
        spans.extend((0..2_500).map(|n| ago(&format!("old{n}"), "a", two_days + 60 + n)));
        append(&store, project, spans).await;
    }
    let lists = traces(&store);
    let count = async |project| ids(&lists, project, "from=-30d&limit=200").await.len();
    assert_eq!([count(p).await, count(for_ever).await], [200, 200]);
    let retention = Retention::new(0, plans());
    assert_eq!(store.forget(at(NOON), &retention).await.unwrap().events, 2_501);
    assert_eq!(ids(&lists, p, "from=-30d").await, ["new", "over the edge"]);
    assert_eq!(count(for_ever).await, 200);
    let opened = lists.open(p, "over the edge").await.unwrap().unwrap();
    assert_eq!(opened.spans.id, ["b"], "what is left of it");
    assert!(lists.open(p, "old7").await.unwrap().is_none());
}

async fn charts_keep_what_is_forgotten(store: SharedStore) {
    let p = project(&store, "charted").await;
    append(&store, p, vec![old("gone", 20), old("gone, too", 20), old("kept", 1)]).await;
    let folded = RollupSettings::default();
    store.fold_rollups(&folded, at(NOON)).await.unwrap();
    let month = "from=2026-10-22T00:00:00Z&to=2026-11-22T00:00:00Z&interval=1d";
    let query = MetricsQuery::from_pairs(decode_pairs(month)).unwrap();
    let total = async || by_rollups(&store, p, &query).await.series[0].total;
    assert_eq!(total().await, Some(3.0));
    store.forget(at(NOON), &Retention::new(9, plans())).await.unwrap();
    assert_eq!(found(&store, p, "").await, ["kept"]);
    assert_eq!(total().await, Some(3.0));
    // Until everything is counted anew.
    store.request_rebuild().await.unwrap();
    while store.build_rollups().await.unwrap().is_some() {}
    assert_eq!(total().await, Some(1.0));
}

conformance! { sqlite_store, super::super::sqlite();
    old_events_are_forgotten
    parts_go_with_their_event
    traces_go_with_their_last_event
    charts_keep_what_is_forgotten
}

conformance! { postgres_store, super::super::postgres();
    old_events_are_forgotten
    parts_go_with_their_event
    traces_go_with_their_last_event
    charts_keep_what_is_forgotten
}
