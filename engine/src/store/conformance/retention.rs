//! Events that are too old are forgotten, and nothing else.

use std::sync::Arc;

use eventglass_model::Plan;

use super::{NOON, SECOND, append, at, event, found, project, search};
use crate::guard::Plans;
use crate::ingest::{NewEvent, NewPart};
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

pub(super) async fn old_events_are_forgotten(store: SharedStore) {
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

pub(super) async fn parts_go_with_their_event(store: SharedStore) {
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
            .merge(Arc::new(vec![part(id).prepare(p)]), at(NOON))
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
