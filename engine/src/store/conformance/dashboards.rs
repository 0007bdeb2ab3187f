//! Dashboards are kept, versioned and bounded.

use std::sync::Arc;

use eventglass_model::DashboardDraft;

use super::{NOON, at, project};
use crate::store::{Changed, NewDashboard, SharedStore};

fn dashboard(id: &str, name: &str, user_id: i64) -> NewDashboard {
    let draft = DashboardDraft {
        name: name.to_owned(),
        description: "odd \0 text \u{10fffd}".to_owned(),
        from: Some("-7d".to_owned()),
        refresh_seconds: Some(30),
        widgets: serde_json::from_str(
            r#"[{"id":"w\u0000","kind":"pie","query":{"measure":["cost"],"group":["model"]},
                "place":{"x":0,"y":0,"width":6,"height":4}}]"#,
        )
        .unwrap(),
        ..DashboardDraft::default()
    };
    NewDashboard {
        id: id.to_owned(),
        draft,
        user_id,
        now: at(NOON),
    }
}

async fn nobody_overwrites_what_they_have_not_seen(store: SharedStore) {
    let (p, other) = (project(&store, "boards").await, project(&store, "elsewhere").await);
    let user = store.user_by_email("boards@example.com").await.unwrap().unwrap().id;
    let new = dashboard("a", "beta", user);
    assert_eq!(store.add_dashboard(p, &new, 2).await.unwrap(), Changed::Done(1));
    assert_eq!(
        store.add_dashboard(p, &dashboard("b", "Alpha", user), 2).await.unwrap(),
        Changed::Done(1)
    );
    assert_eq!(
        store.add_dashboard(p, &dashboard("c", "c", user), 2).await.unwrap(),
        Changed::Full
    );
    let names: Vec<String> = store.dashboards(p).await.unwrap().into_iter().map(|d| d.name).collect();
    assert_eq!(names, ["Alpha", "beta"]);
    let found = store.dashboard(p, "a").await.unwrap().unwrap();
    assert_eq!(
        (&found.widgets, &found.description),
        (&new.draft.widgets, &new.draft.description)
    );
    assert_eq!(
        (found.from, found.refresh_seconds, found.version),
        (new.draft.from.clone(), Some(30), 1)
    );
    assert_eq!(found.updated_by.as_deref(), Some("boards@example.com"));

    // Of many at once, one wins.
    let writers = (0..8).map(|n| {
        let (store, new) = (Arc::clone(&store), dashboard("a", &format!("name {n}"), user));
        tokio::spawn(async move { store.change_dashboard(p, &new, 1).await.unwrap() })
    });
    let outcomes: Vec<Changed<i64>> = futures::future::join_all(writers)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == Changed::Done(2)).count(),
        1
    );
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == Changed::Stale(2)).count(),
        7
    );

    // Another project's is not there.
    assert!(store.dashboard(other, "a").await.unwrap().is_none());
    assert_eq!(store.change_dashboard(other, &new, 2).await.unwrap(), Changed::Missing);
    assert_eq!(
        store.remove_dashboard(other, "a", None).await.unwrap(),
        Changed::Missing
    );
    assert_eq!(
        store.remove_dashboard(p, "a", Some(1)).await.unwrap(),
        Changed::Stale(2)
    );
    assert_eq!(
        store.remove_dashboard(p, "a", Some(2)).await.unwrap(),
        Changed::Done(())
    );
    assert_eq!(store.remove_dashboard(p, "b", None).await.unwrap(), Changed::Done(()));
    assert!(store.dashboards(p).await.unwrap().is_empty());
}

conformance! { sqlite_store, super::super::sqlite(); nobody_overwrites_what_they_have_not_seen }

conformance! { postgres_store, super::super::postgres(); nobody_overwrites_what_they_have_not_seen }
